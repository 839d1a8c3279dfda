/** TIFF 6.0, section 2: the structure that TIFF files and EXIF share. */
export interface TiffReader {
  bytes: Uint8Array;
  view: DataView;
  littleEndian: boolean;
}

export interface TiffEntry {
  tag: number;
  type: number;
  count: number;
  /** Where the twelve bytes of the entry begin. */
  entryAt: number;
  /** Where the values are: inside the entry when they take four bytes or less. */
  dataAt: number;
  dataBytes: number;
}

export interface TiffDirectory {
  entries: TiffEntry[];
  /** Where the entries begin, behind their count. */
  entriesAt: number;
  /** Where the offset of the next directory stands. */
  nextAt: number;
  next: number;
}

const bytesOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** Bytes of one value of a TIFF type; 0 for a type that does not exist. */
export function tiffTypeBytes(type: number): number {
  return bytesOfType[type] ?? 0;
}

/** Opens a classic TIFF structure, or undefined when the bytes are none (BigTIFF has another layout). */
export function openTiff(bytes: Uint8Array): TiffReader | undefined {
  if (bytes.byteLength < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  return view.getUint16(2, littleEndian) === 42 ? { bytes, view, littleEndian } : undefined;
}

/** Offset of the first directory. */
export function firstDirectoryAt({ view, littleEndian }: TiffReader): number {
  return view.getUint32(4, littleEndian);
}

/** Reads one directory; entries that point outside the bytes are left out. Undefined when it does not fit. */
export function readDirectory({ view, littleEndian, bytes }: TiffReader, at: number): TiffDirectory | undefined {
  if (at < 8 || at + 6 > bytes.byteLength) return undefined;
  const count = view.getUint16(at, littleEndian);
  const entriesAt = at + 2;
  const nextAt = entriesAt + count * 12;
  if (nextAt > bytes.byteLength) return undefined;
  const entries: TiffEntry[] = [];
  for (let index = 0; index < count; index++) {
    const entryAt = entriesAt + index * 12;
    const type = view.getUint16(entryAt + 2, littleEndian);
    const valueCount = view.getUint32(entryAt + 4, littleEndian);
    const dataBytes = tiffTypeBytes(type) * valueCount;
    const dataAt = dataBytes <= 4 ? entryAt + 8 : view.getUint32(entryAt + 8, littleEndian);
    if (dataBytes === 0 || dataAt + dataBytes > bytes.byteLength) continue;
    const tag = view.getUint16(entryAt, littleEndian);
    entries.push({ tag, type, count: valueCount, entryAt, dataAt, dataBytes });
  }
  // Some writers leave out the four bytes behind the last directory.
  const next = nextAt + 4 <= bytes.byteLength ? view.getUint32(nextAt, littleEndian) : 0;
  return { entries, entriesAt, nextAt, next };
}

/** First value of an entry of type BYTE, SHORT, LONG or IFD; undefined for others. */
export function firstInteger({ view, littleEndian }: TiffReader, entry: TiffEntry | undefined): number | undefined {
  if (entry === undefined) return undefined;
  if (entry.type === 1) return view.getUint8(entry.dataAt);
  if (entry.type === 3) return view.getUint16(entry.dataAt, littleEndian);
  if (entry.type === 4 || entry.type === 13) return view.getUint32(entry.dataAt, littleEndian);
  return undefined;
}

/** First value of an entry of type RATIONAL. */
export function firstRational({ view, littleEndian }: TiffReader, entry: TiffEntry | undefined): number | undefined {
  if (entry?.type !== 5) return undefined;
  return view.getUint32(entry.dataAt, littleEndian) / view.getUint32(entry.dataAt + 4, littleEndian);
}
