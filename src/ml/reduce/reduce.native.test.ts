import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';
import { principalComponents, project } from './principal-components.ts';
import { nearestRows, smallest } from './products.ts';

const never = new AbortController().signal;

/** Rows along a line of slope 2, and a little off it. */
function alongLine(count: number): Float32Array {
  const random = createRandom(3, 0);
  const rows = new Float32Array(3 * count);
  for (let row = 0; row < count; row++) {
    const along = 4 * random.normal();
    rows.set([5 + along / Math.sqrt(5), (2 * along) / Math.sqrt(5), 0.1 * random.normal()], 3 * row);
  }
  return rows;
}

describe('principal components', () => {
  it('find the line that points were made along, and their spread on it', async () => {
    const rows = alongLine(4000);
    const components = await principalComponents(rows, 3, 2);
    const [x = 0, y = 0, z = 0] = components.directions;
    expect(y / x).toBeCloseTo(2, 2);
    expect(z).toBeCloseTo(0, 2);
    expect(components.deviations[0]).toBeCloseTo(4, 0);
    expect(components.deviations[1]).toBeCloseTo(0.1, 2);
    const coordinates = await project(rows, components);
    const alone = coordinates.filter((_, at) => at % 2 === 0);
    expect(alone.reduce((sum, value) => sum + value, 0) / alone.length).toBeCloseTo(0, 3);
  });

  it('leave no tensors behind', async () => {
    const rows = alongLine(50);
    await project(rows, await principalComponents(rows, 3, 1));
    const before = tensorFlow().memory().numTensors;
    await project(rows, await principalComponents(rows, 3, 1));
    expect(tensorFlow().memory().numTensors).toBe(before);
  });
});

describe('nearest rows', () => {
  it('are those that comparing all with all finds', async () => {
    const random = createRandom(8, 0);
    const [count, length] = [300, 5];
    const rows = Float32Array.from({ length: count * length }, () => random.normal());
    const { indices, distances } = await nearestRows(rows, length, 4, never);
    const distance = (a: number, b: number): number =>
      Math.hypot(...Array.from({ length }, (_, at) => (rows[a * length + at] ?? 0) - (rows[b * length + at] ?? 0)));
    for (const row of [0, 17, 255, 256, 299]) {
      const others = Array.from({ length: count }, (_, index) => index).filter((index) => index !== row);
      const expected = others.sort((a, b) => distance(row, a) - distance(row, b)).slice(0, 4);
      expect(indices[row]).toEqual(expected);
      expect(distances[row]?.[0]).toBeCloseTo(distance(row, expected[0] ?? 0), 4);
    }
  });

  it('stop when they are cancelled', async () => {
    const rows = new Float32Array(1000);
    await expect(nearestRows(rows, 1, 2, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('are as many as there are', async () => {
    const { indices } = await nearestRows(Float32Array.of(0, 1, 5), 1, 9, never);
    expect(indices).toEqual([
      [1, 2],
      [0, 2],
      [1, 0],
    ]);
    expect(smallest(3, 2, (index) => -index).map(({ index }) => index)).toEqual([2, 1]);
  });
});
