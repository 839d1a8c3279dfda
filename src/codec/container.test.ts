import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { looksLikePel, readPel, writePel } from './container.ts';
import type { PelBlock, PelFile, PelHeader } from './container.ts';

const header: PelHeader = {
  modelId: 'codec-1',
  modelHash: '00ff10203040a0b0',
  width: 768,
  height: 512,
  bitDepth: 8,
  channels: 3,
  quality: 62.5,
  sigma255: 25,
};
const strip = Uint8Array.of(9, 8, 7);
const strips = [strip];
const corrupt = expect.objectContaining({ code: 'PEL_CORRUPT' }) as Error;

/** The file with its checksum made right again. */
function sealed(bytes: number[]): Uint8Array {
  const file = Uint8Array.from([...bytes, 0, 0, 0, 0]);
  new DataView(file.buffer).setUint32(bytes.length, crc32(file.subarray(0, bytes.length)));
  return file;
}

// Byte for byte as docs/file-format.md lays it out.
const headOf = (version: number): number[] => [
  ...[0x8f, 0x50, 0x45, 0x4c, version],
  ...[7, 0x63, 0x6f, 0x64, 0x65, 0x63, 0x2d, 0x31],
  ...[0x00, 0xff, 0x10, 0x20, 0x30, 0x40, 0xa0, 0xb0],
  ...[0x80, 0x06, 0x80, 0x04, 2, 0xf4, 0x03, 0x90, 0x03],
];
const head = headOf(1);

test('a file is laid out as documented', () => {
  const one: PelFile = { header, blocks: [], strips };
  expect(writePel(one)).toEqual(sealed([...head, 0, 3, 9, 8, 7]));
  expect(readPel(sealed([...head, 0, 3, 9, 8, 7]))).toEqual(one);
  const long = new Uint8Array(130).fill(5);
  const three: PelFile = { ...one, strips: [strip, long, Uint8Array.of(6)] };
  const bytes = [...headOf(2), 0, 0x8a, 1, 3, 3, 0x82, 1, ...strip, ...long, 6];
  expect(writePel(three)).toEqual(sealed(bytes));
  expect(readPel(sealed(bytes))).toEqual(three);
});

test('headers, blocks and payload come back', () => {
  const blocks: PelBlock[] = [
    { kind: 'icc', bytes: new Uint8Array(300).fill(1) },
    { kind: 'alpha', bytes: new Uint8Array(0) },
    { kind: 'xmp', bytes: Uint8Array.of(60) },
  ];
  const other: PelHeader = { ...header, width: 65535, height: 1, bitDepth: 16, channels: 1, quality: 1, sigma255: 0.5 };
  for (const some of [strips, [strip, strip]]) {
    const file: PelFile = { header: { ...other, height: some.length }, blocks, strips: some };
    expect(readPel(writePel(file))).toEqual(file);
  }
});

test('the fixed cost is at most 64 bytes with an id of 28 characters and the longest numbers', () => {
  const largest = { ...header, modelId: 'x'.repeat(28), width: 65535, height: 4096, quality: 100, sigma255: 255 };
  const long = new Uint8Array(2 ** 21);
  expect(writePel({ header: largest, blocks: [], strips: [long] }).length - long.length).toBeLessThanOrEqual(64);
});

test('unknown blocks that may be skipped are skipped, others ask for a newer program', () => {
  expect(readPel(sealed([...head, 200, 2, 5, 5, 0, 1, 4])).strips).toEqual([Uint8Array.of(4)]);
  const unsupported = expect.objectContaining({ code: 'PEL_VERSION_UNSUPPORTED' }) as Error;
  expect(() => readPel(sealed([...head, 77, 2, 5, 5, 0, 1, 4]))).toThrow(unsupported);
  for (const version of [0, 3]) expect(() => readPel(sealed([...headOf(version), 0, 0]))).toThrow(unsupported);
});

test('every truncation and every changed byte is noticed', () => {
  const file = writePel({ header, blocks: [{ kind: 'exif', bytes: Uint8Array.of(1, 2) }], strips });
  for (let length = 0; length < file.length; length++) expect(() => readPel(file.subarray(0, length))).toThrow();
  for (let at = 0; at < file.length; at++) {
    const changed = file.slice();
    changed[at] = (changed[at] as number) ^ 0x10;
    expect(() => readPel(changed)).toThrow(/This .pel file/);
  }
});

test.each([
  ['bytes after the picture', [...head, 0, 1, 4, 9]],
  ['a length beyond the end', [...head, 0, 200, 1, 4]],
  ['a length beyond any file', [...head, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ['a length in more bytes than needed', [...head, 0, 0x81, 0, 4]],
  ['no picture', head],
  ['two blocks of one kind', [...head, 128, 0, 128, 0, 0, 1, 4]],
  ['no strips at all', [...headOf(2), 0, 1, 0]],
  ['one strip in the version for several', [...headOf(2), 0, 2, 1, 4]],
  ['more strips than rows', [...headOf(2), 0, 3, 0x81, 4, 0]],
  ['a strip beyond the end', [...headOf(2), 0, 3, 2, 9, 4]],
  ['no width', [...head.slice(0, 21), 0, ...head.slice(23), 0, 1, 4]],
  ['too many pixels', [...head.slice(0, 21), 0xff, 0xff, 3, 0xff, 0xff, 3, ...head.slice(25), 0, 1, 4]],
  ['flags of the future', [...head.slice(0, 25), 6, ...head.slice(26), 0, 1, 4]],
  ['a model id with a path in it', [...head.slice(0, 6), 0x2f, ...head.slice(7), 0, 1, 4]],
])('%s is refused', (_name, bytes) => {
  expect(() => readPel(sealed(bytes))).toThrow(corrupt);
});

test('headers that the format cannot hold are refused by name', () => {
  const write = (more: Partial<PelHeader>, blocks: PelBlock[] = []) =>
    writePel({ header: { ...header, ...more }, blocks, strips });
  expect(() => write({ width: 0 })).toThrow('for width');
  expect(() => write({ width: 65535, height: 65535 })).toThrow('for width x height');
  expect(() => write({ modelId: '../x' })).toThrow('for modelId');
  expect(() => write({ quality: 50.3 })).toThrow('for quality');
  const block: PelBlock = { kind: 'icc', bytes: strip };
  expect(() => write({}, [block, block])).toThrow('for blocks');
  expect(() => writePel({ header, blocks: [], strips: [] })).toThrow('for strips');
});

test('a .pel file is told by its first bytes', () => {
  expect(looksLikePel(Uint8Array.from(head))).toBe(true);
  expect(looksLikePel(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe(false);
  expect(looksLikePel(new Uint8Array(2))).toBe(false);
});
