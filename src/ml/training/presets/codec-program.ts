import { createRandom } from '../../../shared/random.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import type { InputValues } from '../../graph/session.ts';
import { add, matMul, mean, multiply, reduce, reshape, scale, subtract, unary } from '../../graph/operations.ts';
import type { Network, Weights } from '../../layers/description.ts';
import { networkInGraph } from '../../layers/network.ts';
import { anchorWeights, lambdaOf } from '../../quantise/quality.ts';
import { quantise } from '../../quantise/rounding.ts';
import type { ProgramParameter, TrainingProgram } from '../program.ts';
import { bitsPerPixel, estimatedBits } from '../rate-model.ts';
import { networkParameters, noisyPhotos } from './denoiser-program.ts';

export interface CodecTraining {
  analysis: Network;
  synthesis: Network;
  latentChannels: number;
  qualityAnchors: number;
  /** Weights by full name: `analysis/...`, `synthesis/...`. */
  weights: Weights;
  /** Gains and rate model. */
  extra: ProgramParameter[];
  /** Factor on the learning rate of the layers that come from the denoiser; 0 keeps them. */
  denoiserRate: number;
  /** Full names of weights that the model does not have which the training goes on from. */
  fresh: ReadonlySet<string>;
  seed: number;
  batch: number;
  patch: number;
  learningRate: number;
  maxSigma255: number;
}

/** Part of the patches that stay clean, so that clean photos are not smoothed. */
const cleanPart = 0.35;
/** The linear layers start at their optimum, and their weights are small: they follow slowly. */
const linearRate = 0.05;
/** Layers that are new in a model that is trained further have more to learn than the others. */
const freshRate = 4;
const streamOfInputs = 0x636f6465;

function codecParameters(options: CodecTraining): ProgramParameter[] {
  const { analysis, synthesis, weights, denoiserRate } = options;
  const own = (prefix: string): Weights =>
    new Map(
      [...weights]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name.slice(prefix.length), values]),
    );
  const rated = (parameter: ProgramParameter): ProgramParameter => {
    if (options.fresh.has(parameter.name)) return { ...parameter, rate: freshRate };
    const layer = parameter.name.split('/')[1] ?? '';
    if (layer === 'linear') return { ...parameter, rate: linearRate };
    const isCodecs = parameter.name.startsWith('synthesis/') || layer.startsWith('correct-');
    return isCodecs ? parameter : { ...parameter, rate: denoiserRate };
  };
  return [
    ...networkParameters(analysis, own('analysis/'), 'analysis/').map(rated),
    ...networkParameters(synthesis, own('synthesis/'), 'synthesis/').map(rated),
    ...options.extra,
  ];
}

/**
 * Trains a codec on rate + lambda x distortion, from noisy to clean: each patch has a quality and a noise level of its
 * own. The rate sees the latent with uniform noise, the synthesis sees it rounded (Minnen and Singh 2020).
 */
export function codecProgram(options: CodecTraining): TrainingProgram {
  const { batch, patch, qualityAnchors } = options;
  return {
    batch,
    patch,
    optimiser: { kind: 'adam' },
    learningRate: options.learningRate,
    clipNorm: 1,
    averageDecay: 0.998,
    parameters: codecParameters(options),
    inputs: { levels: [batch, 1, 1, 1], anchors: [batch, qualityAnchors], lambdas: [batch], importance: [batch] },
    inputValues: (step) => stepInputs(options, step),
    loss: (context, inputs) => {
      const { graph, photos, seed, parameter, computeType } = context;
      const { levels, anchors, lambdas, importance } = inputs as Record<
        'levels' | 'anchors' | 'lambdas' | 'importance',
        Value
      >;
      const { noisy, sigma } = noisyPhotos(context, photos, levels);
      const latent = networkInGraph(
        graph,
        options.analysis,
        { photo: noisy, sigma },
        ({ fullName }) => parameter(`analysis/${fullName}`),
        computeType,
      );
      const scaled = multiply(graph, latent, gains(graph, anchors, parameter('gains/forward')));
      const noisyLatent = quantise(graph, scaled, 'noise', add(graph, seed, graph.integers([0, 2])));
      const bits = estimatedBits({ graph, noisy: noisyLatent, anchors, parameter });
      const rounded = quantise(graph, scaled, 'straightThrough');
      const restored = networkInGraph(
        graph,
        options.synthesis,
        { latent: multiply(graph, rounded, gains(graph, anchors, parameter('gains/inverse'))) },
        ({ fullName }) => parameter(`synthesis/${fullName}`),
        computeType,
      );
      const bpp = bitsPerPixel(graph, bits, patch * patch);
      const error = scale(graph, subtract(graph, restored, photos), 255);
      const mse = reduce(graph, 'Mean', unary(graph, 'Square', error), [1, 2, 3]);
      const cost = add(graph, bpp, multiply(graph, mse, lambdas));
      const loss = mean(graph, multiply(graph, cost, importance));
      return { loss, reported: { bpp: mean(graph, bpp), mse255: mean(graph, mse) } };
    },
  };
}

/** Gains [b, 1, 1, c] from anchor weights [b, anchors] and a table of logarithms [anchors, c]. */
function gains(graph: Graph, anchors: Value, table: Value): Value {
  const logarithms = matMul(graph, anchors, table);
  const [batch = 0, channels = 0] = logarithms.shape;
  return unary(graph, 'Exp', reshape(graph, logarithms, [batch, 1, 1, channels]));
}

/** Quality and noise of each patch, from the seed and the step alone. */
function stepInputs(
  { seed, batch, qualityAnchors, maxSigma255 }: CodecTraining,
  step: number,
): Record<string, InputValues> {
  const random = createRandom(seed ^ streamOfInputs, step);
  const levels = new Float32Array(batch);
  const anchors = new Float32Array(batch * qualityAnchors);
  const lambdas = new Float32Array(batch);
  const importance = new Float32Array(batch);
  for (let photo = 0; photo < batch; photo++) {
    const quality = 1 + 99 * random.uniform();
    const lambda = lambdaOf(quality);
    levels[photo] = random.uniform() < cleanPart ? 0 : (random.uniform() * maxSigma255) / 255;
    anchors.set(anchorWeights(quality, qualityAnchors), photo * qualityAnchors);
    lambdas[photo] = lambda;
    // High qualities would otherwise drown the low ones: their errors weigh a hundred times as much.
    importance[photo] = Math.sqrt(lambdaOf(50) / lambda);
  }
  return { levels, anchors, lambdas, importance };
}
