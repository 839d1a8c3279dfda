/** WebP container (RFC 9649, section 2): RIFF chunks; `VP8X` comes first and says which others follow. */
interface RiffChunk {
  type: string;
  data: Uint8Array;
}

const flags = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04 } as const;

/** The chunks of a WebP file up to its end or to the first that is cut off. */
export function listWebpChunks(bytes: Uint8Array): RiffChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: RiffChunk[] = [];
  let start = 12;
  while (start + 8 <= bytes.byteLength) {
    const length = view.getUint32(start + 4, true);
    if (start + 8 + length > bytes.byteLength) break;
    const type = String.fromCharCode(...bytes.subarray(start, start + 4));
    chunks.push({ type, data: bytes.subarray(start + 8, start + 8 + length) });
    start += 8 + length + (length & 1);
  }
  return chunks;
}

/** A still WebP with metadata: a `VP8X` header is made where there is none. */
export function insertWebpMetadata(
  webp: Uint8Array,
  picture: { width: number; height: number; hasAlpha: boolean },
  metadata: { icc?: Uint8Array; exif?: Uint8Array; xmp?: Uint8Array },
): Uint8Array {
  const { icc, exif, xmp } = metadata;
  if (icc === undefined && exif === undefined && xmp === undefined) return webp;
  const kept = listWebpChunks(webp).filter(({ type }) => !['VP8X', 'ICCP', 'EXIF', 'XMP '].includes(type));
  const header = new Uint8Array(10);
  header[0] =
    (icc === undefined ? 0 : flags.icc) |
    (picture.hasAlpha ? flags.alpha : 0) |
    (exif === undefined ? 0 : flags.exif) |
    (xmp === undefined ? 0 : flags.xmp);
  const view = new DataView(header.buffer);
  setUint24(view, 4, picture.width - 1);
  setUint24(view, 7, picture.height - 1);
  const chunks: RiffChunk[] = [{ type: 'VP8X', data: header }];
  if (icc !== undefined) chunks.push({ type: 'ICCP', data: icc });
  chunks.push(...kept);
  if (exif !== undefined) chunks.push({ type: 'EXIF', data: exif });
  if (xmp !== undefined) chunks.push({ type: 'XMP ', data: xmp });
  return toWebp(chunks);
}

function toWebp(chunks: readonly RiffChunk[]): Uint8Array {
  const body = Buffer.concat(chunks.map(toRiffChunk));
  const riff = Buffer.alloc(12);
  riff.write('RIFF', 0, 'latin1');
  riff.writeUInt32LE(4 + body.byteLength, 4);
  riff.write('WEBP', 8, 'latin1');
  return Buffer.concat([riff, body]);
}

function toRiffChunk({ type, data }: RiffChunk): Uint8Array {
  const chunk = Buffer.alloc(8 + data.byteLength + (data.byteLength & 1));
  chunk.write(type, 0, 'latin1');
  chunk.writeUInt32LE(data.byteLength, 4);
  chunk.set(data, 8);
  return chunk;
}

function setUint24(view: DataView, offset: number, value: number): void {
  view.setUint16(offset, value & 0xffff, true);
  view.setUint8(offset + 2, value >> 16);
}
