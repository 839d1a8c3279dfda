import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { classifyFew, mostProbable } from './classify-few.ts';
import type { FewLabels } from './classify-few.ts';

const length = 3;
const perClass = 40;

/** Rows of three classes; the first two lie crosswise, in two heaps each. */
function task(changes: Partial<FewLabels> = {}): FewLabels {
  const { normal } = createRandom(7, 0);
  const heaps = [
    [5, 5, 50],
    [-5, -5, 50],
    [5, -5, 50],
    [-5, 5, 50],
    [0, 0, 62],
    [0, 0, 62],
  ];
  const rows = Float32Array.from(
    [0, 1, 2].flatMap((label) => Array.from({ length: perClass }, (_, at) => heaps[2 * label + (at % 2)] ?? []).flat()),
    (value) => value + normal() / 2,
  );
  const examples = [0, 1, 2].map((label) => Array.from({ length: 8 }, (_, at) => label * perClass + at));
  const { signal } = new AbortController();
  return { rows, length, examples, hidden: 0, seed: 1, signal, ...changes };
}

const rightOf = (probabilities: Float32Array): number =>
  Array.from({ length: 3 * perClass }, (_, row) => row).filter(
    (row) => mostProbable(probabilities, row, 3) === Math.floor(row / perClass),
  ).length;

describe('a classifier of a few labels', () => {
  it('puts the rest into classes, with probabilities, and knows how often it is right', async () => {
    const { probabilities, accuracy } = await classifyFew(task({ hidden: 32 }));
    expect(rightOf(probabilities)).toBe(3 * perClass);
    expect(accuracy).toBe(1);
    for (let row = 0; row < 3 * perClass; row++) {
      const sum = probabilities.subarray(3 * row, 3 * row + 3).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('is linear without a hidden layer, which cannot tell classes that lie crosswise', async () => {
    const { probabilities, accuracy } = await classifyFew(task());
    expect(rightOf(probabilities)).toBeLessThan(3 * perClass - 10);
    expect(accuracy).toBeLessThan(0.95);
  });

  it('gives the same again for the same seed, and says nothing of its accuracy where a class has one example', async () => {
    const [first, second] = [task({ seed: 5 }), task({ seed: 5 })];
    expect((await classifyFew(first)).probabilities).toEqual((await classifyFew(second)).probabilities);
    const lonely = await classifyFew(task({ examples: [[0, 1, 2], [perClass], [2 * perClass, 2 * perClass + 1]] }));
    expect(lonely.accuracy).toBeNull();
    expect(rightOf(lonely.probabilities)).toBeGreaterThan(perClass);
  });

  it('ends when it is cancelled, and shows how far it is', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (completed: number, total: number): void => {
      seen.push(completed / total);
      controller.abort();
    };
    await expect(classifyFew(task({ signal: controller.signal, onProgress }))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(seen).toEqual([1 / 6]);
  });
});
