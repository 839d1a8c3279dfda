import type { Graph, Value } from '../graph/graph.ts';
import { add, atLeast, cast, multiply, random, scale } from '../graph/operations.ts';
import type { Layer } from '../layers/description.ts';

/**
 * Dropout for `networkInGraph`: each activation behind a ReLU is left out with probability `rate`, and the others are
 * made larger, so that the network for use needs no change (Srivastava et al. 2014). The network's output is left alone.
 * @param seed int32 [2] of the step; every layer has numbers of its own
 */
export function dropoutAfter(
  graph: Graph,
  seed: Value,
  rate: number,
  output: string,
): (layer: Layer, value: Value) => Value {
  let layers = 0;
  return (layer, value) => {
    if (rate === 0 || layer.type !== 'relu' || layer.name === output) return value;
    layers += 1;
    const own = add(graph, seed, graph.integers([0x64726f70 + layers, 0]));
    const kept = atLeast(graph, random(graph, 'uniform', value.shape, own), graph.scalar(rate));
    return multiply(graph, value, cast(graph, scale(graph, kept, 1 / (1 - rate)), value.dtype));
  };
}
