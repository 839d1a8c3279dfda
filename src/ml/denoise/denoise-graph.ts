import { Graph } from '../graph/graph.ts';
import type { DType, Value } from '../graph/graph.ts';
import { subtract } from '../graph/operations.ts';
import type { Network, Weights } from '../layers/description.ts';
import { withEarlyPacking } from '../layers/early-packing.ts';
import { inferenceTypes } from '../layers/inference-types.ts';
import { networkInGraph } from '../layers/network.ts';
import { levelInput, tileInput, tileOutput } from '../tiling/tile-graph.ts';
import type { TileKind } from '../tiling/tile-graph.ts';
import type { NamedParameter } from '../layers/network.ts';

/** What a denoiser is made of: the description and the weights. */
export interface DenoiserParts {
  modelId: string;
  network: Network;
  weights: Weights;
  /** Told no noise level, whatever it is given: it sees for itself how much there is. */
  isBlind?: boolean;
}

/**
 * Writes the network for one tile shape: `photo` [1, h, w, 3], `level` [1] or, where it is mapped, [1, h, w, 1]; result
 * `clean` [1, h, w, 3].
 * @param computeType number type of the network's middle layers
 */
export function denoiseGraph(
  parts: DenoiserParts,
  height: number,
  width: number,
  computeType: DType = 'float32',
  { format, isMapped }: TileKind = { format: 'floats', isMapped: false },
): Graph {
  const { network, weights } = withEarlyPacking(parts.network, parts.weights);
  const graph = new Graph();
  const { input, pixels: photo } = tileInput(graph, format, height, width);
  const { input: level, sigma } = levelInput(graph, isMapped, height, width);
  const parameter = ({ fullName, shape }: NamedParameter): Value => {
    const values = weights.get(fullName);
    if (values === undefined) throw new Error(`There are no weights for ${fullName}.`);
    return graph.constant(values, shape);
  };
  const noise = networkInGraph(graph, network, { photo, sigma }, parameter, inferenceTypes(network, computeType));
  const clean = tileOutput(graph, format, subtract(graph, photo, noise));
  graph.signature('denoise', { inputs: { photo: input, level }, outputs: { clean } });
  return graph;
}
