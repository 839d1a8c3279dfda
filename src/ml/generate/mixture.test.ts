import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { drawFrom, fitMixture } from './mixture.ts';
import { arraysOfPrior, priorOf } from './model-prior.ts';

/** Points around two centres, the first twice as often; around each, y follows x. */
function points(count: number): Float32Array {
  const { uniform, normal } = createRandom(3, 0);
  const rows = new Float32Array(2 * count);
  for (let row = 0; row < count; row++) {
    const centre = uniform() < 2 / 3 ? -5 : 5;
    const x = normal();
    rows.set([centre + x, 0.8 * x + 0.6 * normal()], 2 * row);
  }
  return rows;
}

function momentsWhere(rows: Float32Array, side: (x: number) => boolean) {
  const kept = Array.from({ length: rows.length / 2 }, (_, row) => [rows[2 * row] ?? 0, rows[2 * row + 1] ?? 0]).filter(
    ([x = 0]) => side(x),
  );
  const mean = [0, 1].map((axis) => kept.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / kept.length);
  const covariance = kept.reduce(
    (sum, [x = 0, y = 0]) => sum + ((x - (mean[0] ?? 0)) * (y - (mean[1] ?? 0))) / kept.length,
    0,
  );
  return { part: kept.length / (rows.length / 2), mean, covariance };
}

describe('a mixture', () => {
  it('draws what the fitted points are like, the gap between them included', async () => {
    const mixture = await fitMixture(points(4000), 2, 1);
    expect(mixture.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    const drawn = drawFrom(mixture, 4000, 9, 1);
    const left = momentsWhere(drawn, (x) => x < 0);
    const right = momentsWhere(drawn, (x) => x > 0);
    expect(left.part).toBeCloseTo(2 / 3, 1);
    expect(left.mean[0]).toBeCloseTo(-5, 0);
    expect(right.mean[0]).toBeCloseTo(5, 0);
    expect(left.covariance).toBeCloseTo(0.8, 0);
    expect(right.covariance).toBeCloseTo(0.8, 0);
    expect(momentsWhere(drawn, (x) => Math.abs(x) < 1).part).toBeLessThan(0.01);
  });

  it('gives the same first ones when more are drawn, and varies less with less spread', async () => {
    const mixture = await fitMixture(points(1000), 2, 1);
    const few = drawFrom(mixture, 5, 4, 1);
    expect(drawFrom(mixture, 50, 4, 1).subarray(0, 10)).toEqual(few);
    expect(drawFrom(mixture, 5, 5, 1)).not.toEqual(few);
    const means = new Set([...mixture.means].map((value) => value.toFixed(4)));
    for (const value of drawFrom(mixture, 20, 4, 0)) expect(means).toContain(value.toFixed(4));
  });

  it('of fewer points than dimensions is one with no more than their own variance', async () => {
    const rows = Float32Array.from({ length: 3 * 8 }, (_, at) => (at % 8) + Math.floor(at / 8));
    const mixture = await fitMixture(rows, 8, 1);
    expect(mixture.weights).toEqual(Float32Array.of(1));
    const drawn = drawFrom(mixture, 200, 1, 1);
    expect(drawn.every((value, at) => Math.abs(value - (at % 8) - 1) < 5)).toBe(true);
  });

  it('survives in a package, and a model without one draws from N(0, 1)', async () => {
    const mixture = await fitMixture(points(500), 2, 1);
    const weights = new Map(arraysOfPrior(mixture).map(({ name, values }) => [name, values]));
    expect(priorOf(weights, 2)).toEqual(mixture);
    const drawn = drawFrom(priorOf(new Map(), 2), 2000, 1, 1);
    const variance = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length;
    expect(variance).toBeCloseTo(1, 1);
  });
});
