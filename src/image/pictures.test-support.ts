import { crc32, deflateSync } from 'node:zlib';
import { sharp } from './sharp-runtime.ts';

/** Samples that look like nothing: every value from 0 to `peak` can come, in no order that a filter could exploit. */
export function scatter(length: number, peak: 255 | 65535): Uint8Array | Uint16Array {
  const samples = peak === 255 ? new Uint8Array(length) : new Uint16Array(length);
  let state = 12345;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    samples[index] = (state >>> 8) % (peak + 1);
  }
  return samples;
}

/** A picture of such samples as sharp takes it, in the colour space that belongs to them. */
export function rawSharp(samples: Uint8Array | Uint16Array, width: number, height: number, channels: 1 | 2 | 3 | 4) {
  const is16Bit = samples instanceof Uint16Array;
  const space = channels <= 2 ? (is16Bit ? 'grey16' : 'b-w') : is16Bit ? 'rgb16' : 'srgb';
  return sharp(samples, { raw: { width, height, channels } }).toColourspace(space);
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** A PNG byte by byte. `rows` are as they stand in the file, without filter bytes. */
export function buildPng(options: {
  width: number;
  height: number;
  bitDepth: number;
  colourType: number;
  rows: Uint8Array[];
  before?: Buffer[];
  after?: Buffer[];
}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(options.width, 0);
  header.writeUInt32BE(options.height, 4);
  header.set([options.bitDepth, options.colourType], 8);
  const filtered = Buffer.concat(options.rows.map((row) => Buffer.concat([Buffer.from([0]), row])));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(options.before ?? []),
    pngChunk('IDAT', deflateSync(filtered)),
    ...(options.after ?? []),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/**
 * A matrix profile by ICC.1:2022, sections 7 to 10: nine tags, colorants adapted to D50, one gamma. Real enough for a
 * colour engine to convert with it.
 */
function buildProfile(description: string, colorants: number[][], gamma: number): Buffer {
  const xyz = (values: number[]) => {
    const data = Buffer.alloc(20);
    data.write('XYZ ', 0, 'latin1');
    for (const [index, value] of values.entries()) data.writeInt32BE(Math.round(value * 65536), 8 + 4 * index);
    return data;
  };
  const curve = Buffer.alloc(16);
  curve.write('curv', 0, 'latin1');
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(Math.round(gamma * 256), 12);
  const words = Buffer.alloc(90 + description.length + 1);
  words.write('desc', 0, 'latin1');
  words.writeUInt32BE(description.length + 1, 8);
  words.write(description, 12, 'latin1');
  const copyright = Buffer.from('text\0\0\0\0none\0\0\0\0', 'latin1');
  const [red = [], green = [], blue = []] = colorants;
  const tags: [string, Buffer][] = [
    ['desc', Buffer.concat([words, Buffer.alloc((4 - (words.length % 4)) % 4)])],
    ['cprt', copyright],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  let offset = 128 + table.length;
  for (const [index, [name, data]] of tags.entries()) {
    table.write(name, 4 + 12 * index, 'latin1');
    table.writeUInt32BE(offset, 8 + 12 * index);
    table.writeUInt32BE(data.length, 12 + 12 * index);
    offset += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  header.set(xyz([0.9642, 1, 0.8249]).subarray(8), 68);
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
}

export const displayP3 = buildProfile(
  'Display P3',
  [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ],
  2.2,
);
export const adobeRgb = buildProfile(
  'Adobe RGB',
  [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  2.19922,
);

/** A packet as cameras and editors write it: orientation, place, a caption outside ASCII. */
export const xmpPacket = Buffer.from(
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" ' +
    'tiff:Orientation="1" exif:GPSLatitude="52,31.2N"><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Käse 日本</dc:title>' +
    '<exif:GPSLongitude>13,24.5E</exif:GPSLongitude></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>',
);

/**
 * EXIF byte by byte: orientation and make in the main directory, size and a maker's note in the EXIF directory, a
 * latitude in the GPS directory, and a thumbnail behind everything.
 */
export function buildExif({ orientation = 1, littleEndian = true, width = 0, height = 0 } = {}): Buffer {
  const exif = Buffer.alloc(300);
  const u16 = (value: number, at: number) =>
    littleEndian ? exif.writeUInt16LE(value, at) : exif.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    littleEndian ? exif.writeUInt32LE(value, at) : exif.writeUInt32BE(value, at);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
    if (type === 3) u16(value, at + 8);
    else u32(value, at + 8);
  };
  exif.write(littleEndian ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(4, 8);
  entry(10, 0x010f, 2, 8, 66);
  entry(22, 0x0112, 3, 1, orientation);
  entry(34, 0x8769, 4, 1, 80);
  entry(46, 0x8825, 4, 1, 150);
  u32(210, 58);
  exif.write('Cameras\0', 66, 'latin1');
  u16(3, 80);
  entry(82, 0x927c, 7, 16, 130);
  entry(94, 0xa002, 4, 1, width);
  entry(106, 0xa003, 4, 1, height);
  exif.write('MakerNote secret', 130, 'latin1');
  u16(2, 150);
  entry(152, 0x0001, 2, 2, littleEndian ? 0x4e : 0x4e000000);
  entry(164, 0x0002, 5, 3, 182);
  for (const [index, value] of [52, 1, 31, 1, 12, 1].entries()) u32(value, 182 + 4 * index);
  u16(2, 210);
  entry(212, 0x0201, 4, 1, 250);
  entry(224, 0x0202, 4, 1, 50);
  exif.fill(0xd8, 250, 300);
  return exif;
}
