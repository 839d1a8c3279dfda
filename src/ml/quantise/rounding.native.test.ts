import { describe, expect, it } from 'vitest';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { multiply, sum } from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import { integersOfLatent, latentOfIntegers, quantise } from './rounding.ts';
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

/** The integers [channels, positions] of a latent [1, 1, positions, channels], and the latent of these. */
async function thereAndBack(
  latent: Float32Array,
  gains: Float32Array,
): Promise<{ integers: number[]; back: number[] }> {
  const channels = gains.length;
  const positions = latent.length / channels;
  const graph = new Graph();
  const values = graph.placeholder('latent', [1, 1, positions, channels], 'float32');
  const factors = graph.placeholder('gains', [channels], 'float32');
  const integers = integersOfLatent(graph, values, factors);
  graph.signature('there', { inputs: { latent: values, gains: factors }, outputs: { integers } });
  const { input, latent: result } = latentOfIntegers(graph, 'integers', [channels, 1, positions], factors);
  graph.signature('back', { inputs: { integers: input, gains: factors }, outputs: { result } });
  const session = await Session.load(graph);
  const words = session.run('there', { latent, gains })['integers'] as Int32Array;
  const { result: back } = session.run('back', { integers: words, gains });
  session.dispose();
  const all = new Int16Array(words.buffer, words.byteOffset, latent.length);
  return { integers: Array.from(all), back: Array.from(back ?? []) };
}

const ones = (length: number): Float32Array => new Float32Array(length).fill(1);

describe('the integers of a latent', () => {
  it('are planes of what lay channel beside channel, and become that again', async () => {
    const latent = Float32Array.of(1, -2, 3, 4, -5, 6, 7, -8, 9, 10, -11, 12);
    const { integers, back } = await thereAndBack(latent, Float32Array.of(1, 2, 3));
    expect(integers).toEqual([1, 4, 7, 10, -4, -10, -16, -22, 9, 18, 27, 36]);
    expect(back).toEqual(Array.from(latent, (value, index) => value * (1 + (index % 3)) ** 2));
  });

  it('are clipped where 16 bits cannot hold them', async () => {
    const { integers } = await thereAndBack(Float32Array.of(1e6, -1e6, 32767, -32768), ones(4));
    expect(integers).toEqual([32767, -32767, 32767, -32767]);
  });

  it('are 0 for what is nearer to 0 than 0.56, and for nothing else that rounds to 1', async () => {
    const near = Float32Array.of(0.49, 0.51, 0.55, 0.57, 0.99, -0.55, -0.57, 1.49, -1.51);
    expect((await thereAndBack(near, ones(9))).integers).toEqual([0, 0, 0, 1, 1, 0, -1, 1, -2]);
  });

  it('are the values times the gains, halves to the even neighbour', async () => {
    const halves = Float32Array.from(values, (value) => value / 2);
    const { integers } = await thereAndBack(halves, new Float32Array(9).fill(2));
    expect(integers).toEqual([-2, -2, 0, 0, 0, 2, 2, 3, 1000]);
  });
});
