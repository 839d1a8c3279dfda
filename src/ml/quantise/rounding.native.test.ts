import { describe, expect, it } from 'vitest';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { multiply, sum } from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import { quantise, quantiseTile } from './rounding.ts';
import type { Quantisation } from './rounding.ts';

const values = Float32Array.of(-2.5, -1.5, -0.5, -0.2, 0.5, 1.5, 2.5, 2.51, 1000.49);
const weights = Float32Array.from(values, (_, i) => i + 1);

async function quantised(mode: Quantisation, seed: [number, number] = [1, 2]) {
  const graph = new Graph();
  const shape = [values.length];
  const x = graph.variable('x', shape, values);
  const seedValue = graph.placeholder('seed', [2], 'int32');
  const result = quantise(graph, x.value, mode, seedValue);
  const loss = sum(graph, multiply(graph, result, graph.constant(weights, shape)));
  const outputs: Record<string, Value> = { result, gradient: gradientsOf(graph, loss, [x.value])[0] as Value };
  graph.signature('run', { inputs: { seed: seedValue }, outputs });
  const session = await Session.load(graph);
  const run = session.run('run', { seed: Int32Array.from(seed) });
  session.dispose();
  return { result: Array.from(run['result'] ?? []), gradient: Array.from(run['gradient'] ?? []) };
}

describe('quantising', () => {
  it('straight through takes halves to the even neighbour and lets gradients pass', async () => {
    const { result, gradient } = await quantised('straightThrough');
    expect(result.map((value) => value + 0)).toEqual([-2, -2, 0, 0, 0, 2, 2, 3, 1000]);
    expect(gradient).toEqual(Array.from(weights));
  });

  it('with noise stays within half a step, follows the seed and lets gradients pass', async () => {
    const { result, gradient } = await quantised('noise');
    result.forEach((value, i) => {
      expect(Math.abs(value - (values[i] as number))).toBeLessThanOrEqual(0.5001);
    });
    expect(gradient).toEqual(Array.from(weights));
    expect((await quantised('noise')).result).toEqual(result);
    expect((await quantised('noise', [1, 3])).result).not.toEqual(result);
  });

  it('with noise needs a seed', () => {
    const graph = new Graph();
    expect(() => quantise(graph, graph.scalar(1), 'noise')).toThrow('seed');
  });
});

describe('the integers of a tile', () => {
  it('turns rows of channels into planes, at the core of a tile', () => {
    const latent = { values: new Int16Array(2 * 3 * 4), channels: 2, height: 3, width: 4 };
    // A tile of 3 x 2 positions at (1, 1); position (x, y) holds 10 y + x and its negative.
    const rounded = Float32Array.from([1, 2].flatMap((y) => [1, 2, 3].flatMap((x) => [10 * y + x, -(10 * y + x)])));
    quantiseTile(
      rounded,
      Float32Array.of(1, 1),
      { left: 1, top: 1, width: 3 },
      { left: 2, top: 1, width: 2, height: 2 },
      latent,
    );
    const plane = [0, 0, 0, 0, 0, 0, 12, 13, 0, 0, 22, 23];
    expect(Array.from(latent.values)).toEqual([...plane, ...plane.map((value) => (value === 0 ? 0 : -value))]);
  });

  it('clips what 16 bits cannot hold', () => {
    const latent = { values: new Int16Array(4), channels: 4, height: 1, width: 1 };
    const all = { left: 0, top: 0, width: 1, height: 1 };
    quantiseTile(Float32Array.of(1e6, -1e6, 32767, -32768), Float32Array.of(1, 1, 1, 1), all, all, latent);
    expect(Array.from(latent.values)).toEqual([32767, -32767, 32767, -32767]);
  });

  it('are 0 for what is nearer to 0 than 0.56, and for nothing else that rounds to 1', () => {
    const near = Float32Array.of(0.49, 0.51, 0.55, 0.57, 0.99, -0.55, -0.57, 1.49, -1.51);
    const latent = { values: new Int16Array(9), channels: 9, height: 1, width: 1 };
    const all = { left: 0, top: 0, width: 1, height: 1 };
    quantiseTile(near, new Float32Array(9).fill(1), all, all, latent);
    expect(Array.from(latent.values)).toEqual([0, 0, 0, 1, 1, 0, -1, 1, -2]);
  });

  it('are the values times the gains, halves to the even neighbour', () => {
    const latent = { values: new Int16Array(9), channels: 9, height: 1, width: 1 };
    const all = { left: 0, top: 0, width: 1, height: 1 };
    quantiseTile(
      Float32Array.from(values, (value) => value / 2),
      new Float32Array(9).fill(2),
      all,
      all,
      latent,
    );
    expect(Array.from(latent.values, Number)).toEqual([-2, -2, 0, 0, 0, 2, 2, 3, 1000]);
  });
});
