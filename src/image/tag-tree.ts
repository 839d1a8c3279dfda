import { firstInteger, readDirectory, tiffTypeBytes } from './tiff-directory.ts';
import type { TiffDirectory, TiffReader } from './tiff-directory.ts';

/** One tag of a TIFF directory, taken out of its place; a pointer to a directory holds that directory's tags. */
export interface Tag {
  tag: number;
  type: number;
  count: number;
  data: Uint8Array;
  children?: Tag[];
}

/** EXIF, GPS and interoperability directories: the pointers whose targets are known (Exif 3.0, 4.6.3). */
const pointerTags = new Set([0x8769, 0x8825, 0xa005]);
const deepest = 4;
const pointerType = 4;

/**
 * The tags of a directory and of the directories below it.
 *
 * @param littleEndian byte order of the values that are wanted; that of the file by default
 */
export function parseTagTree(
  reader: TiffReader,
  directory: TiffDirectory,
  littleEndian: boolean = reader.littleEndian,
  depth = 0,
): Tag[] {
  const tags: Tag[] = [];
  for (const entry of directory.entries) {
    const { tag, type, count, dataAt, dataBytes } = entry;
    if (pointerTags.has(tag)) {
      const at = firstInteger(reader, entry);
      const below = at === undefined || depth === deepest ? undefined : readDirectory(reader, at);
      if (below === undefined) continue;
      const children = parseTagTree(reader, below, littleEndian, depth + 1);
      tags.push({ tag, type: pointerType, count: 1, data: new Uint8Array(4), children });
      continue;
    }
    const data = new Uint8Array(reader.bytes.subarray(dataAt, dataAt + dataBytes));
    if (littleEndian !== reader.littleEndian) swapValues(data, type);
    tags.push({ tag, type, count, data });
  }
  return tags;
}

/**
 * Directories as bytes that stand at `base` of a TIFF structure, the first one first.
 *
 * @param tags in any order; written by rising tag, as the standard wants
 */
export function writeTagTree(tags: readonly Tag[], base: number, littleEndian: boolean): Uint8Array {
  const sorted = tags.toSorted((a, b) => a.tag - b.tag);
  const table = new Uint8Array(2 + sorted.length * 12 + 4);
  const view = new DataView(table.buffer);
  view.setUint16(0, sorted.length, littleEndian);
  const blocks: Uint8Array[] = [table];
  let end = base + table.byteLength;
  const place = (block: Uint8Array): number => {
    const at = end;
    blocks.push(block);
    end += block.byteLength;
    // Values begin on a word boundary.
    if (end % 2 === 1) {
      blocks.push(new Uint8Array(1));
      end += 1;
    }
    return at;
  };
  for (const [index, { tag, type, count, data, children }] of sorted.entries()) {
    const entryAt = 2 + index * 12;
    view.setUint16(entryAt, tag, littleEndian);
    view.setUint16(entryAt + 2, type, littleEndian);
    view.setUint32(entryAt + 4, count, littleEndian);
    if (children !== undefined) {
      view.setUint32(entryAt + 8, place(writeTagTree(children, end, littleEndian)), littleEndian);
    } else if (data.byteLength <= 4) {
      table.set(data, entryAt + 8);
    } else {
      view.setUint32(entryAt + 8, place(data), littleEndian);
    }
  }
  return Buffer.concat(blocks);
}

function swapValues(data: Uint8Array, type: number): void {
  // A rational is two numbers of four bytes.
  const bytes = type === 5 || type === 10 ? 4 : tiffTypeBytes(type);
  if (bytes < 2) return;
  for (let start = 0; start + bytes <= data.byteLength; start += bytes) data.subarray(start, start + bytes).reverse();
}
