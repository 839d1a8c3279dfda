import { firstDirectoryAt, firstInteger, firstRational, openTiff, readDirectory } from './tiff-directory.ts';
import { parseTagTree, writeTagTree } from './tag-tree.ts';
import type { Tag } from './tag-tree.ts';
import type { PhotoMetadata } from '../shared/photo.ts';

const tags = {
  xmp: 0x02bc,
  xResolution: 0x011a,
  yResolution: 0x011b,
  resolutionUnit: 0x0128,
  icc: 0x8773,
} as const;

/** Tags of a TIFF's main directory that describe the photo and not how its pixels are stored. */
const descriptiveTags = new Set([
  0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x013c, 0x4746, 0x4749, 0x8298, 0x8769, 0x8825, 0x9c9b, 0x9c9c,
  0x9c9d, 0x9c9e, 0x9c9f, 0xc4a5,
]);
const centimetresPerInch = 2.54;

/** EXIF of a TIFF as a structure of its own, and its density: libvips reads neither as bytes. */
export function readTiffMetadata(bytes: Uint8Array): Pick<PhotoMetadata, 'exif' | 'density'> {
  const reader = openTiff(bytes);
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  if (reader === undefined || main === undefined) return {};
  const find = (wanted: number) => main.entries.find(({ tag }) => tag === wanted);
  const found: Pick<PhotoMetadata, 'exif' | 'density'> = {};
  const x = firstRational(reader, find(tags.xResolution));
  const y = firstRational(reader, find(tags.yResolution));
  const unit = firstInteger(reader, find(tags.resolutionUnit)) ?? 2;
  if (x !== undefined && y !== undefined && x > 0 && y > 0 && Number.isFinite(x * y) && unit !== 1) {
    const scale = unit === 3 ? centimetresPerInch : 1;
    found.density = { x: x * scale, y: y * scale };
  }
  const described = parseTagTree(reader, main).filter(({ tag }) => descriptiveTags.has(tag));
  if (described.length > 0) found.exif = toTiffStructure(described, reader.littleEndian);
  return found;
}

function toTiffStructure(tree: Tag[], littleEndian: boolean): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, 8, littleEndian);
  return Buffer.concat([header, writeTagTree(tree, 8, littleEndian)]);
}

/**
 * A TIFF as libvips writes it, with metadata in its main directory: the directory is written anew behind everything
 * else, and the header points to it.
 *
 * @param tiff a classic TIFF of one page
 */
export function insertTiffMetadata(
  tiff: Uint8Array,
  metadata: Pick<PhotoMetadata, 'icc' | 'exif' | 'xmp'>,
): Uint8Array {
  const reader = openTiff(tiff);
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  if (reader === undefined || main === undefined) return tiff;
  const added: Tag[] = [];
  if (metadata.icc !== undefined) added.push(bytesTag(tags.icc, 7, metadata.icc));
  if (metadata.xmp !== undefined) added.push(bytesTag(tags.xmp, 1, metadata.xmp));
  const exif = metadata.exif && openTiff(metadata.exif);
  const exifMain = exif && readDirectory(exif, firstDirectoryAt(exif));
  if (exif && exifMain) {
    const described = parseTagTree(exif, exifMain, reader.littleEndian).filter(({ tag }) => descriptiveTags.has(tag));
    added.push(...described);
  }
  if (added.length === 0) return tiff;
  const replaced = new Set(added.map(({ tag }) => tag));
  const kept = parseTagTree(reader, main).filter(({ tag }) => !replaced.has(tag));
  const base = tiff.byteLength + (tiff.byteLength & 1);
  const directory = writeTagTree([...kept, ...added], base, reader.littleEndian);
  const result = Buffer.alloc(base + directory.byteLength);
  result.set(tiff);
  result.set(directory, base);
  new DataView(result.buffer, result.byteOffset).setUint32(4, base, reader.littleEndian);
  return result;
}

function bytesTag(tag: number, type: number, data: Uint8Array): Tag {
  return { tag, type, count: data.byteLength, data };
}
