import { expect, test } from 'vitest';
import { compareCurves } from './compare-curves.ts';

/** PSNR rises by 6 dB for each doubling of the rate, so that every figure can be worked out by hand. */
const curve = (rates: readonly number[], offset: number) =>
  rates.map((bpp) => ({ bpp, psnr: offset + 6 * Math.log2(bpp) }));

test('curves that lie half the bytes apart are 50 % and 6 dB apart, whatever lies outside of the range', () => {
  const rival = [...curve([0.2, 0.5, 1, 1.6, 1.9], 30), { bpp: 4, psnr: 80 }];
  const own = curve([0.1, 0.3, 0.8, 2.2], 36);
  const { bdRatePercent, gain } = compareCurves(rival, own, { from: 0.25, to: 1.5 });
  expect(bdRatePercent).toBeCloseTo(-50, 1);
  expect(gain?.mean).toBeCloseTo(6, 1);
  expect(gain?.least).toBeCloseTo(6, 1);
});

test('a rival whose quality falls with the rate is compared at equal bytes alone', () => {
  const rival = [0.25, 0.5, 1].map((bpp) => ({ bpp, psnr: 25 - bpp }));
  const own = [0.25, 0.5, 1].map((bpp) => ({ bpp, psnr: 28 + bpp }));
  const { bdRatePercent, gain } = compareCurves(rival, own, { from: 0.25, to: 1 });
  expect(bdRatePercent).toBeNull();
  expect(gain?.least).toBeCloseTo(3.5, 10);
  expect(gain?.mean).toBeGreaterThan(3.5);
});

test('curves without a common rate or quality have no difference', () => {
  const low = curve([0.1, 0.2], 30);
  const high = curve([0.5, 1], 60);
  expect(compareCurves(low, high, { from: 0.05, to: 2 })).toEqual({ bdRatePercent: null, gain: null });
  expect(compareCurves(low.slice(1), high, { from: 0.05, to: 2 })).toEqual({ bdRatePercent: null, gain: null });
});
