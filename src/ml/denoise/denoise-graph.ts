import { Graph } from '../graph/graph.ts';
import type { DType, Value } from '../graph/graph.ts';
import { broadcastTo, reshape, subtract } from '../graph/operations.ts';
import type { Network, Weights } from '../layers/description.ts';
import { inferenceTypes } from '../layers/inference-types.ts';
import { networkInGraph } from '../layers/network.ts';
import type { NamedParameter } from '../layers/network.ts';

/** What a denoiser is made of: the description and the weights. */
export interface DenoiserParts {
  modelId: string;
  network: Network;
  weights: Weights;
}

/**
 * Writes the network for one tile shape: `photo` [1, h, w, 3], `level` [1]; result `clean` [1, h, w, 3].
 * @param computeType number type of the network's middle layers
 */
export function denoiseGraph(
  { network, weights }: DenoiserParts,
  height: number,
  width: number,
  computeType: DType = 'float32',
): Graph {
  const graph = new Graph();
  const photo = graph.placeholder('photo', [1, height, width, 3], 'float32');
  const level = graph.placeholder('level', [1], 'float32');
  const sigma = broadcastTo(graph, reshape(graph, level, [1, 1, 1, 1]), [1, height, width, 1]);
  const parameter = ({ fullName, shape }: NamedParameter): Value => {
    const values = weights.get(fullName);
    if (values === undefined) throw new Error(`There are no weights for ${fullName}.`);
    return graph.constant(values, shape);
  };
  const noise = networkInGraph(graph, network, { photo, sigma }, parameter, inferenceTypes(network, computeType));
  graph.signature('denoise', { inputs: { photo, level }, outputs: { clean: subtract(graph, photo, noise) } });
  return graph;
}
