import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { fromHalf, toHalf } from './float16.ts';

/** Bit patterns from IEEE 754-2008, section 3.4, worked by hand. */
const exact: [number, number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.5, 0x3800],
  [1 + 2 ** -10, 0x3c01],
  [65504, 0x7bff],
  [-65504, 0xfbff],
  [2 ** -14, 0x0400],
  [2 ** -14 - 2 ** -24, 0x03ff],
  [2 ** -24, 0x0001],
  [-(2 ** -24), 0x8001],
  [0.333251953125, 0x3555],
  [Infinity, 0x7c00],
  [-Infinity, 0xfc00],
];

describe('half precision', () => {
  it.each(exact)('%d has the bits of the standard', (value, bits) => {
    expect(toHalf(value)).toBe(bits);
    expect(Object.is(fromHalf(bits), value)).toBe(true);
  });

  it('rounds to nearest, ties to even', () => {
    const step = 2 ** -10;
    expect(toHalf(1 + step / 2)).toBe(0x3c00);
    expect(toHalf(1 + 1.5 * step)).toBe(0x3c02);
    expect(toHalf(1 + step / 2 + 2 ** -20)).toBe(0x3c01);
    expect(toHalf(1 + step / 2 - 2 ** -20)).toBe(0x3c00);
    // Up to the next power of two.
    expect(toHalf(2 - step / 2)).toBe(0x4000);
  });

  it('rounds subnormal numbers likewise', () => {
    const step = 2 ** -24;
    expect(toHalf(step / 2)).toBe(0);
    expect(toHalf(-step / 2)).toBe(0x8000);
    expect(toHalf(step * 0.50001)).toBe(1);
    expect(toHalf(step * 1.5)).toBe(2);
    expect(toHalf(step * 2.5)).toBe(2);
    expect(toHalf(step * 1023.5)).toBe(0x400);
    expect(toHalf(step / 4)).toBe(0);
    expect(toHalf(1e-45)).toBe(0);
  });

  it('becomes infinite where 65520 begins', () => {
    expect(toHalf(65519.99)).toBe(0x7bff);
    expect(toHalf(65520)).toBe(0x7c00);
    expect(toHalf(-1e38)).toBe(0xfc00);
  });

  it('keeps what is not a number', () => {
    expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
    expect(fromHalf(0x7e00)).toBeNaN();
  });

  it('gives each of the 63,488 finite patterns back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      if ((bits & 0x7c00) === 0x7c00) continue;
      if (toHalf(fromHalf(bits)) !== bits) expect.fail(`0x${bits.toString(16)}`);
    }
  });

  it('is never farther than half a step from the number', () => {
    const random = createRandom(1, 0);
    for (let i = 0; i < 10_000; i++) {
      const value = Math.fround(random.normal() * 10 ** (6 * random.uniform() - 4));
      const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
      expect(Math.abs(fromHalf(toHalf(value)) - value)).toBeLessThanOrEqual(step / 2);
    }
  });
});
