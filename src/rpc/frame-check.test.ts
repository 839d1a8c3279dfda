import { encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { isSoundFrame } from './frame-check.ts';

const ofAllFormats = [
  null,
  true,
  0,
  127,
  128,
  70_000,
  2 ** 40,
  -1,
  -33,
  -200,
  -40_000,
  -(2 ** 40),
  1.5,
  '',
  'x'.repeat(31),
  'x'.repeat(32),
  'x'.repeat(300),
  'x'.repeat(70_000),
  new Uint8Array(3),
  new Uint8Array(300),
  new Uint8Array(70_000),
  new Date(0),
  new Date(1.5e12 + 1),
  [],
  Array(15).fill(1),
  Array(16).fill(1),
  Array(70_000).fill(1),
  {},
  Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`k${at}`, [at, { at }]])),
  Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`k${at}`, at])),
  Object.fromEntries(Array.from({ length: 70_000 }, (_, at) => [`k${at}`, at])),
];

test.each(ofAllFormats.map((value, at) => [at, value] as const))(
  'takes what the encoder makes: case %i',
  (_at, value) => {
    const frame = encode(value);
    expect(isSoundFrame(frame)).toBe(true);
    expect(isSoundFrame(frame.slice(0, -1))).toBe(false);
    expect(isSoundFrame(Uint8Array.from([...frame.slice(0, 1000), ...frame.slice(1000), 0]))).toBe(false);
  },
);

test.each([
  ['nothing at all', []],
  ['the one type that is never used', [0xc1]],
  ['an array that claims 4 billion values', [0xdd, 0xff, 0xff, 0xff, 0xff]],
  ['a map that claims more pairs than there are', [0x82, 0xa1, 0x61, 0x01]],
  ['a text that claims 4 GB', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
  ['an array in an array that together claim more than there is', [0x92, 0x92, 0x01, 0x01]],
  ['a length that is cut off', [0xdc, 0x00]],
])('refuses %s', (_name, bytes) => {
  expect(isSoundFrame(Uint8Array.from(bytes))).toBe(false);
});

test('nested claims are added up, so that memory stays in proportion to the frame', () => {
  // 1000 nested arrays that each claim as many values as the whole frame has bytes.
  const frame = Uint8Array.from(Array.from({ length: 1000 }, () => [0xdd, 0, 0, 0x13, 0x88]).flat());
  expect(isSoundFrame(frame)).toBe(false);
});
