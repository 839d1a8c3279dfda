import { PellucidError } from '../../shared/errors.ts';
import { Graph } from '../graph/graph.ts';
import type { DType, Value } from '../graph/graph.ts';
import type { Network, Weights } from '../layers/description.ts';
import { integersOfLatent, latentOfIntegers } from '../quantise/rounding.ts';
import { levelInput, tileInput, tileOutput } from '../tiling/tile-graph.ts';
import type { TileFormat, TileKind } from '../tiling/tile-graph.ts';
import { withEarlyPacking } from '../layers/early-packing.ts';
import { inferenceTypes } from '../layers/inference-types.ts';
import { networkInGraph } from '../layers/network.ts';

/** What a codec is made of: the description and the weights, by full name. */
export interface CodecParts {
  analysis: Network;
  synthesis: Network;
  latentChannels: number;
  stride: number;
  weights: Weights;
}

/**
 * Two signatures for `photo` [1, h, w, 3] and `level` [1] or, where it is mapped, [1, h, w, 1]: `analyse` gives
 * `latent` [1, h/16, w/16, c], before gains and rounding; `quantise` takes `gains` [c] too and gives `integers`
 * [c, h/16, w/16].
 * @param computeType number type of the layers that find the noise
 */
export function analysisGraph(
  parts: CodecParts,
  height: number,
  width: number,
  computeType: DType = 'float32',
  { format, isMapped }: TileKind = { format: 'floats', isMapped: false },
): Graph {
  const prefix = 'analysis/';
  const { network, weights } = withEarlyPacking(parts.analysis, parts.weights, prefix);
  const graph = new Graph();
  const { input, pixels: photo } = tileInput(graph, format, height, width);
  const { input: level, sigma } = levelInput(graph, isMapped, height, width);
  const types = inferenceTypes(network, computeType);
  const latent = networkInGraph(graph, network, { photo, sigma }, constants(graph, weights, prefix), types);
  graph.signature('analyse', { inputs: { photo: input, level }, outputs: { latent } });
  const gains = graph.placeholder('gains', [parts.latentChannels], 'float32');
  const integers = integersOfLatent(graph, latent, gains);
  graph.signature('quantise', { inputs: { photo: input, level, gains }, outputs: { integers } });
  return graph;
}

/** `latent` [1, h, w, c] before gains and rounding, `gains` [c]; result `integers` [c, h, w]. */
export function quantisingGraph(channels: number, height: number, width: number): Graph {
  const graph = new Graph();
  const latent = graph.placeholder('latent', [1, height, width, channels], 'float32');
  const gains = graph.placeholder('gains', [channels], 'float32');
  const integers = integersOfLatent(graph, latent, gains);
  graph.signature('quantise', { inputs: { latent, gains }, outputs: { integers } });
  return graph;
}

/** `integers` [c, h, w], `gains` [c]; result `photo` [1, 16 h, 16 w, 3]. */
export function synthesisGraph(
  { synthesis, latentChannels, weights }: CodecParts,
  height: number,
  width: number,
  format: TileFormat = 'floats',
): Graph {
  const graph = new Graph();
  const gains = graph.placeholder('gains', [latentChannels], 'float32');
  const shape = [latentChannels, height, width] as const;
  const { input: integers, latent } = latentOfIntegers(graph, 'integers', shape, gains);
  const photo = networkInGraph(graph, synthesis, { latent }, constants(graph, weights, 'synthesis/'));
  graph.signature('synthesise', {
    inputs: { integers, gains },
    outputs: { photo: tileOutput(graph, format, photo) },
  });
  return graph;
}

function constants(graph: Graph, weights: Weights, prefix: string): Parameters<typeof networkInGraph>[3] {
  const values = new Map<string, Value>();
  return ({ fullName, shape }) => {
    const value = values.get(fullName) ?? graph.constant(weightsNamed(weights, `${prefix}${fullName}`), shape);
    values.set(fullName, value);
    return value;
  };
}

/** The weights of a name. Throws MODEL_CORRUPT where the model lacks them. */
export function weightsNamed(weights: Weights, name: string): Float32Array {
  const values = weights.get(name);
  if (values === undefined)
    throw new PellucidError('MODEL_CORRUPT', `The model has no weights ${name}. Install it again.`);
  return values;
}
