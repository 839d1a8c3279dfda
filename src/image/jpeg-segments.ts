/** ITU-T T.81, annex B: markers of 0xff and a code, most with a length of two bytes that counts itself. */
export interface JpegSegment {
  /** Second byte of the marker, such as 0xe1 for APP1. */
  marker: number;
  /** Content behind the length. */
  data: Uint8Array;
  /** Where the marker begins, and where the segment ends. */
  start: number;
  end: number;
}

const startOfScan = 0xda;
const endOfImage = 0xd9;
const maxSegmentBytes = 65_533;

/** The segments before the first scan; stops quietly where the file is cut off or is no JPEG any more. */
export function listJpegSegments(bytes: Uint8Array): JpegSegment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: JpegSegment[] = [];
  let start = 2;
  while (start + 4 <= bytes.byteLength) {
    if (bytes[start] !== 0xff) break;
    const marker = view.getUint8(start + 1);
    if (marker === 0xff) {
      start += 1;
      continue;
    }
    if (marker === startOfScan || marker === endOfImage) break;
    // TEM and restart markers stand alone.
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      start += 2;
      continue;
    }
    const end = start + 2 + view.getUint16(start + 2);
    if (end > bytes.byteLength || end < start + 4) break;
    segments.push({ marker, data: bytes.subarray(start + 4, end), start, end });
    start = end;
  }
  return segments;
}

/** Frame header: bits per sample, size and components, of the first SOF marker. */
export interface JpegFrame {
  precision: number;
  width: number;
  height: number;
  components: number;
}

/** The frame header among the segments, if there is one. */
export function findJpegFrame(segments: readonly JpegSegment[]): JpegFrame | undefined {
  const frame = segments.find(({ marker, data }) => isFrameMarker(marker) && data.byteLength >= 6);
  if (frame === undefined) return undefined;
  const { data } = frame;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    precision: view.getUint8(0),
    height: view.getUint16(1),
    width: view.getUint16(3),
    components: view.getUint8(5),
  };
}

function isFrameMarker(marker: number): boolean {
  // 0xc4, 0xc8 and 0xcc are tables and not frames.
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

const jfifPrefix = Buffer.from('JFIF\0', 'latin1');
const exifPrefix = Buffer.from('Exif\0\0', 'latin1');
const xmpPrefix = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const iccPrefix = Buffer.from('ICC_PROFILE\0', 'latin1');
const centimetresPerInch = 2.54;

/** Most that one segment can hold of EXIF and of XMP; the standards do not split the one and hardly the other. */
export const maxJpegExifBytes = maxSegmentBytes - exifPrefix.byteLength;
export const maxJpegXmpBytes = maxSegmentBytes - xmpPrefix.byteLength;

/** Pixels per inch from the JFIF segment, or undefined where it only says how pixels are stretched. */
export function densityOfJfif(segments: readonly JpegSegment[]): { x: number; y: number } | undefined {
  const jfif = segments.find(({ marker, data }) => marker === 0xe0 && data.byteLength >= 12 && isJfif(data));
  if (jfif === undefined) return undefined;
  const view = new DataView(jfif.data.buffer, jfif.data.byteOffset, jfif.data.byteLength);
  const [unit, x, y] = [view.getUint8(7), view.getUint16(8), view.getUint16(10)];
  if (unit !== 1 && unit !== 2) return undefined;
  const scale = unit === 2 ? centimetresPerInch : 1;
  return x > 0 && y > 0 ? { x: x * scale, y: y * scale } : undefined;
}

function isJfif(data: Uint8Array): boolean {
  return jfifPrefix.equals(data.subarray(0, jfifPrefix.byteLength));
}

/** What {@link insertJpegMetadata} puts into a file. */
export interface JpegMetadata {
  icc?: Uint8Array;
  exif?: Uint8Array;
  xmp?: Uint8Array;
  iptc?: Uint8Array;
  density?: { x: number; y: number };
}

/**
 * A JPEG with metadata in the order that readers expect: JFIF, EXIF, XMP, IPTC, profile. The JFIF segment, which
 * libvips leaves out, is always written: without it a reader has to guess what the components mean.
 */
export function insertJpegMetadata(jpeg: Uint8Array, metadata: JpegMetadata): Uint8Array {
  const jfif = listJpegSegments(jpeg).find(({ marker, data }) => marker === 0xe0 && isJfif(data));
  const parts: Uint8Array[] = [jpeg.subarray(0, 2), toJfifSegment(metadata.density)];
  if (metadata.exif !== undefined) parts.push(toSegment(0xe1, exifPrefix, metadata.exif));
  if (metadata.xmp !== undefined) parts.push(toSegment(0xe1, xmpPrefix, metadata.xmp));
  if (metadata.iptc !== undefined) parts.push(toSegment(0xed, new Uint8Array(0), metadata.iptc));
  if (metadata.icc !== undefined) parts.push(...toIccSegments(metadata.icc));
  parts.push(jpeg.subarray(jfif?.end ?? 2));
  return Buffer.concat(parts);
}

/** JFIF 1.02 (ITU-T T.871, 10.1): unit 1 is pixels per inch, unit 0 says only that pixels are square. */
function toJfifSegment(density: { x: number; y: number } | undefined): Uint8Array {
  const data = Buffer.alloc(9);
  data.writeUInt16BE(0x0102, 0);
  data.writeUInt8(density === undefined ? 0 : 1, 2);
  data.writeUInt16BE(density === undefined ? 1 : clampDensity(density.x), 3);
  data.writeUInt16BE(density === undefined ? 1 : clampDensity(density.y), 5);
  return toSegment(0xe0, jfifPrefix, data);
}

function clampDensity(value: number): number {
  return Math.min(65_535, Math.max(1, Math.round(value)));
}

/** ICC.1:2022, annex B.4: a profile is split over numbered APP2 segments. */
function toIccSegments(icc: Uint8Array): Uint8Array[] {
  const step = maxSegmentBytes - iccPrefix.byteLength - 2;
  const count = Math.ceil(icc.byteLength / step);
  return Array.from({ length: count }, (_, index) => {
    const prefix = Buffer.concat([iccPrefix, Buffer.from([index + 1, count])]);
    return toSegment(0xe2, prefix, icc.subarray(index * step, (index + 1) * step));
  });
}

function toSegment(marker: number, prefix: Uint8Array, data: Uint8Array): Uint8Array {
  const length = prefix.byteLength + data.byteLength;
  if (length > maxSegmentBytes) throw new RangeError(`A JPEG segment holds ${maxSegmentBytes} bytes, not ${length}.`);
  const segment = new Uint8Array(4 + length);
  segment.set([0xff, marker, (length + 2) >> 8, (length + 2) & 0xff]);
  segment.set(prefix, 4);
  segment.set(data, 4 + prefix.byteLength);
  return segment;
}
