import { describe, expect, it } from 'vitest';
import { smoothPicture } from '../synthetic-pictures.test-support.ts';
import { estimateSigma255 } from './noise-level.ts';

const size = { width: 320, height: 240 };
const noiseless: Record<string, (x: number, channel: number) => number> = {
  ramp: (x) => x / 2 + 40,
  bars: (x, channel) => 40 * (channel + 1) + Math.floor(x / 64) * 10,
};

describe('the noise level of a photo', () => {
  it.each([0, 2, 5, 15, 25, 50, 70])('is found for noise of %d, which black and white cut off', (sigma) => {
    expect(Math.abs(estimateSigma255(smoothPicture(size, sigma)) - sigma)).toBeLessThan(Math.max(0.4, 0.03 * sigma));
  });

  it('is found in grey photos, and in photos of 16 bits', () => {
    expect(estimateSigma255(smoothPicture({ ...size, channels: 1 }, 20))).toBeCloseTo(20, 0);
    expect(estimateSigma255(smoothPicture({ ...size, depth: 16 }, 20))).toBeCloseTo(20, 0);
  });

  it('is 0 for a picture that is too small to tell', () => {
    expect(estimateSigma255(smoothPicture({ width: 4, height: 400 }, 20))).toBe(0);
    expect(estimateSigma255(smoothPicture({ width: 20, height: 20 }, 20))).toBe(0);
  });

  it.each(Object.keys(noiseless))('is 0 for a picture without any: %s', (name) => {
    const side = 256;
    const data = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
      Math.round(noiseless[name]?.(Math.floor(at / 3) % side, at % 3) ?? 0),
    );
    expect(estimateSigma255({ width: side, height: side, channels: 3, data })).toBeCloseTo(0, 6);
  });
});
