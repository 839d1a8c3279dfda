import type { Graph, Value } from '../../graph/graph.ts';
import { add, mean, multiply, offset, random, reduce, scale, slice, subtract, unary } from '../../graph/operations.ts';
import type { Weights } from '../../layers/description.ts';
import { networkInGraph } from '../../layers/network.ts';
import type { AutoencoderParts } from '../../models/autoencoder-parts.ts';
import { decoderLogits } from '../../models/autoencoder-parts.ts';
import { dropoutAfter } from '../dropout.ts';
import { pixelLosses } from '../losses/pixel-loss.ts';
import type { PixelLoss } from '../losses/pixel-loss.ts';
import type { ProgramParameter, TrainingProgram } from '../program.ts';
import { networkParameters } from './denoiser-program.ts';
import type { TrainingSettings } from './settings.ts';

export interface AutoencoderTraining extends TrainingSettings {
  parts: AutoencoderParts;
  /** Weights by full name: `encoder/...`, `decoder/...`. */
  weights: Weights;
  batch: number;
  loss: PixelLoss;
  /** Factor on the mean absolute activation of the bottleneck. */
  sparsity: number;
  dropout: number;
  /** Factor on the Kullback-Leibler divergence, and the steps over which it rises from 0; `variational`. */
  klWeight: number;
  klWarmUpSteps: number;
}

export function autoencoderParameters({ encoder, decoder }: AutoencoderParts, weights: Weights): ProgramParameter[] {
  const own = (prefix: string): Weights =>
    new Map(
      [...weights]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name.slice(prefix.length), values]),
    );
  return [
    ...networkParameters(encoder, own('encoder/'), 'encoder/'),
    ...networkParameters(decoder, own('decoder/'), 'decoder/'),
  ];
}

/** Mean and log variance, each [b, d], of a variational encoder's output. */
export function gaussianOf(graph: Graph, code: Value, codeLength: number): { mean: Value; logVariance: Value } {
  const [batch = 0] = code.shape;
  return {
    mean: slice(graph, code, [0, 0], [batch, codeLength]),
    logVariance: slice(graph, code, [0, codeLength], [batch, codeLength]),
  };
}

/**
 * Kullback-Leibler divergence of N(mean, variance) from N(0, 1) in nats for each picture, [b]
 * (Kingma and Welling 2014, appendix B).
 */
export function divergence(graph: Graph, gaussian: { mean: Value; logVariance: Value }): Value {
  const { mean: centre, logVariance } = gaussian;
  const spread = subtract(graph, unary(graph, 'Exp', logVariance), logVariance);
  const terms = offset(graph, add(graph, unary(graph, 'Square', centre), spread), -1);
  return scale(graph, reduce(graph, 'Sum', terms, [1]), 0.5);
}

/** Trains an autoencoder of pictures of one size to give back its input. */
export function autoencoderProgram(options: AutoencoderTraining): TrainingProgram {
  const { parts, weights, batch, klWeight, klWarmUpSteps } = options;
  const { width, height, channels } = parts;
  const isVariational = parts.kind === 'variational';
  const { optimiser, learningRate, schedule, clipNorm, averageDecay, penalty } = options;
  return {
    batch,
    patch: width,
    picture: [height, width, channels],
    ...{ optimiser, learningRate, schedule, clipNorm, averageDecay, penalty },
    parameters: autoencoderParameters(parts, weights),
    inputs: isVariational ? { klFactor: [] } : {},
    inputValues: (step): Record<string, Float32Array> =>
      isVariational ? { klFactor: Float32Array.of(klWeight * Math.min(1, (step + 1) / (klWarmUpSteps + 1))) } : {},
    loss: ({ graph, photos, seed, parameter, computeType }, { klFactor }) => {
      const dropout = dropoutAfter(graph, seed, options.dropout, parts.encoder.output);
      const half = (network: AutoencoderParts['encoder'], inputs: Record<string, Value>, prefix: string): Value =>
        networkInGraph(
          graph,
          network,
          inputs,
          ({ fullName }) => parameter(`${prefix}${fullName}`),
          computeType,
          dropout,
        );
      const code = half(parts.encoder, { picture: photos }, 'encoder/');
      const gaussian = isVariational ? gaussianOf(graph, code, parts.codeLength) : undefined;
      const latent = gaussian === undefined ? code : sampled(graph, gaussian, seed);
      const logits = half(decoderLogits(parts.decoder), { code: latent }, 'decoder/');
      const restored = { logits, values: unary(graph, 'Sigmoid', logits) };
      const error = mean(graph, pixelLosses(graph, restored, photos, options.loss));
      const sparse = sparsityOf(graph, gaussian?.mean ?? code, options.sparsity);
      if (gaussian === undefined || klFactor === undefined)
        return { loss: sum(graph, error, sparse), reported: { error } };
      const kl = mean(graph, divergence(graph, gaussian));
      // A picture's values share its divergence, so that a factor of 1 is the evidence lower bound for cross-entropy.
      const share = multiply(graph, scale(graph, kl, 1 / (width * height * channels)), klFactor);
      return { loss: add(graph, sum(graph, error, sparse), share), reported: { error, kl } };
    },
  };
}

/** A point of the Gaussian, with gradients to its mean and variance. */
function sampled(graph: Graph, gaussian: { mean: Value; logVariance: Value }, seed: Value): Value {
  const deviation = unary(graph, 'Exp', scale(graph, gaussian.logVariance, 0.5));
  return add(graph, gaussian.mean, multiply(graph, deviation, random(graph, 'normal', deviation.shape, seed)));
}

function sparsityOf(graph: Graph, code: Value, factor: number): Value | undefined {
  return factor === 0 ? undefined : scale(graph, mean(graph, unary(graph, 'Abs', code)), factor);
}

function sum(graph: Graph, a: Value, b: Value | undefined): Value {
  return b === undefined ? a : add(graph, a, b);
}
