import { expect, test } from 'vitest';
import { bdPsnr, bdRate } from './bjontegaard.ts';
import type { RatePoint } from './bjontegaard.ts';

const points = (pairs: [number, number][]): RatePoint[] => pairs.map(([bpp, psnr]) => ({ bpp, psnr }));
const first = points([[0.25, 24.74], [0.5, 28.95], [0.8, 31.4], [1.0, 32.59]]); // prettier-ignore
const second = points([[0.2, 27.9], [0.43, 30.2], [0.78, 33.09], [1.1, 35.6]]); // prettier-ignore

/** Reference: scipy 1.17, PchipInterpolator(...).integrate over the shared range, in both directions. */
test('BD-rate and BD-PSNR are those of scipy', () => {
  expect(bdRate(first, second)).toBeCloseTo(-35.35797585457144, 9);
  expect(bdPsnr(first, second)).toBeCloseTo(2.2381461389066852, 9);
  expect(bdRate(first.slice(0, 3), second.slice(0, 3))).toBeCloseTo(-37.394020443977574, 9);
  expect(bdPsnr(first.slice(0, 3), second.slice(0, 3))).toBeCloseTo(2.291577738309872, 9);
});

test('half the bytes at each quality is -50 %, one dB more at each rate is 1 dB', () => {
  expect(bdRate(first, first.map(({ bpp, psnr }) => ({ bpp: bpp / 2, psnr })))).toBeCloseTo(-50, 9); // prettier-ignore
  expect(bdPsnr(first, first.map(({ bpp, psnr }) => ({ bpp, psnr: psnr + 1 })))).toBeCloseTo(1, 9); // prettier-ignore
});

test('exchanging anchor and test inverts the ratio, and the order of points does not matter', () => {
  const there = 1 + bdRate(first, second) / 100;
  const back = 1 + bdRate(second, [...first].reverse()) / 100;
  expect(there * back).toBeCloseTo(1, 9);
});

test('two points make a straight line over the logarithm of the rate', () => {
  const anchor = points([[0.5, 30], [1, 33]]); // prettier-ignore
  const other = points([[0.25, 30], [0.5, 33]]); // prettier-ignore
  expect(bdRate(anchor, other)).toBeCloseTo(-50, 9);
});

test('curves that fall, share nothing or are single points are refused', () => {
  expect(() => bdRate(first, points([[0.2, 28], [0.4, 27]]))).toThrow('quality rises'); // prettier-ignore
  expect(() => bdRate(first, points([[0.2, 40], [0.4, 45]]))).toThrow('shares a range'); // prettier-ignore
  expect(() => bdPsnr(first, points([[0.2, 40]]))).toThrow('at least 2 points');
});
