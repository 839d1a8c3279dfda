import { graphRandom, perPicture } from '../../degradation/graph-random.ts';
import { degradedPictures } from '../../degradation/in-graph.ts';
import { isBlindTo } from '../../degradation/settings.ts';
import type { DegradationSettings } from '../../degradation/settings.ts';
import type { Value } from '../../graph/graph.ts';
import {
  add,
  broadcastTo,
  concat,
  divide,
  mean,
  multiply,
  offset,
  random,
  reshape,
  scale,
  slice,
  subtract,
  unary,
} from '../../graph/operations.ts';
import type { Network, Weights } from '../../layers/description.ts';
import { networkInGraph, parametersOf } from '../../layers/network.ts';
import { dropoutAfter } from '../dropout.ts';
import { pixelLosses } from '../losses/pixel-loss.ts';
import type { PixelLoss } from '../losses/pixel-loss.ts';
import type { ProgramContext, ProgramLoss, ProgramParameter, TrainingProgram } from '../program.ts';
import type { TrainingSettings } from './settings.ts';

export interface DenoiserTraining extends TrainingSettings {
  network: Network;
  weights: Weights;
  batch: number;
  patch: number;
  loss: PixelLoss;
  dropout: number;
  supervision: CleanSupervision | NoisySupervision;
}

/** Clean photos, which get noise in the graph. */
interface CleanSupervision {
  kind: 'clean';
  degradation: DegradationSettings;
}

/** Noisy photos alone. */
interface NoisySupervision {
  kind: 'noisyOnly';
  /** Levels of the photos that the patches of a step come from, 0..1, [batch]. */
  noiseOf: (step: number) => Promise<Float32Array>;
}

/** What is added to noisy photos, as a part of their noise. */
const recorruption = [0.1, 0.4] as const;

/** Parameters of a network for a program, all of them with one learning-rate factor. */
export function networkParameters(network: Network, weights: Weights, prefix = '', rate = 1): ProgramParameter[] {
  return parametersOf(network).map(({ fullName, shape }) => {
    const initial = weights.get(fullName);
    if (initial === undefined) throw new Error(`There are no weights for ${fullName}.`);
    return { name: `${prefix}${fullName}`, shape, initial, rate };
  });
}

/**
 * Photos with Gaussian noise of a random level for each patch, [b, h, w, 3], and the noise-level map [b, h, w, 1].
 * @param photos clean, any offset
 * @param levels [b, 1, 1, 1], 0..1
 * @param seed int32 [2]
 */
export function noisyPhotos(
  context: Parameters<TrainingProgram['loss']>[0],
  photos: Value,
  levels: Value,
): { noisy: Value; sigma: Value } {
  const { graph, seed } = context;
  const noise = multiply(graph, random(graph, 'normal', photos.shape, seed), levels);
  const [batch = 0, height = 0, width = 0] = photos.shape;
  return { noisy: add(graph, photos, noise), sigma: broadcastTo(graph, levels, [batch, height, width, 1]) };
}

/** Trains a network to predict the noise, whose level it is told, of noisy photos. */
export function denoiserProgram(options: DenoiserTraining): TrainingProgram {
  const { network, weights, batch, patch, supervision } = options;
  const { optimiser, learningRate, schedule, clipNorm, averageDecay, penalty } = options;
  return {
    ...{ batch, patch, optimiser, learningRate, schedule, clipNorm, averageDecay, penalty },
    parameters: networkParameters(network, weights),
    inputValues: () => ({}),
    ...(supervision.kind === 'clean'
      ? { inputs: {}, loss: (context) => supervisedLoss(context, options, supervision) }
      : {
          inputs: { levels: [batch] },
          measuredInputs: async (step) => ({ levels: await supervision.noiseOf(step) }),
          loss: (context, { levels }) => recorruptedLoss(context, options, levels as Value),
        }),
  };
}

/** The denoised pictures [b, h, w, 3]. */
function denoised(
  { graph, seed, parameter, computeType }: ProgramContext,
  { network, dropout }: DenoiserTraining,
  noisy: Value,
  level: Value,
): Value {
  const [batch = 0, height = 0, width = 0] = noisy.shape;
  const sigma = broadcastTo(graph, level, [batch, height, width, 1]);
  const noise = networkInGraph(
    graph,
    network,
    { photo: noisy, sigma },
    ({ fullName }) => parameter(fullName),
    computeType,
    dropoutAfter(graph, seed, dropout, network.output),
  );
  return subtract(graph, noisy, noise);
}

function supervisedLoss(
  context: ProgramContext,
  options: DenoiserTraining,
  { degradation }: CleanSupervision,
): ProgramLoss {
  const { graph } = context;
  const { noisy, clean, level } = degradedPictures(graph, context.photos, context.seed, degradation);
  const told = isBlindTo(degradation) ? scale(graph, level, 0) : level;
  const values = denoised(context, options, noisy, told);
  const loss = mean(graph, pixelLosses(graph, { values }, clean, options.loss));
  return { loss, reported: { mse: mean(graph, unary(graph, 'Square', subtract(graph, values, clean))) } };
}

/**
 * Recorrupted-to-Recorrupted (Pang et al. 2021): with y = x + s n the noisy photo, z normal like n and a > 0, the noise
 * of y + a s z is independent of that of y - s z / a, so that the second is as good a target as x. Taken for z and -z
 * together, what is large and means nothing, the noise of the target, falls out:
 *
 *     |f(y + a s z) - y|^2 / 2 + |f(y - a s z) - y|^2 / 2 + (s / a) z (f(y + a s z) - f(y - a s z)) - s^2
 *
 * is the squared error of f but for chance, at a noise of s sqrt(1 + a^2), which the network is told.
 */
function recorruptedLoss(context: ProgramContext, options: DenoiserTraining, levels: Value): ProgramLoss {
  const { graph, photos, seed } = context;
  const [batch = 0] = photos.shape;
  const numbers = graphRandom(graph, seed, 0x72327200);
  const level = reshape(graph, levels, [batch, 1, 1, 1]);
  const part = perPicture(graph, numbers, batch, ...recorruption);
  const normal = numbers.normal(photos.shape);
  const change = multiply(graph, normal, multiply(graph, level, part));
  const growth = unary(graph, 'Sqrt', offset(graph, unary(graph, 'Square', part), 1));
  const told = multiply(graph, level, growth);
  const inputs = concat(graph, [add(graph, photos, change), subtract(graph, photos, change)], 0);
  const values = denoised(context, options, inputs, concat(graph, [told, told], 0));
  const half = (from: number): Value => slice(graph, values, [from, 0, 0, 0], photos.shape);
  const fit = mean(graph, unary(graph, 'Square', subtract(graph, values, concat(graph, [photos, photos], 0))));
  const weighted = multiply(graph, normal, divide(graph, level, part));
  const divergence = mean(graph, multiply(graph, weighted, subtract(graph, half(0), half(batch))));
  const noise = mean(graph, unary(graph, 'Square', level));
  const loss = subtract(graph, add(graph, fit, divergence), noise);
  return { loss, reported: { mse: loss } };
}
