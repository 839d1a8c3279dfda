import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { Graph } from '../graph/graph.ts';
import { Session } from '../graph/session.ts';
import { denoiserNetwork } from '../models/denoiser.ts';
import { lively, tinyDenoiserShape } from '../tiny-models.test-support.ts';
import type { Layer, Network, Weights } from './description.ts';
import { withEarlyPacking } from './early-packing.ts';
import { networkInGraph } from './network.ts';

const [height, width] = [8, 12];
const network = denoiserNetwork(tinyDenoiserShape);
const weights = lively(network, 3);

async function run(network: Network, weights: Weights, prefix = ''): Promise<Float32Array> {
  const graph = new Graph();
  const photo = graph.placeholder('photo', [1, height, width, 3], 'float32');
  const sigma = graph.placeholder('sigma', [1, height, width, 1], 'float32');
  const output = networkInGraph(graph, network, { photo, sigma }, ({ fullName, shape }) =>
    graph.constant(weights.get(`${prefix}${fullName}`) as Float32Array, shape),
  );
  graph.signature('run', { inputs: { photo, sigma }, outputs: { output } });
  const session = await Session.load(graph);
  const random = createRandom(5, 0);
  const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.uniform());
  const result = session.run('run', { photo: draw(3 * height * width), sigma: draw(height * width) });
  session.dispose();
  return result['output'] as Float32Array;
}

test('a denoiser computes the same, with its inputs packed one by one', async () => {
  const early = withEarlyPacking(network, weights);
  const types = early.network.layers.slice(0, 4).map(({ type }) => type);
  expect(types).toEqual(['spaceToDepth', 'spaceToDepth', 'concat', 'conv2d']);
  const expected = await run(network, weights);
  const result = await run(early.network, early.weights);
  expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
  result.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5));
});

test('the weights are found by their prefix, and those that are given stay as they are', () => {
  const prefixed = new Map(Array.from(weights, ([name, values]) => [`analysis/${name}`, values.slice()]));
  const early = withEarlyPacking(network, prefixed, 'analysis/');
  expect(early.weights.get('analysis/head/filter')).toEqual(
    withEarlyPacking(network, weights).weights.get('head/filter'),
  );
  expect(prefixed.get('analysis/head/filter')).toEqual(weights.get('head/filter'));
  expect(early.weights.get('analysis/head/filter')).not.toEqual(weights.get('head/filter'));
});

test.each<[string, Layer]>([
  ['of which more is read', { type: 'relu', name: 'more', input: 'conditioned' }],
  ['that something else reads packed', { type: 'relu', name: 'more', input: 'packed' }],
])('a network is left alone with a concat %s', (_, layer) => {
  const other: Network = { ...network, layers: [...network.layers, layer] };
  expect(withEarlyPacking(other, weights)).toEqual({ network: other, weights });
});
