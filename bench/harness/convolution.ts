import { Graph } from '../../src/ml/graph/graph.ts';
import type { DType } from '../../src/ml/graph/graph.ts';
import { cast, conv2d, reduce } from '../../src/ml/graph/operations.ts';
import { BareGraph } from './bare-graph.ts';

/**
 * The machine's measured peak: a stack of 3 x 3 convolutions, large enough that nothing but arithmetic counts and small
 * enough that the values stay in the caches. Weights are kept small so that the values neither vanish nor grow.
 */
const side = 96;
const channels = 128;
const layers = 4;

/** Floating-point operations of one run: two for each multiply-accumulate. */
export const convolutionOperations = 2 * layers * side * side * 9 * channels * channels;

/** The stack as a graph, computed in a number type. */
export async function convolutionPeak(computeType: DType): Promise<BareGraph> {
  const graph = new Graph();
  const input = graph.placeholder('x', [1, side, side, channels], 'float32');
  const filter = Float32Array.from({ length: 9 * channels * channels }, (_, i) => (((i * 7919) % 211) - 105) / 4000);
  let x = cast(graph, input, computeType);
  for (let layer = 0; layer < layers; layer++)
    x = conv2d(graph, x, cast(graph, graph.constant(filter, [3, 3, channels, channels]), computeType), 1);
  const y = reduce(graph, 'Mean', cast(graph, x, 'float32'), [0, 1, 2]);
  graph.signature('run', { inputs: { x: input }, outputs: { y } });
  const floats = Float32Array.from({ length: side * side * channels }, (_, i) => Math.sin(i));
  return BareGraph.load(graph, 'run', { x: { floats } });
}
