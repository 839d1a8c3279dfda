import { expect, it } from 'vitest';
import { createRandom } from '../../../shared/random.ts';
import { Graph } from '../../graph/graph.ts';
import { Session } from '../../graph/session.ts';
import { fixedNeighbours } from '../presets/fixed-neighbours.ts';
import { neighbourSamples } from './neighbours.ts';

const [height, width] = [8, 10];
/** Each sample says where it is from: 100 y + 10 x + channel / 10. */
const places = Float32Array.from({ length: height * width * 2 }, (_, i) => {
  const [channel, x, y] = [i % 2, Math.floor(i / 2) % width, Math.floor(i / 2 / width)];
  return 100 * y + 10 * x + channel / 10;
});

function assertNeighbours(first: ArrayLike<number>, second: ArrayLike<number>): Set<string> {
  const seen = new Set<string>();
  for (let cell = 0; cell < (height / 2) * (width / 2); cell++) {
    const [left, top] = [2 * (cell % (width / 2)), 2 * Math.floor(cell / (width / 2))];
    const at = (values: ArrayLike<number>) => {
      const value = values[2 * cell] ?? Number.NaN;
      expect((values[2 * cell + 1] ?? 0) - value).toBeCloseTo(0.1, 3);
      return [Math.round(value / 10) % 10, Math.floor(Math.round(value) / 100)] as const;
    };
    const [[ax, ay], [bx, by]] = [at(first), at(second)];
    for (const [x, y] of [[ax, ay] as const, [bx, by] as const]) {
      expect([x - left, y - top].every((step) => step === 0 || step === 1)).toBe(true);
    }
    expect(Math.abs(ax - bx) + Math.abs(ay - by)).toBe(1);
    seen.add(`${ax - left}${ay - top}${bx - left}${by - top}`);
  }
  return seen;
}

it('takes two pixels that touch from each cell, all pairs in time, and the same ones of every picture', async () => {
  const graph = new Graph();
  const draw = graph.placeholder('draw', [1, height / 2, width / 2, 1], 'float32');
  const pictures = graph.constant(places, [1, height, width, 2]);
  const samples = neighbourSamples(graph, draw);
  const again = samples(pictures);
  graph.signature('run', { inputs: { draw }, outputs: { ...samples(pictures), again: again.first } });
  const session = await Session.load(graph);
  const random = createRandom(1, 0);
  const seen = new Set<string>();
  for (let run = 0; run < 20; run++) {
    const values = Float32Array.from({ length: (height * width) / 4 }, () => random.uniform());
    const { first = [], second = [], again: repeated = [] } = session.run('run', { draw: values });
    for (const pair of assertNeighbours(first, second)) seen.add(pair);
    expect(repeated).toEqual(first);
  }
  expect(seen.size).toBe(8);
  session.dispose();
});

it('does so outside of graphs too, the same for a seed', () => {
  const data = Uint8Array.from({ length: height * width }, (_, i) => i);
  const once = fixedNeighbours({ width, height, channels: 1, data }, 3);
  expect(once).toEqual(fixedNeighbours({ width, height, channels: 1, data }, 3));
  once.first.forEach((value, cell) => {
    expect([1, width]).toContain(Math.abs(value - (once.second[cell] ?? 0)));
  });
});
