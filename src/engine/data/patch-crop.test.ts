import { expect, test } from 'vitest';
import { copyCrop } from './patch-crop.ts';
import type { RgbPhoto } from './rgb-photo.ts';

/** Pixel (x, y) holds (10 y + x, 100, 200). */
function gradient(width: number, height: number): RgbPhoto {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([10 * y + x, 100, 200], (y * width + x) * 3);
  }
  return { width, height, data };
}

function reds(symmetry: number): number[] {
  const target = new Uint8Array(2 + 2 * 2 * 3);
  copyCrop(gradient(5, 4), { left: 2, top: 1, size: 2, symmetry }, target, 2);
  return [2, 5, 8, 11].map((at) => target[at] ?? -1);
}

test('copies the square at its place, upright', () => {
  expect(reds(0)).toEqual([12, 13, 22, 23]);
});

test('mirrors, turns and transposes as drawn by hand', () => {
  expect(reds(1)).toEqual([13, 12, 23, 22]);
  expect(reds(2)).toEqual([22, 23, 12, 13]);
  expect(reds(3)).toEqual([23, 22, 13, 12]);
  expect(reds(4)).toEqual([12, 22, 13, 23]);
});

test('the eight symmetries are eight different pictures of the same pixels', () => {
  const pictures = Array.from({ length: 8 }, (_, symmetry) => reds(symmetry));
  expect(new Set(pictures.map(String)).size).toBe(8);
  for (const picture of pictures) expect([...picture].sort()).toEqual([12, 13, 22, 23]);
});

test('keeps the colours of a pixel together and leaves the bytes before the offset alone', () => {
  const target = new Uint8Array(3 + 12).fill(7);
  copyCrop(gradient(5, 4), { left: 0, top: 0, size: 2, symmetry: 5 }, target, 3);
  expect([...target.subarray(0, 3)]).toEqual([7, 7, 7]);
  for (let at = 3; at < 15; at += 3) expect([...target.subarray(at + 1, at + 3)]).toEqual([100, 200]);
});
