import { expect, test } from 'vitest';
import { clippedVariance, unclippedSigma255 } from './clipped-noise.ts';

/** Variance of clipped normal values by the midpoint rule over twelve deviations. */
function numericVariance(mean: number, sigma: number): number {
  const steps = 40_000;
  let [weight, first, second] = [0, 0, 0];
  for (let i = 0; i < steps; i++) {
    const z = -6 + (12 * (i + 0.5)) / steps;
    const density = Math.exp((-z * z) / 2);
    const value = Math.min(255, Math.max(0, mean + sigma * z));
    weight += density;
    first += density * value;
    second += density * value * value;
  }
  return second / weight - (first / weight) ** 2;
}

test.each([
  [127.5, 50],
  [30, 50],
  [220, 25],
  [128, 5],
  [0, 40],
])('the variance of values around %d with deviation %d, clipped, is that of the integral', (mean, sigma) => {
  expect(clippedVariance(mean, sigma) / numericVariance(mean, sigma)).toBeCloseTo(1, 3);
});

test('finds the deviation that noise had before it was clipped', () => {
  const means255 = new Uint32Array(256);
  means255[40] = 3;
  means255[180] = 1;
  const measured = Math.sqrt((3 * numericVariance(40, 60) + numericVariance(180, 60)) / 4);
  expect(measured).toBeLessThan(50);
  expect(unclippedSigma255(measured, means255)).toBeCloseTo(60, 1);
});

test('leaves weak noise in the middle of the range as it is', () => {
  const means255 = new Uint32Array(256);
  means255[128] = 1;
  expect(unclippedSigma255(5, means255)).toBeCloseTo(5, 3);
  expect(unclippedSigma255(0, means255)).toBe(0);
});
