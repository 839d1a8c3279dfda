import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { Graph, sizeOf } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { Session } from '../graph/session.ts';
import type { ProgramParameter } from './program.ts';
import { bitsPerPixel, estimatedBits, rateParameters } from './rate-model.ts';

const channels = 4;
const anchorCount = 3;
const shape = [1, 4, 5, channels];
const size = sizeOf(shape);

/** The rate model as a function from a latent to its bits, with `change` made to its parameters. */
async function rateModel(change: (parameter: ProgramParameter) => Float32Array) {
  const graph = new Graph();
  const noisy = graph.placeholder('noisy', shape, 'float32');
  const anchors = graph.placeholder('anchors', [1, anchorCount], 'float32');
  const parameters = rateParameters(channels, anchorCount, new Float32Array(anchorCount * channels));
  const values = new Map(parameters.map((entry) => [entry.name, graph.constant(change(entry), entry.shape)]));
  const bits = estimatedBits({ graph, noisy, anchors, parameter: (name) => values.get(name) as Value });
  graph.signature('run', {
    inputs: { noisy, anchors },
    outputs: { bits, bpp: bitsPerPixel(graph, bits, 4 * 5 * 256) },
  });
  const session = await Session.load(graph);
  return {
    run: (latent: Float32Array, weights = Float32Array.of(1, 0, 0)) =>
      session.run('run', { noisy: latent, anchors: weights }) as { bits: Float32Array; bpp: Float32Array },
    dispose: () => {
      session.dispose();
    },
  };
}

function randomLatent(seed: number, deviation: number): Float32Array {
  const random = createRandom(seed, 0);
  return Float32Array.from({ length: size }, () => deviation * random.normal());
}

/** Bits of a value from the logistic distribution function with mean 0, in double precision. */
function logisticBits(value: number, scale: number): number {
  const distribution = (x: number): number => 1 / (1 + Math.exp(-x / scale));
  return -Math.log2(distribution(value + 0.5) - distribution(value - 0.5));
}

const zero = ({ initial }: ProgramParameter): Float32Array => new Float32Array(initial.length);

describe('estimated bits', () => {
  it.each([0.3, 1, 7])('are those of a logistic distribution of scale %d', async (scale) => {
    const model = await rateModel((entry) =>
      entry.name === 'rate/bias' ? new Float32Array(entry.initial.length).fill(Math.log(scale)) : zero(entry),
    );
    // Six scales from the middle: beyond 30 bits the estimate stops growing on purpose.
    const latent = randomLatent(1, 2 * scale);
    const { bits, bpp } = model.run(latent);
    model.dispose();
    latent.forEach((value, i) => {
      expect(bits[i], `of ${value}`).toBeCloseTo(logisticBits(value, scale), 2.5);
    });
    const total = latent.reduce((sum, value) => sum + logisticBits(value, scale), 0);
    expect(bpp[0]).toBeCloseTo(total / (4 * 5 * 256), 4);
  });

  it('stay finite for values that cannot be', async () => {
    const model = await rateModel(zero);
    const { bits } = model.run(new Float32Array(size).fill(1e6));
    model.dispose();
    expect(bits[0]).toBeCloseTo(-Math.log2(1e-9), 3);
  });

  it('take their scale from the anchors of each photo', async () => {
    const model = await rateModel((entry) =>
      entry.name === 'rate/bias'
        ? Float32Array.from(entry.initial, (_, i) => Math.log(1 + Math.floor(i / channels)))
        : zero(entry),
    );
    const latent = randomLatent(2, 1);
    for (const anchor of [0, 1, 2]) {
      const weights = new Float32Array(anchorCount);
      weights[anchor] = 1;
      const { bits } = model.run(latent, weights);
      expect(bits[7]).toBeCloseTo(logisticBits(latent[7] as number, 1 + anchor), 3);
    }
    model.dispose();
  });

  it('see the neighbour to the left as the mean where they are told to', async () => {
    // The first row of `mean` is the position to the left.
    const model = await rateModel((entry) => {
      const values = zero(entry);
      if (entry.name === 'rate/mean') values.fill(1, 0, channels);
      return values;
    });
    const latent = randomLatent(3, 2);
    const { bits } = model.run(latent);
    model.dispose();
    for (let i = channels; i < 5 * channels; i++) {
      const difference = (latent[i] as number) - (latent[i - channels] as number);
      expect(bits[i]).toBeCloseTo(logisticBits(difference, 1), 2.5);
    }
    expect(bits[0]).toBeCloseTo(logisticBits(latent[0] as number, 1), 3);
  });

  it('never depend on what the decoder does not have yet', async () => {
    const model = await rateModel(({ name, initial }) => {
      const random = createRandom(name.length, 9);
      return Float32Array.from(initial, () => 0.3 * random.normal());
    });
    const latent = randomLatent(4, 2);
    const { bits: before } = model.run(latent);
    let changes = 0;
    for (let changed = 0; changed < size; changed++) {
      const other = latent.slice();
      other[changed] = (other[changed] as number) + 3;
      const { bits: after } = model.run(other);
      for (let i = 0; i < size; i++) {
        if (Math.abs((after[i] as number) - (before[i] as number)) < 1e-5 || i === changed) continue;
        changes += 1;
        // Channel by channel, and each in reading order; memory has the channels innermost.
        const order = (index: number): number => (index % channels) * size + Math.floor(index / channels);
        expect(order(i), `${changed} changed ${i}`).toBeGreaterThan(order(changed));
      }
    }
    model.dispose();
    // Each value has up to four later neighbours of its own channel and nine places in each higher one.
    expect(changes).toBeGreaterThan(5 * size);
  });
});
