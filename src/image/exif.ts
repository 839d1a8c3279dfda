import { firstDirectoryAt, firstInteger, openTiff, readDirectory } from './tiff-directory.ts';
import type { TiffDirectory, TiffReader } from './tiff-directory.ts';

/*
 * EXIF is changed in place and never written anew: makers' notes hold offsets that break when blocks move, and a
 * library that rewrites the whole drops what it does not know. (Exif 3.0, CIPA DC-008-2023, section 4.6.)
 */
const tags = {
  imageWidth: 0x0100,
  imageLength: 0x0101,
  orientation: 0x0112,
  thumbnailAt: 0x0201,
  thumbnailBytes: 0x0202,
  exifDirectory: 0x8769,
  gpsDirectory: 0x8825,
  colourSpace: 0xa001,
  pixelXDimension: 0xa002,
  pixelYDimension: 0xa003,
} as const;

/** What no longer holds for a picture that was turned upright, decoded and may be changed. */
export interface PictureFacts {
  width: number;
  height: number;
  /** True when the values were converted to sRGB. */
  becameSrgb?: boolean;
}

/** Bytes of EXIF without the `Exif\0\0` that some containers put before it. */
export function withoutExifPrefix(exif: Uint8Array): Uint8Array {
  const hasPrefix = Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0';
  return hasPrefix ? exif.subarray(6) : exif;
}

/**
 * EXIF made true for an upright picture: orientation 1, size as given, no thumbnail of the old picture. All other
 * bytes, makers' notes too, stay as and where they are.
 *
 * @param exif TIFF structure without prefix
 * @returns a copy, or undefined when the bytes are not EXIF or their directory is damaged
 */
export function normaliseExif(exif: Uint8Array, facts: PictureFacts): Uint8Array | undefined {
  const reader = openTiff(new Uint8Array(exif));
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  if (reader === undefined || main === undefined) return undefined;
  setInteger(reader, main, tags.orientation, 1);
  setInteger(reader, main, tags.imageWidth, facts.width);
  setInteger(reader, main, tags.imageLength, facts.height);
  const details = subdirectory(reader, main, tags.exifDirectory);
  if (details !== undefined) {
    setInteger(reader, details, tags.pixelXDimension, facts.width);
    setInteger(reader, details, tags.pixelYDimension, facts.height);
    if (facts.becameSrgb === true) setInteger(reader, details, tags.colourSpace, 1);
  }
  return dropThumbnail(reader, main);
}

/** EXIF without its GPS directory, whose bytes are cleared. Bytes that are not EXIF are returned as they are. */
export function stripGps(exif: Uint8Array): Uint8Array {
  const reader = openTiff(new Uint8Array(exif));
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  const pointer = main?.entries.find(({ tag }) => tag === tags.gpsDirectory);
  if (reader === undefined || main === undefined || pointer === undefined) return exif;
  const gps = subdirectory(reader, main, tags.gpsDirectory);
  if (gps !== undefined) clearDirectory(reader, gps);
  // The later entries and the link to the next directory move up over the pointer.
  const end = Math.min(main.nextAt + 4, reader.bytes.byteLength);
  reader.bytes.copyWithin(pointer.entryAt, pointer.entryAt + 12, end);
  reader.bytes.fill(0, end - 12, end);
  const countAt = main.entriesAt - 2;
  reader.view.setUint16(countAt, reader.view.getUint16(countAt, reader.littleEndian) - 1, reader.littleEndian);
  return reader.bytes;
}

/** The orientation that EXIF states, 1 to 8, or undefined. */
export function exifOrientation(exif: Uint8Array): number | undefined {
  const reader = openTiff(exif);
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  return (
    reader &&
    firstInteger(
      reader,
      main?.entries.find(({ tag }) => tag === tags.orientation),
    )
  );
}

function subdirectory(reader: TiffReader, parent: TiffDirectory, pointerTag: number): TiffDirectory | undefined {
  const at = firstInteger(
    reader,
    parent.entries.find(({ tag }) => tag === pointerTag),
  );
  return at === undefined ? undefined : readDirectory(reader, at);
}

function setInteger(reader: TiffReader, directory: TiffDirectory, tag: number, value: number): void {
  const { view, littleEndian } = reader;
  const entry = directory.entries.find((candidate) => candidate.tag === tag);
  if (entry === undefined || entry.count !== 1) return;
  if (entry.type === 3 && value <= 0xffff) view.setUint16(entry.dataAt, value, littleEndian);
  if (entry.type === 4) view.setUint32(entry.dataAt, value, littleEndian);
}

function dropThumbnail(reader: TiffReader, main: TiffDirectory): Uint8Array {
  const { bytes, view, littleEndian } = reader;
  if (main.next === 0) return bytes;
  const preview = readDirectory(reader, main.next);
  view.setUint32(main.nextAt, 0, littleEndian);
  if (preview === undefined) return bytes;
  const find = (wanted: number) =>
    firstInteger(
      reader,
      preview.entries.find(({ tag }) => tag === wanted),
    );
  const start = find(tags.thumbnailAt);
  const length = find(tags.thumbnailBytes);
  clearDirectory(reader, preview);
  if (start === undefined || length === undefined || start < 8 || start >= bytes.byteLength) return bytes;
  const end = Math.min(start + length, bytes.byteLength);
  bytes.fill(0, start, end);
  // A thumbnail is nearly always last, and then its room can go too.
  return end === bytes.byteLength ? bytes.subarray(0, start) : bytes;
}

function clearDirectory({ bytes }: TiffReader, directory: TiffDirectory): void {
  for (const { dataAt, dataBytes } of directory.entries) bytes.fill(0, dataAt, dataAt + dataBytes);
  bytes.fill(0, directory.entriesAt - 2, Math.min(directory.nextAt + 4, bytes.byteLength));
}
