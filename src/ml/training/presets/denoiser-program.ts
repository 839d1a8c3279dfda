import { graphRandom, perPicture } from '../../degradation/graph-random.ts';
import { degradedPictures } from '../../degradation/in-graph.ts';
import { isBlindTo } from '../../degradation/settings.ts';
import type { DegradationSettings } from '../../degradation/settings.ts';
import type { Value } from '../../graph/graph.ts';
import { add, broadcastTo, mean, multiply, random, scale, subtract, unary } from '../../graph/operations.ts';
import type { Network, Weights } from '../../layers/description.ts';
import { networkInGraph, parametersOf } from '../../layers/network.ts';
import { dropoutAfter } from '../dropout.ts';
import { neighbourSamples } from '../losses/neighbours.ts';
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
export interface NoisySupervision {
  kind: 'noisyOnly';
  /** Weight of the regulariser. */
  neighbourWeight: number;
  /** The network is told any level of this range, so that it goes by what it sees. */
  sigmas255: readonly [number, number];
}

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
    inputs: {},
    inputValues: () => ({}),
    loss: (context) =>
      supervision.kind === 'clean'
        ? supervisedLoss(context, options, supervision)
        : neighbourLoss(context, options, supervision),
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
 * Neighbor2Neighbor (Huang et al. 2021): one half of the pixels, denoised, should be the other half, whose noise is
 * independent; what the halves of the whole denoised picture differ by is no error.
 */
function neighbourLoss(context: ProgramContext, options: DenoiserTraining, own: NoisySupervision): ProgramLoss {
  const { graph, photos, seed } = context;
  const [batch = 0, height = 0, width = 0] = photos.shape;
  const numbers = graphRandom(graph, seed, 0x6e326e00);
  const samples = neighbourSamples(graph, numbers.uniform([batch, height / 2, width / 2, 1]));
  const [low, high] = own.sigmas255;
  const level = perPicture(graph, numbers, batch, low / 255, high / 255);
  const { first, second } = samples(photos);
  const values = denoised(context, options, first, level);
  const error = mean(graph, pixelLosses(graph, { values }, second, options.loss));
  if (own.neighbourWeight === 0) return { loss: error, reported: {} };
  const whole = samples(unary(graph, 'StopGradient', denoised(context, options, photos, level)));
  const expected = subtract(graph, whole.first, whole.second);
  const beyond = subtract(graph, subtract(graph, values, second), expected);
  const regular = mean(graph, unary(graph, 'Square', beyond));
  return { loss: add(graph, error, scale(graph, regular, own.neighbourWeight)), reported: { error } };
}
