import { PellucidError } from '../shared/errors.ts';
import type { PhotoMetadata } from '../shared/photo.ts';

/*
 * ISO/IEC 14496-12 (boxes) and 23008-12 (items, properties): a still picture is an item of the `meta` box. `iloc` says
 * where its bytes are, `iinf` what it is, `ipco` and `ipma` which properties it has, `iref` what describes what.
 */
interface Box {
  type: string;
  /** Content behind size and type. */
  data: Buffer;
}

/** A further item: EXIF or XMP, which describes the picture. */
interface DescribingItem {
  id: number;
  type: 'Exif' | 'mime';
  data: Uint8Array;
}

const xmpMediaType = 'application/rdf+xml';

/**
 * An AVIF as libheif writes it, with profile, EXIF and XMP. Data goes behind everything else, in an `mdat` of its own,
 * and the places of the picture's own data move by as much as the `meta` box grows.
 *
 * @throws {PellucidError} `INTERNAL` when the file is laid out in another way
 */
export function insertAvifMetadata(
  avif: Uint8Array,
  { icc, exif, xmp }: Pick<PhotoMetadata, 'icc' | 'exif' | 'xmp'>,
): Uint8Array {
  const boxes = parseBoxes(Buffer.from(avif.buffer, avif.byteOffset, avif.byteLength));
  const meta = find(boxes, 'meta');
  const children = parseBoxes(meta.data.subarray(4));
  const items: DescribingItem[] = [];
  const firstId = 1 + largestItemId(find(children, 'iinf').data);
  // The four bytes before EXIF say how far in its TIFF header begins.
  if (exif !== undefined) items.push({ id: firstId, type: 'Exif', data: Buffer.concat([Buffer.alloc(4), exif]) });
  if (xmp !== undefined) items.push({ id: firstId + items.length, type: 'mime', data: xmp });
  if (items.length === 0 && icc === undefined) return avif;

  const primary = find(children, 'pitm').data.readUInt16BE(4);
  const rebuild = (locations: Buffer): Buffer => {
    const rebuilt = children.map((box): Box => {
      if (box.type === 'iloc') return { type: 'iloc', data: locations };
      if (box.type === 'iinf') return { type: 'iinf', data: addItemInfos(box.data, items) };
      if (box.type === 'iprp' && icc !== undefined) return { type: 'iprp', data: addProfile(box.data, primary, icc) };
      if (box.type === 'iref') return { type: 'iref', data: addReferences(box.data, items, primary) };
      return box;
    });
    if (items.length > 0 && !children.some(({ type }) => type === 'iref')) {
      rebuilt.push({ type: 'iref', data: addReferences(Buffer.alloc(4), items, primary) });
    }
    return Buffer.concat([meta.data.subarray(0, 4), ...rebuilt.map(toBytes)]);
  };

  const locations = find(children, 'iloc').data;
  // The table's length does not depend on the places in it, so it is built once to measure and once to keep.
  const growth = rebuild(addLocations(locations, items, 0, 0)).byteLength - meta.data.byteLength;
  const appendedAt = avif.byteLength + growth + 8;
  const rebuilt = rebuild(addLocations(locations, items, growth, appendedAt));
  const parts = boxes.map((box) => toBytes(box === meta ? { type: 'meta', data: rebuilt } : box));
  if (items.length > 0) parts.push(toBytes({ type: 'mdat', data: Buffer.concat(items.map(({ data }) => data)) }));
  return Buffer.concat(parts);
}

function parseBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let start = 0;
  while (start + 8 <= bytes.byteLength) {
    const size = bytes.readUInt32BE(start);
    if (size < 8 || start + size > bytes.byteLength) throw unexpectedLayout('a box of another size');
    boxes.push({
      type: bytes.toString('latin1', start + 4, start + 8),
      data: bytes.subarray(start + 8, start + size),
    });
    start += size;
  }
  return boxes;
}

function toBytes({ type, data }: Box): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + data.byteLength);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, data]);
}

function find(boxes: readonly Box[], type: string): Box {
  const box = boxes.find((candidate) => candidate.type === type);
  if (box === undefined) throw unexpectedLayout(`no ${type} box`);
  return box;
}

function unexpectedLayout(what: string): PellucidError {
  return new PellucidError(
    'INTERNAL',
    `The AVIF encoder wrote ${what}, so no metadata can be added. Choose PNG or TIFF.`,
  );
}

function largestItemId(infos: Buffer): number {
  if (infos.readUInt8(0) !== 0) throw unexpectedLayout('a newer iinf box');
  const ids = parseBoxes(infos.subarray(6)).map(({ data }) => data.readUInt16BE(4));
  return Math.max(...ids);
}

function addItemInfos(infos: Buffer, items: readonly DescribingItem[]): Buffer {
  const added = items.map(({ id, type }) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt8(2, 0);
    fixed.writeUInt16BE(id, 4);
    fixed.write(type, 8, 'latin1');
    const text = type === 'mime' ? `\0${xmpMediaType}\0` : '\0';
    return toBytes({ type: 'infe', data: Buffer.concat([fixed, Buffer.from(text, 'latin1')]) });
  });
  const result = Buffer.concat([infos, ...added]);
  result.writeUInt16BE(infos.readUInt16BE(4) + items.length, 4);
  return result;
}

/** `iloc` version 0 with four bytes for each of offset, length and base, as libheif writes it. */
function addLocations(table: Buffer, items: readonly DescribingItem[], growth: number, appendedAt: number): Buffer {
  if (table.readUInt8(0) !== 0 || table.readUInt16BE(4) !== 0x4440) throw unexpectedLayout('another iloc box');
  const moved = Buffer.from(table);
  const count = table.readUInt16BE(6);
  let at = 8;
  for (let index = 0; index < count; index++) {
    moved.writeUInt32BE(table.readUInt32BE(at + 4) + growth, at + 4);
    at += 10 + 8 * table.readUInt16BE(at + 8);
  }
  let place = appendedAt;
  const added = items.map(({ id, data }) => {
    const entry = Buffer.alloc(18);
    entry.writeUInt16BE(id, 0);
    entry.writeUInt32BE(place, 4);
    entry.writeUInt16BE(1, 8);
    entry.writeUInt32BE(data.byteLength, 14);
    place += data.byteLength;
    return entry;
  });
  moved.writeUInt16BE(count + items.length, 6);
  return Buffer.concat([moved, ...added]);
}

function addReferences(references: Buffer, items: readonly DescribingItem[], primary: number): Buffer {
  const added = items.map(({ id }) => {
    const data = Buffer.alloc(6);
    data.writeUInt16BE(id, 0);
    data.writeUInt16BE(1, 2);
    data.writeUInt16BE(primary, 4);
    return toBytes({ type: 'cdsc', data });
  });
  return Buffer.concat([references, ...added]);
}

function addProfile(properties: Buffer, primary: number, icc: Uint8Array): Buffer {
  const boxes = parseBoxes(properties);
  const known = parseBoxes(find(boxes, 'ipco').data);
  const profile: Box = { type: 'colr', data: Buffer.concat([Buffer.from('prof', 'latin1'), icc]) };
  const rebuilt = boxes.map((box): Box => {
    if (box.type === 'ipco') return { type: 'ipco', data: Buffer.concat([box.data, toBytes(profile)]) };
    if (box.type === 'ipma') return { type: 'ipma', data: associate(box.data, primary, known.length + 1) };
    return box;
  });
  return Buffer.concat(rebuilt.map(toBytes));
}

/** Gives an item one more property, by its number in `ipco`; version 0 with one byte for each. */
function associate(associations: Buffer, item: number, property: number): Buffer {
  if (associations.readUInt32BE(0) !== 0) throw unexpectedLayout('another ipma box');
  let at = 8;
  for (let left = associations.readUInt32BE(4); left > 0; left--) {
    const count = associations.readUInt8(at + 2);
    const end = at + 3 + count;
    if (associations.readUInt16BE(at) === item) {
      const head = Buffer.from(associations.subarray(0, end));
      head.writeUInt8(count + 1, at + 2);
      return Buffer.concat([head, Buffer.from([property]), associations.subarray(end)]);
    }
    at = end;
  }
  throw unexpectedLayout('no properties for the picture');
}
