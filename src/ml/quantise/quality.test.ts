import { describe, expect, it } from 'vitest';
import { anchorWeights, gainsAt, lambdaOf, stepOf } from './quality.ts';

describe('weights of the anchors', () => {
  it('are of one or two neighbours, and sum to 1', () => {
    for (let quality = 1; quality <= 100; quality += 0.125) {
      const weights = anchorWeights(quality, 8);
      const used = Array.from(weights.keys()).filter((i) => weights[i] !== 0);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
      expect(used.length).toBeLessThanOrEqual(2);
      expect((used.at(-1) as number) - (used[0] as number)).toBeLessThanOrEqual(1);
    }
  });

  it('interpolate linearly between anchors that are spread evenly over 1..100', () => {
    expect(Array.from(anchorWeights(1, 4))).toEqual([1, 0, 0, 0]);
    expect(Array.from(anchorWeights(34, 4))).toEqual([0, 1, 0, 0]);
    expect(Array.from(anchorWeights(50.5, 4))).toEqual([0, 0.5, 0.5, 0]);
    expect(Array.from(anchorWeights(100, 4))).toEqual([0, 0, 0, 1]);
    expect(Array.from(anchorWeights(75.25, 3))).toEqual([0, 0.5, 0.5]);
  });

  it('stop at the ends', () => {
    expect(anchorWeights(-5, 4)).toEqual(anchorWeights(1, 4));
    expect(anchorWeights(200, 4)).toEqual(anchorWeights(100, 4));
  });
});

describe('lambda', () => {
  it('grows by one factor with each quality, from 0.0008 to 0.12', () => {
    expect(lambdaOf(1)).toBeCloseTo(0.0008, 12);
    expect(lambdaOf(100)).toBeCloseTo(0.12, 12);
    // 150^(1/2) times the start, halfway.
    expect(lambdaOf(50.5)).toBeCloseTo(0.0008 * 12.247448714, 9);
    expect(lambdaOf(31) / lambdaOf(30)).toBeCloseTo(lambdaOf(91) / lambdaOf(90), 12);
  });

  it('sets the step at which a bit less costs as much as the error that it makes', () => {
    // R = -log2(step) + constant and D = step^2 / 12 : d(R + lambda D) / d step = 0.
    for (const lambda of [0.0008, 0.01, 0.12]) {
      const cost = (step: number): number => -Math.log2(step) + (lambda * step ** 2) / 12;
      const best = stepOf(lambda);
      expect(cost(best)).toBeLessThan(cost(best * 1.001));
      expect(cost(best)).toBeLessThan(cost(best * 0.999));
    }
  });
});

describe('gains', () => {
  it('are interpolated as logarithms', () => {
    // Two channels, three anchors at qualities 1, 50.5 and 100.
    const table = Float32Array.of(0, 1, 2, 1, 4, 5);
    expect(Array.from(gainsAt(table, 2, 1))).toEqual([1, Math.fround(Math.E)]);
    const between = gainsAt(table, 2, 75.25);
    expect(between[0]).toBeCloseTo(Math.exp(3), 4);
    expect(between[1]).toBeCloseTo(Math.exp(3), 4);
  });
});
