import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { gradientsOf } from '../graph/gradients.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { Graph, sizeOf } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { mean, subtract, unary } from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import { analysisNetwork, synthesisNetwork } from '../models/codec.ts';
import { denseAutoencoder } from '../models/dense.ts';
import { denoiserNetwork } from '../models/denoiser.ts';
import { variationalAutoencoder } from '../models/variational.ts';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { Tensor, Tf } from '../runtime/tensorflow.ts';
import { lively, tinyCodecShape, tinyDenoiserShape } from '../tiny-models.test-support.ts';
import type { Network, Weights } from './description.ts';
import { networkEager, networkInGraph, parametersOf } from './network.ts';
import type { NamedParameter } from './network.ts';

type Shapes = Record<string, number[]>;
type Values = Record<string, Float32Array>;

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

const dense: Network = {
  inputs: [{ name: 'x', channels: 7 }],
  layers: [
    { type: 'dense', name: 'a', input: 'x', units: 5, initialiser: 'he' },
    { type: 'relu', name: 'b', input: 'a' },
    { type: 'dense', name: 'c', input: 'b', units: 6, initialiser: 'glorot' },
    { type: 'sigmoid', name: 'd', input: 'c' },
  ],
  output: 'd',
};

const pictures = { width: 12, height: 8, channels: 3 } as const;
const fully = denseAutoencoder({ ...pictures, hidden: [9, 6], bottleneck: 4, initialiser: 'he' });
const variational = variationalAutoencoder({ ...pictures, widths: [4, 6], bottleneck: 5 });

function randomValues(shapes: Shapes, seed: number): Values {
  const random = createRandom(seed, 3);
  const draw = (shape: number[]): Float32Array =>
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.uniform() - 1);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, draw(shape)]));
}

function eager(
  network: Network,
  weights: Weights,
  shapes: Shapes,
  values: Values,
): { shape: number[]; data: number[] } {
  return tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, tf.tensor(values[name] as Float32Array, shape)]),
    );
    const output = networkEager(tf, network, inputs, ({ fullName, shape }) =>
      tf.tensor(weights.get(fullName) as Float32Array, shape),
    );
    return { shape: output.shape, data: Array.from(output.dataSync()) };
  });
}

async function asGraph(
  network: Network,
  weights: Weights,
  shapes: Shapes,
  values: Values,
  computeType: ComputeType = 'float32',
) {
  const graph = new Graph();
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.placeholder(name, shape, 'float32')]),
  );
  const parameter = ({ fullName, shape }: NamedParameter): Value =>
    graph.constant(weights.get(fullName) as Float32Array, shape);
  const output = networkInGraph(graph, network, inputs, parameter, computeType);
  graph.signature('run', { inputs, outputs: { output } });
  const session = await Session.load(graph);
  const data = Array.from(session.run('run', values)['output'] ?? []);
  session.dispose();
  return { shape: [...output.shape], data };
}

function worst(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

/** Euclidean, as a part of the length of `reference`. */
function distance(values: readonly number[], reference: readonly number[]): number {
  expect(values.length).toBe(reference.length);
  const difference = reference.map((value, i) => value - (values[i] as number));
  return Math.hypot(...difference) / Math.hypot(...reference);
}

describe('a network as a graph and on tfjs operations', () => {
  const cases: [string, Network, Shapes, number[]][] = [
    ['denoiser', denoiserNetwork(tinyDenoiserShape), { photo: [2, 16, 24, 3], sigma: [2, 16, 24, 1] }, [2, 16, 24, 3]],
    ['analysis', analysisNetwork(tinyCodecShape), { photo: [1, 32, 48, 3], sigma: [1, 32, 48, 1] }, [1, 2, 3, 12]],
    ['synthesis', synthesisNetwork(tinyCodecShape), { latent: [1, 2, 3, 12] }, [1, 32, 48, 3]],
    ['dense network', dense, { x: [4, 7] }, [4, 6]],
    ['dense encoder', fully.encoder, { picture: [2, 8, 12, 3] }, [2, 4]],
    ['dense decoder', fully.decoder, { code: [2, 4] }, [2, 8, 12, 3]],
    ['variational encoder', variational.encoder, { picture: [2, 8, 12, 3] }, [2, 10]],
    ['variational decoder', variational.decoder, { code: [2, 5] }, [2, 8, 12, 3]],
  ];
  for (const [name, network, shapes, shape] of cases) {
    it(`gives the same for a ${name}`, async () => {
      const weights = lively(network, 5);
      const values = randomValues(shapes, 6);
      const graph = await asGraph(network, weights, shapes, values);
      const reference = eager(network, weights, shapes, values);
      expect(graph.shape).toEqual(shape);
      expect(reference.shape).toEqual(shape);
      expect(Math.max(...reference.data.map(Math.abs))).toBeGreaterThan(0.1);
      expect(worst(graph.data, reference.data)).toBeLessThan(1e-4);
    });

    it(`gives nearly the same for a ${name} in bfloat16, with its gradients`, async () => {
      const weights = lively(network, 5);
      const values = randomValues(shapes, 6);
      const rounded = await asGraph(network, weights, shapes, values, 'bfloat16');
      expect(distance(rounded.data, eager(network, weights, shapes, values).data)).toBeLessThan(0.02);
      const all: Shapes = { ...shapes, target: shape };
      const aimed = randomValues(all, 6);
      const exact = await graphGradients(network, weights, all, aimed);
      const ours = await graphGradients(network, weights, all, aimed, 'bfloat16');
      for (const [parameter, gradient] of exact)
        expect(distance(ours.get(parameter) ?? [], gradient), parameter).toBeLessThan(0.1);
    });
  }

  it('has the same gradients of a whole denoiser', async () => {
    const network = denoiserNetwork(tinyDenoiserShape);
    const weights = lively(network, 7);
    const shapes: Shapes = { photo: [2, 8, 12, 3], sigma: [2, 8, 12, 1], target: [2, 8, 12, 3] };
    const values = randomValues(shapes, 8);
    const ours = await graphGradients(network, weights, shapes, values);
    const theirs = eagerGradients(network, weights, shapes, values);
    expect([...ours.keys()]).toEqual(parametersOf(network).map(({ fullName }) => fullName));
    for (const [name, gradient] of theirs) {
      const largest = Math.max(...gradient.map(Math.abs));
      expect(largest, name).toBeGreaterThan(0);
      expect(worst(gradient, ours.get(name) ?? []) / largest, name).toBeLessThan(1e-3);
    }
  });
});

async function graphGradients(
  network: Network,
  weights: Weights,
  shapes: Shapes,
  values: Values,
  computeType: ComputeType = 'float32',
) {
  const graph = new Graph();
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.placeholder(name, shape, 'float32')]),
  );
  const variables = new Map(
    parametersOf(network).map(({ fullName, shape }) => [
      fullName,
      graph.variable(fullName, shape, weights.get(fullName) as Float32Array),
    ]),
  );
  const parameter = ({ fullName }: NamedParameter): Value => variables.get(fullName)?.value as Value;
  const output = networkInGraph(graph, network, inputs, parameter, computeType);
  const loss = mean(graph, unary(graph, 'Square', subtract(graph, output, inputs['target'] as Value)));
  const targets = [...variables.values()].map(({ value }) => value);
  const gradients = gradientsOf(graph, loss, targets);
  const outputs = Object.fromEntries(gradients.map((value, i) => [`g${i}`, value]));
  graph.signature('run', { inputs, outputs });
  const session = await Session.load(graph);
  const results = session.run('run', values);
  session.dispose();
  return new Map([...variables.keys()].map((name, i) => [name, Array.from(results[`g${i}`] ?? [])]));
}

function eagerGradients(network: Network, weights: Weights, shapes: Shapes, values: Values) {
  const names = parametersOf(network).map(({ fullName }) => fullName);
  const gradients = tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, tf.tensor(values[name] as Float32Array, shape)]),
    );
    const tensors = parametersOf(network).map(({ fullName, shape }) =>
      tf.tensor(weights.get(fullName) as Float32Array, shape),
    );
    const loss = (...parameters: Tensor[]): Tensor => {
      const noise = networkEager(tf, network, inputs, ({ fullName }) => parameters[names.indexOf(fullName)] as Tensor);
      return tf.mean(tf.square(tf.sub(noise, inputs['target'] as Tensor)));
    };
    return tf.grads(loss)(tensors);
  });
  const results = gradients.map((gradient) => Array.from(gradient.dataSync()));
  tf.dispose(gradients);
  return new Map(names.map((name, i) => [name, results[i] as number[]]));
}
