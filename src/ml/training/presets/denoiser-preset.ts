import { PellucidError } from '../../../shared/errors.ts';
import type { Pixels } from '../../../shared/pixels.ts';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import { degradedPhotos } from '../../degradation/degraded-photos.ts';
import { addGaussianNoise, toPixels } from '../../degradation/gaussian.ts';
import { defaultDegradation } from '../../degradation/in-graph.ts';
import { isBlindTo } from '../../degradation/settings.ts';
import type { DegradationSettings } from '../../degradation/settings.ts';
import { denoiserFrom } from '../../denoise/denoiser.ts';
import { estimateSigma255 } from '../../estimate/noise-level.ts';
import { initialWeights, parametersOf } from '../../layers/network.ts';
import { defaultDenoiserShape, denoiserNetwork, denoiserStride } from '../../models/denoiser.ts';
import type { PatchSource, ValidationPhoto } from '../patch-source.ts';
import { sideBySide } from '../sample-picture.ts';
import { denoiserProgram } from './denoiser-program.ts';
import type { DenoiserTraining, NoisySupervision } from './denoiser-program.ts';
import { fixedNeighbours } from './fixed-neighbours.ts';
import type { PresetOptions, PresetRun, ValidationResult } from './preset.ts';
import { generalOptions, refuseWithout, trainingSettings } from './settings.ts';
import type { TrainingDefaults } from './settings.ts';

const degradationOptions = [
  ...(['degradations', 'sigmaMin255', 'sigmaMax255', 'shotMax', 'readMax', 'saltAndPepperMax'] as const),
  'jpegQualityMin',
] as const;
export const denoiserOptions = [
  ...generalOptions,
  ...(['longSide', 'flips', 'rotations', 'widths', 'loss', 'msSsimWeight', 'dropout'] as const),
  ...(['supervision', 'neighbourWeight'] as const),
  ...degradationOptions,
] as const;

const defaults: TrainingDefaults = {
  optimiser: 'adam',
  schedule: { kind: 'cosine', warmUpSteps: 200 },
  clipNorm: 1,
  averageDecay: 0.998,
};
const validationSigma255 = 25;
/** Noise of the photos themselves is measured on patches that no training ever reaches. */
const firstOtherBatch = 2 ** 30;
const measuredPatches = 32;
const measuredPatchPx = 128;

/** Training of a denoiser: on clean photos, which get noise of all levels, or on noisy photos alone. */
export async function denoiserPreset(options: PresetOptions): Promise<PresetRun> {
  const { seed, learningRate, options: chosen = {}, start } = options;
  const architecture = start?.manifest.architecture;
  const widths = chosen.widths ?? defaultDenoiserShape.widths;
  const shape = { ...defaultDenoiserShape, widths };
  const network = architecture?.kind === 'denoiser' ? architecture.network : denoiserNetwork(shape);
  const stride = architecture?.kind === 'denoiser' ? architecture.stride : denoiserStride(shape);
  const supervision = await supervisionOf(options);
  const isClean = supervision.kind === 'clean';
  const isBlind = isClean && isBlindTo(supervision.degradation);
  const { batch = 16, patch = isClean ? 64 : 96 } = options;
  refusePatch(patch, isClean ? stride : 2 * stride);
  const loss = lossOf(chosen, isClean);
  const rules = trainingSettings(chosen, defaults, learningRate);
  const training = { batch, patch, loss, dropout: chosen.dropout ?? 0, supervision, ...rules };
  const settings = { preset: 'denoiser', seed, widths, ...training, start: start?.manifest.id ?? null };
  const weights = start?.weights ?? initialWeights(network, seed);
  const pairs = isClean ? await validationPairs(supervision.degradation, options.validation) : [];
  return {
    program: denoiserProgram({ network, weights, ...training }),
    settings,
    metrics: [isClean ? 'psnr' : 'neighbourPsnr'],
    validate: async (trained) => {
      const denoiser = denoiserFrom({ modelId: 'in-training', network, weights: trained, isBlind }, stride);
      try {
        return isClean
          ? await validateOnClean(denoiser, pairs)
          : await validateOnNoisy(denoiser, options.validation, supervision);
      } finally {
        denoiser.dispose();
      }
    },
    toModel: async (trained, { id, training: record, metrics }) => {
      await Promise.resolve();
      return {
        manifest: {
          id,
          title: id,
          version: 1,
          architecture: { kind: 'denoiser', network, stride, ...noiseOf(supervision) },
          training: { ...record, settings },
          metrics,
        },
        arrays: parametersOf(network).map(({ fullName, shape: size }) => ({
          name: fullName,
          shape: size,
          values: trained.get(fullName) ?? new Float32Array(),
        })),
      };
    },
  };
}

async function supervisionOf({
  options: chosen = {},
  source,
}: PresetOptions): Promise<DenoiserTraining['supervision']> {
  if (chosen.supervision === 'noisyOnly') {
    for (const name of degradationOptions) refuseWithout(chosen, name, false, 'clean photos (supervision clean)');
    const sigmas255 = await rangeOfNoise(source);
    return { kind: 'noisyOnly', neighbourWeight: chosen.neighbourWeight ?? 1, sigmas255 };
  }
  refuseWithout(chosen, 'neighbourWeight', false, 'the supervision noisyOnly');
  return { kind: 'clean', degradation: degradationOf(chosen) };
}

/** A model that has learned camera noise is chosen for it. */
function noiseOf(supervision: DenoiserTraining['supervision']): { noise?: 'camera' } {
  return supervision.kind === 'clean' && isBlindTo(supervision.degradation) ? { noise: 'camera' } : {};
}

function degradationOf(chosen: TrainingOptions): DegradationSettings {
  const names = chosen.degradations ?? defaultDegradation.names;
  const has = (...wanted: typeof names): boolean => wanted.some((name) => names.includes(name));
  const needs = (name: (typeof degradationOptions)[number], holds: boolean): void =>
    refuseWithout(chosen, name, holds, `a degradation that it belongs to, and they are ${names.join(', ')}`);
  needs('sigmaMin255', has('gaussian'));
  needs('sigmaMax255', has('gaussian'));
  needs('shotMax', has('poissonGaussian', 'camera'));
  needs('readMax', has('poissonGaussian', 'camera'));
  needs('saltAndPepperMax', has('saltAndPepper'));
  needs('jpegQualityMin', has('jpeg', 'camera'));
  const settings = {
    names,
    sigmaMin255: chosen.sigmaMin255 ?? defaultDegradation.sigmaMin255,
    sigmaMax255: chosen.sigmaMax255 ?? defaultDegradation.sigmaMax255,
    shotMax: chosen.shotMax ?? defaultDegradation.shotMax,
    readMax: chosen.readMax ?? defaultDegradation.readMax,
    saltAndPepperMax: chosen.saltAndPepperMax ?? defaultDegradation.saltAndPepperMax,
    jpegQualityMin: chosen.jpegQualityMin ?? defaultDegradation.jpegQualityMin,
  };
  if (settings.sigmaMin255 <= settings.sigmaMax255) return settings;
  const message = `The lowest noise level, sigmaMin255 ${settings.sigmaMin255}, is above the highest, sigmaMax255 ${settings.sigmaMax255}. Exchange them.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'sigmaMin255' });
}

/** Absolute differences blur less than squares; squares are what noisy targets need, since their mean is clean. */
function lossOf(chosen: TrainingOptions, isClean: boolean): DenoiserTraining['loss'] {
  const name = chosen.loss ?? (isClean ? 'mae' : 'mse');
  refuseWithout(chosen, 'msSsimWeight', name === 'msSsim', `the loss msSsim, and it is ${name}`);
  if (name === 'binaryCrossEntropy') {
    const message = 'A denoiser has no sigmoid, so that the loss cannot be binaryCrossEntropy. Choose another loss.';
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'loss' });
  }
  return { name, msSsimWeight: chosen.msSsimWeight ?? 0.84 };
}

function refusePatch(patch: number, multiple: number): void {
  if (patch % multiple === 0) return;
  const message = `The patch of ${patch} pixels is not a multiple of ${multiple}, which this training needs. Choose ${Math.max(1, Math.round(patch / multiple)) * multiple}.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'patch' });
}

/** Around the noise of the photos, from the tenth to the ninetieth in a hundred of their patches. */
async function rangeOfNoise(source: PatchSource): Promise<[number, number]> {
  const sigmas: number[] = [];
  for (let index = 0; index < measuredPatches; index++) {
    const data = await source.nextBatch(firstOtherBatch + index, 1, measuredPatchPx);
    sigmas.push(estimateSigma255({ width: measuredPatchPx, height: measuredPatchPx, channels: 3, data }));
  }
  sigmas.sort((a, b) => a - b);
  const at = (part: number): number => sigmas[Math.floor(part * (sigmas.length - 1))] ?? 0;
  return [Math.round(0.7 * at(0.1)), Math.max(1, Math.round(1.3 * at(0.9)))];
}

type Denoiser = ReturnType<typeof denoiserFrom>;

/** A noisy photo with what it should become, on the 0..255 scale. */
interface ValidationPair {
  width: number;
  height: number;
  noisy: Float32Array;
  clean: Float32Array;
  sigma255: number;
}

/** Validation photos with fixed noise: of sigma 25 where only Gaussian noise is trained on, else as in training. */
async function validationPairs(
  degradation: DegradationSettings,
  photos: readonly ValidationPhoto[],
): Promise<ValidationPair[]> {
  const isGaussian = degradation.names.every((name) => name === 'gaussian');
  if (!isGaussian) {
    const pictures = photos.map(({ pixels }) => pixels);
    return await degradedPhotos(pictures, degradation);
  }
  return photos.map(({ pixels }, index) => ({
    width: pixels.width,
    height: pixels.height,
    noisy: addGaussianNoise(pixels, validationSigma255, index),
    clean: Float32Array.from(pixels.data),
    sigma255: validationSigma255,
  }));
}

/** Mean PSNR in dB over the validation photos. */
async function validateOnClean(denoiser: Denoiser, pairs: readonly ValidationPair[]): Promise<ValidationResult> {
  let total = 0;
  let sample: Pixels | null = null;
  for (const { width, height, noisy, clean, sigma255 } of pairs) {
    const values = await denoiser.denoiseFloats(noisy, width, height, { sigma255 });
    const restored = picture(values, width, height);
    total += psnrOf(restored.data, clean);
    sample ??= sideBySide([picture(noisy, width, height), restored, picture(clean, width, height)]);
  }
  return { metrics: { psnr: total / pairs.length }, sample };
}

/**
 * Without a clean photo: how well one half of the pixels of each validation photo, denoised, foretells the other half,
 * in dB. The noise of that half is in the figure, so that only its changes mean something.
 */
async function validateOnNoisy(
  denoiser: Denoiser,
  photos: readonly ValidationPhoto[],
  { sigmas255: [low, high] }: NoisySupervision,
): Promise<ValidationResult> {
  let total = 0;
  let sample: Pixels | null = null;
  for (const [index, { pixels }] of photos.entries()) {
    const { first, second, width, height } = fixedNeighbours(pixels, index);
    const values = await denoiser.denoiseFloats(first, width, height, { sigma255: (low + high) / 2 });
    total += psnrOf(values, second);
    sample ??= sideBySide([first, values, second].map((samples) => picture(samples, width, height)));
  }
  return { metrics: { neighbourPsnr: total / photos.length }, sample };
}

function picture(values: Float32Array, width: number, height: number): Pixels {
  return toPixels(values, { width, height, channels: 3, data: new Uint8Array() });
}

function psnrOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += ((a[i] as number) - (b[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / total);
}
