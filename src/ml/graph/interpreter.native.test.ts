import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { analysisGraph, quantisingGraph, synthesisGraph } from '../compress/codec-graphs.ts';
import type { CodecParts } from '../compress/codec-graphs.ts';
import { denoiseGraph } from '../denoise/denoise-graph.ts';
import type { DenoiserParts } from '../denoise/denoise-graph.ts';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { Tf } from '../runtime/tensorflow.ts';
import { largestDifference } from '../synthetic-pictures.test-support.ts';
import { stored, tinyCodec, tinyDenoiser } from '../tiny-models.test-support.ts';
import { Graph, sizeOf } from './graph.ts';
import type { Signature } from './graph.ts';
import { GraphInterpreter } from './interpreter.ts';
import { cast, divideBy, random } from './operations.ts';
import { bytesInput, bytesOutput } from './packed-values.ts';
import { Session } from './session.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

const values = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => ((37 * i) % 101) / 100);

type Values = Record<string, Float32Array | Int32Array>;

/** Both results of the first signature of a graph, as flat arrays by name, for inputs of which some are given. */
async function bothWays(
  graph: Graph,
  given: Values = {},
): Promise<[Record<string, Float32Array>, Record<string, Float32Array>]> {
  const [[name, signature]] = [...graph.signatures] as [[string, Signature]];
  const session = await Session.load(graph);
  const interpreter = new GraphInterpreter(tf, graph, signature);
  onTestFinished(() => {
    session.dispose();
    interpreter.dispose();
  });
  const inputs = Object.entries(signature.inputs).map(([key, { shape, dtype }]) => {
    const words = (): Int32Array => Int32Array.from({ length: sizeOf(shape) }, (_, i) => 7919 * i);
    const data = given[key] ?? (dtype === 'int32' ? words() : values(sizeOf(shape)));
    return { key, data, tensor: tf.tensor(data, [...shape], dtype === 'int32' ? 'int32' : 'float32') };
  });
  const whole = session.run(name, Object.fromEntries(inputs.map(({ key, data }) => [key, data])));
  const before = tf.memory().numTensors;
  const run = (): Record<string, Float32Array> => {
    const results = interpreter.predict(Object.fromEntries(inputs.map(({ key, tensor }) => [key, tensor])));
    const arrays = Object.fromEntries(
      Object.entries(results).map(([key, tensor]) => [key, tensor.dataSync<'float32'>()]),
    );
    tf.dispose(results);
    return arrays;
  };
  const first = run();
  const withConstants = tf.memory().numTensors;
  run();
  expect(tf.memory().numTensors).toBe(withConstants);
  interpreter.dispose();
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(inputs.map(({ tensor }) => tensor));
  return [whole as Record<string, Float32Array>, first];
}

async function expectAlike(graph: Graph, given: Values = {}): Promise<void> {
  const [whole, interpreted] = await bothWays(graph, given);
  expect(Object.keys(interpreted)).toEqual(Object.keys(whole));
  for (const [key, array] of Object.entries(whole)) {
    expect(new Set(array).size).toBeGreaterThan(10);
    expect(largestDifference(interpreted[key] ?? [], array)).toBeLessThan(1e-4);
  }
}

describe('a graph an operation at a time', () => {
  it('denoises as TensorFlow does', async () => {
    const { manifest, weights } = await stored(tinyDenoiser());
    const parts = { ...manifest.architecture, modelId: 'tiny', weights } as unknown as DenoiserParts;
    await expectAlike(denoiseGraph(parts, 24, 16));
  });

  it('analyses and synthesises as TensorFlow does', async () => {
    const { manifest, weights } = await stored(tinyCodec());
    const parts = { ...manifest.architecture, weights } as unknown as CodecParts;
    await expectAlike(analysisGraph(parts, 32, 48));
    const integers = Int16Array.from({ length: 12 * 2 * 3 }, (_, i) => ((7 * i) % 13) - 6);
    await expectAlike(synthesisGraph(parts, 2, 3), { integers: new Int32Array(integers.buffer) });
  });

  it('quantises as TensorFlow does', async () => {
    const latent = Float32Array.from({ length: 12 * 2 * 3 }, (_, i) => ((i * 37) % 101) / 10 - 5);
    const [whole, interpreted] = await bothWays(quantisingGraph(12, 2, 3), { latent });
    expect(interpreted).toEqual(whole);
    expect(new Set(new Int16Array((whole['integers'] as Float32Array).buffer)).size).toBeGreaterThan(4);
  });

  it('takes bytes and gives bytes', async () => {
    const graph = new Graph();
    const { input, bytes } = bytesInput(graph, 'bytes', [1, 5, 4, 3]);
    const pixels = divideBy(graph, cast(graph, bytes, 'float32'), 255);
    graph.signature('run', { inputs: { input }, outputs: { same: bytesOutput(graph, pixels) } });
    const [whole, interpreted] = await bothWays(graph);
    expect(interpreted).toEqual(whole);
    expect(Array.from(interpreted['same'] ?? [])).toEqual(Array.from({ length: 15 }, (_, i) => 7919 * i));
  });

  it('says that training needs native TensorFlow', () => {
    const graph = new Graph();
    const seed = graph.placeholder('seed', [2], 'int32');
    graph.signature('run', { inputs: { seed }, outputs: { noise: random(graph, 'normal', [3], seed) } });
    const [signature] = [...graph.signatures.values()] as [Signature];
    expect(() => new GraphInterpreter(tf, graph, signature)).toThrow(
      expect.objectContaining({ code: 'TENSORFLOW_UNAVAILABLE' }) as Error,
    );
  });
});
