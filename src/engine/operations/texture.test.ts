import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { blend } from './blend.ts';
import { withTexture } from './texture.ts';

const side = 64;
const grey = (value: number): Pixels => ({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(side * side * 3).fill(value),
});

/** A picture whose samples follow from place and channel. */
function drawn(value: (x: number, y: number, channel: number) => number): Pixels {
  const { data, ...size } = grey(0);
  return {
    ...size,
    data: data.map((_, i) => value(Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3)),
  };
}

const deviation = (pixels: Pixels, other: Pixels): number =>
  Math.sqrt(
    Array.from(pixels.data).reduce((sum, value, i) => sum + (value - (other.data[i] ?? 0)) ** 2, 0) /
      pixels.data.length,
  );

describe('texture', () => {
  it('comes back whole where it is fine and grey, and by its percentage', () => {
    const checks = drawn((x, y) => 128 + ((x + y) % 2 === 0 ? 20 : -20));
    expect(deviation(withTexture(checks, grey(128), 100), checks)).toBeLessThan(1);
    const half = withTexture(checks, grey(128), 50);
    expect(deviation(half, grey(128))).toBeGreaterThan(9);
    expect(deviation(half, grey(128))).toBeLessThan(11);
  });

  it('has no colour and no blotches', () => {
    // Red and green against each other at equal luma, within rounding.
    const colour = drawn((x, y, channel) => {
      const sign = (x + y) % 2 === 0 ? 1 : -1;
      return [128 + sign * 40, 128 - Math.round(sign * 40 * (0.2126 / 0.7152)), 128][channel] ?? 0;
    });
    expect(deviation(withTexture(colour, grey(128), 100), grey(128))).toBeLessThan(0.5);
    const slope = drawn((x) => 100 + x);
    const { data } = withTexture(slope, grey(128), 100);
    const inner = data.filter((_, i) => Math.abs((Math.floor(i / 3) % side) - side / 2) < side / 2 - 5);
    expect(inner.every((value) => Math.abs(value - 128) <= 1)).toBe(true);
  });

  it('of random colour noise is grey: every channel changes alike', () => {
    const random = createRandom(3, 0);
    const noisy = drawn(() => 90 + Math.floor(random.uniform() * 60));
    const { data } = withTexture(noisy, grey(120), 100);
    for (let i = 0; i < data.length; i += 3) {
      expect(data[i + 1]).toBe(data[i]);
      expect(data[i + 2]).toBe(data[i]);
    }
  });

  it('serves pictures of one pixel and of 16 bits', () => {
    const one: Pixels = { width: 1, height: 1, channels: 1, data: Uint16Array.of(40_000) };
    expect(withTexture(one, { ...one, data: Uint16Array.of(30_000) }, 100).data).toEqual(Uint16Array.of(30_000));
  });
});

it('strength 0 is the noisy picture and 100 the restored one, exactly', () => {
  const random = createRandom(5, 0);
  const noisy = drawn(() => Math.floor(random.uniform() * 256));
  expect(blend(noisy, grey(120), 0).data).toEqual(noisy.data);
  expect(blend(noisy, grey(120), 100)).toEqual(grey(120));
});
