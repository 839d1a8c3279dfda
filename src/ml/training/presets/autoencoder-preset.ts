import { PellucidError } from '../../../shared/errors.ts';
import type { Pixels } from '../../../shared/pixels.ts';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import { fitMixture } from '../../generate/mixture.ts';
import { arraysOfPrior } from '../../generate/model-prior.ts';
import type { Weights } from '../../layers/description.ts';
import { initialWeights, parametersOf } from '../../layers/network.ts';
import type { AutoencoderParts, PictureShape } from '../../models/autoencoder-parts.ts';
import { denseAutoencoder } from '../../models/dense.ts';
import { variationalAutoencoder } from '../../models/variational.ts';
import { smallestSidePx } from '../losses/multi-scale-similarity.ts';
import type { PixelLoss } from '../losses/pixel-loss.ts';
import { below, sideBySide } from '../sample-picture.ts';
import { AutoencoderEvaluation } from './autoencoder-evaluation.ts';
import type { AutoencoderQuality } from './autoencoder-evaluation.ts';
import { autoencoderProgram } from './autoencoder-program.ts';
import type { PresetOptions, PresetRun, ValidationResult } from './preset.ts';
import { generalOptions, refuseWithout, trainingSettings } from './settings.ts';
import type { TrainingDefaults } from './settings.ts';

/** Pictures of the data and its handling, and what both kinds of autoencoder take. */
const sharedOptions = [
  ...generalOptions,
  ...(['width', 'height', 'channels', 'flips', 'rotations'] as const),
  ...(['bottleneck', 'loss', 'msSsimWeight', 'sparsity', 'dropout'] as const),
];
export const denseOptions = [...sharedOptions, 'hidden', 'initialiser'] as const;
export const variationalOptions = [...sharedOptions, 'widths', 'klWeight', 'klWarmUpSteps'] as const;

/** As in the classic example: nothing but the optimiser. */
const denseDefaults: TrainingDefaults = {
  optimiser: 'adadelta',
  schedule: { kind: 'constant', warmUpSteps: 0 },
  clipNorm: 0,
  averageDecay: 0,
};
const variationalDefaults: TrainingDefaults = {
  optimiser: 'adam',
  schedule: { kind: 'cosine', warmUpSteps: 200 },
  clipNorm: 1,
  averageDecay: 0.998,
};

/** Training pictures that each validation measures beside the others, to show the gap between both. */
const measuredTrainingPictures = 2048;
/** Training pictures whose codes say where samples are drawn from. */
const fittedPictures = 8192;
/** Pictures in a sample; the batches of validations hold as many. */
const samplePictures = 8;
/** Their batches lie beyond what a training ever reaches. */
const firstOtherBatch = 2 ** 30;

/** Training of the classic fully connected autoencoder. */
export async function densePreset(options: PresetOptions): Promise<PresetRun> {
  const { hidden = [128], bottleneck = 32, initialiser = 'glorot' } = options.options ?? {};
  const parts = startingParts(options, 'dense', (shape) =>
    denseAutoencoder({ ...shape, hidden, bottleneck, initialiser }),
  );
  return await createRun(options, parts, { batch: 256, defaults: denseDefaults });
}

/** Training of a convolutional variational autoencoder. */
export async function variationalPreset(options: PresetOptions): Promise<PresetRun> {
  const parts = startingParts(options, 'variational', (shape) => {
    const widths = options.options?.widths ?? defaultWidths(shape);
    refuseIndivisible(shape, widths);
    const bottleneck = options.options?.bottleneck ?? (Math.max(shape.width, shape.height) <= 32 ? 16 : 64);
    return variationalAutoencoder({ ...shape, widths, bottleneck });
  });
  return await createRun(options, parts, { batch: 128, defaults: variationalDefaults });
}

/** Halvings down to at most 8 pixels, as far as the sides are even. */
function defaultWidths({ width, height }: PictureShape): number[] {
  const widths = [32];
  let [w, h] = [width / 2, height / 2];
  while (Math.max(w, h) > 8 && w % 2 === 0 && h % 2 === 0) {
    widths.push(Math.min(128, 32 * 2 ** widths.length));
    [w, h] = [w / 2, h / 2];
  }
  return widths;
}

function refuseIndivisible({ width, height }: PictureShape, widths: readonly number[]): void {
  const factor = 2 ** widths.length;
  if (width % factor === 0 && height % factor === 0) return;
  const message = `Pictures of ${width} x ${height} cannot be halved ${widths.length} times. Choose a width and a height that are multiples of ${factor}, or fewer widths.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'widths' });
}

/** The parts of the model to go on from, or new ones for the size of the pictures. */
function startingParts(
  { start, validation }: PresetOptions,
  kind: AutoencoderParts['kind'],
  create: (shape: PictureShape) => AutoencoderParts,
): AutoencoderParts {
  const pixels = validation[0]?.pixels;
  if (pixels === undefined) throw new Error('There are no validation pictures.');
  const { width, height, channels } = pixels;
  const architecture = start?.manifest.architecture;
  if (start === undefined || architecture === undefined) return create({ width, height, channels });
  if (architecture.kind !== kind) {
    const message = `Model ${start.manifest.id} is a ${architecture.kind}, and the training makes a ${kind}. Start from one of that kind.`;
    throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: start.manifest.id });
  }
  const known = architecture;
  if (known.width === width && known.height === height && known.channels === channels) return known;
  const message = `Model ${start.manifest.id} takes pictures of ${known.width} x ${known.height} x ${known.channels}, and these are ${width} x ${height} x ${channels}. Choose that size, or start from another model.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: start.manifest.id });
}

async function createRun(
  options: PresetOptions,
  parts: AutoencoderParts,
  own: { batch: number; defaults: TrainingDefaults },
): Promise<PresetRun> {
  const { seed, options: chosen = {}, batch = own.batch, start } = options;
  const loss = lossOf(chosen, parts);
  const { dropout = 0, sparsity = 0, klWeight = 1, klWarmUpSteps = 500 } = chosen;
  const rules = trainingSettings(chosen, own.defaults, options.learningRate);
  const weights = start?.weights ?? firstWeights(parts, seed);
  const regularisation = { loss, dropout, sparsity, ...(parts.kind === 'dense' ? {} : { klWeight, klWarmUpSteps }) };
  const program = autoencoderProgram({ parts, weights, batch, klWeight, klWarmUpSteps, ...regularisation, ...rules });
  const { width, height, channels, codeLength } = parts;
  const settings = {
    preset: parts.kind,
    ...{ seed, batch, width, height, channels, codeLength, ...regularisation, ...rules },
    start: start?.manifest.id ?? null,
  };
  const evaluation = await AutoencoderEvaluation.create(
    parts,
    weights,
    loss,
    Math.min(256, Math.max(samplePictures, batch)),
  );
  const held = joined(options.validation.map(({ pixels }) => pixels.data as Uint8Array));
  const measured = Math.ceil(Math.min(measuredTrainingPictures, options.photoCounts.training) / batch);
  const seen = await trainingPictures(options, batch, width, measured);
  const size = { width, height, channels };
  const pictures = { held, seen, size };
  const klShare = parts.kind === 'variational' ? klWeight / (width * height * channels) : 0;
  return {
    program,
    settings,
    metrics: ['loss', 'psnr', ...(parts.kind === 'variational' ? ['kl'] : [])],
    stepsBetweenValidations: Math.max(20, Math.ceil(options.photoCounts.training / batch)),
    validate: (trained) => validate(evaluation, trained, pictures, klShare),
    dispose: () => evaluation.dispose(),
    toModel: async (trained, { id, training, metrics, isFinal }) => {
      const pictures = async (): Promise<Uint8Array> =>
        await trainingPictures(options, batch, width, Math.ceil(fittedPictures / batch));
      const prior = isFinal && parts.kind === 'variational' ? await fitPrior(evaluation, trained, pictures, seed) : [];
      const record = { ...training, settings };
      return {
        manifest: { id, title: id, version: 1, architecture: parts, training: record, metrics },
        arrays: [...arraysOf(parts, trained), ...prior],
      };
    },
  };
}

function lossOf(options: TrainingOptions, { width, height }: PictureShape): PixelLoss {
  const name = options.loss ?? 'binaryCrossEntropy';
  refuseWithout(options, 'msSsimWeight', name === 'msSsim', `the loss msSsim, and it is ${name}`);
  if (name === 'msSsim' && Math.min(width, height) < smallestSidePx) {
    const message = `The loss msSsim needs pictures of at least ${smallestSidePx} pixels a side, and these have ${width} x ${height}. Choose another loss.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'loss' });
  }
  return { name, msSsimWeight: options.msSsimWeight ?? 0.84 };
}

function firstWeights({ encoder, decoder }: AutoencoderParts, seed: number): Weights {
  return new Map([
    ...[...initialWeights(encoder, seed)].map(([name, values]): [string, Float32Array] => [`encoder/${name}`, values]),
    ...[...initialWeights(decoder, seed + 1)].map(([name, values]): [string, Float32Array] => [
      `decoder/${name}`,
      values,
    ]),
  ]);
}

function arraysOf({ encoder, decoder }: AutoencoderParts, weights: Weights) {
  const named = [
    ...parametersOf(encoder).map(({ fullName, shape }) => ({ name: `encoder/${fullName}`, shape })),
    ...parametersOf(decoder).map(({ fullName, shape }) => ({ name: `decoder/${fullName}`, shape })),
  ];
  return named.map(({ name, shape }) => ({ name, shape, values: weights.get(name) ?? new Float32Array() }));
}

/** Batches of training pictures that no step sees in this order, in one. */
async function trainingPictures(
  { source }: Pick<PresetOptions, 'source'>,
  batch: number,
  patch: number,
  batches: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < batches; index++)
    parts.push(await source.nextBatch(firstOtherBatch + index, batch, patch));
  return joined(parts);
}

async function fitPrior(
  evaluation: AutoencoderEvaluation,
  trained: Weights,
  pictures: () => Promise<Uint8Array>,
  seed: number,
) {
  evaluation.setWeights(trained);
  const { codes, length } = await evaluation.codes(await pictures());
  return arraysOfPrior(await fitMixture(codes, length, seed));
}

/** Loss and PSNR on pictures that were held out, and on some of those that were trained on. */
async function validate(
  evaluation: AutoencoderEvaluation,
  weights: Weights,
  pictures: { held: Uint8Array; seen: Uint8Array; size: Pick<PictureShape, 'width' | 'height' | 'channels'> },
  klShare: number,
): Promise<ValidationResult> {
  evaluation.setWeights(weights);
  const held = await evaluation.measure(pictures.held);
  const seen = await evaluation.measure(pictures.seen);
  const metricsOf = ({ error, psnr, kl }: AutoencoderQuality): Record<'loss' | 'psnr', number> => ({
    loss: error + klShare * kl,
    psnr,
    ...(klShare === 0 ? {} : { kl }),
  });
  const sample = sampleOf(evaluation, pictures.held, pictures.size);
  return { metrics: metricsOf(held), trainMetrics: metricsOf(seen), sample };
}

/** Pictures in a row above what became of them. */
function sampleOf(
  evaluation: AutoencoderEvaluation,
  held: Uint8Array,
  { width, height, channels }: Pick<PictureShape, 'width' | 'height' | 'channels'>,
): Pixels {
  const length = width * height * channels;
  const shown = held.subarray(0, samplePictures * length);
  const rows = [shown, evaluation.restore(shown)].map((bytes) =>
    sideBySide(
      Array.from({ length: bytes.length / length }, (_, index) => ({
        ...{ width, height, channels },
        data: bytes.subarray(index * length, (index + 1) * length),
      })),
    ),
  );
  return below(rows);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
