import { PellucidError } from '../../../shared/errors.ts';
import type { Pixels } from '../../../shared/pixels.ts';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import { degradedPhotos } from '../../degradation/degraded-photos.ts';
import { addGaussianNoise, toPixels } from '../../degradation/gaussian.ts';
import { defaultDegradation } from '../../degradation/in-graph.ts';
import { isBlindTo } from '../../degradation/settings.ts';
import type { DegradationSettings } from '../../degradation/settings.ts';
import { denoiserFrom } from '../../denoise/denoiser.ts';
import { createRandom } from '../../../shared/random.ts';
import { estimateSigma255 } from '../../estimate/noise-level.ts';
import { initialWeights, parametersOf } from '../../layers/network.ts';
import { defaultDenoiserShape, denoiserNetwork, denoiserStride } from '../../models/denoiser.ts';
import type { ValidationPhoto } from '../patch-source.ts';
import { sideBySide } from '../sample-picture.ts';
import { denoiserProgram } from './denoiser-program.ts';
import type { DenoiserTraining } from './denoiser-program.ts';
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
  'supervision',
  ...degradationOptions,
] as const;

const defaults: TrainingDefaults = {
  optimiser: 'adam',
  schedule: { kind: 'cosine', warmUpSteps: 200 },
  clipNorm: 1,
  averageDecay: 0.998,
};
/**
 * Gradients of squares shrink with the error, and Adam, which remembers the large ones of the start, then hardly moves:
 * with the norm clipped below what it ever is, they all have one length. After 500 steps that is worth 2.9 dB.
 */
const noisyDefaults: TrainingDefaults = { ...defaults, clipNorm: 1e-4 };
const validationSigma255 = 25;
/** Part of their own noise that is added to noisy photos to judge by them. */
const recorruptedPart = 0.25;
const recorruptionStream = 0x72327200;
/** Mean squared error below which an estimate is chance, 0..255 scale. */
const leastError = 0.01;

/** Training of a denoiser: on clean photos, which get noise of all levels, or on noisy photos alone. */
export async function denoiserPreset(options: PresetOptions): Promise<PresetRun> {
  const { seed, learningRate, batch = 16, patch = 64, options: chosen = {}, start } = options;
  const architecture = start?.manifest.architecture;
  const widths = chosen.widths ?? defaultDenoiserShape.widths;
  const shape = { ...defaultDenoiserShape, widths };
  const network = architecture?.kind === 'denoiser' ? architecture.network : denoiserNetwork(shape);
  const stride = architecture?.kind === 'denoiser' ? architecture.stride : denoiserStride(shape);
  const supervision = supervisionOf(options, batch, patch);
  const isClean = supervision.kind === 'clean';
  const isBlind = isClean && isBlindTo(supervision.degradation);
  refusePatch(patch, stride);
  const loss = lossOf(chosen, isClean);
  const rules = trainingSettings(chosen, isClean ? defaults : noisyDefaults, learningRate);
  const training = { batch, patch, loss, dropout: chosen.dropout ?? 0, supervision, ...rules };
  const settings = {
    preset: 'denoiser',
    seed,
    widths,
    ...training,
    supervision: settingsOf(supervision),
    start: start?.manifest.id ?? null,
  };
  const weights = start?.weights ?? initialWeights(network, seed);
  const pairs = isClean ? await validationPairs(supervision.degradation, options.validation) : [];
  const noisy = isClean ? [] : options.validation.map(recorruptedPhoto);
  return {
    program: denoiserProgram({ network, weights, ...training }),
    settings,
    metrics: [isClean ? 'psnr' : 'estimatedPsnr'],
    validate: async (trained) => {
      const denoiser = denoiserFrom({ modelId: 'in-training', network, weights: trained, isBlind }, stride);
      try {
        return isClean ? await validateOnClean(denoiser, pairs) : await validateOnNoisy(denoiser, noisy);
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

function supervisionOf(
  { options: chosen = {}, source }: PresetOptions,
  batch: number,
  patch: number,
): DenoiserTraining['supervision'] {
  if (chosen.supervision === 'noisyOnly') {
    for (const name of degradationOptions) refuseWithout(chosen, name, false, 'clean photos (supervision clean)');
    refuseWithout(
      chosen,
      'loss',
      chosen.loss === 'mse',
      'clean photos (supervision clean), for noisy ones have mse alone',
    );
    if (source.noiseOf === undefined) throw new Error('The source of noisy photos does not measure their noise.');
    const noiseOf = source.noiseOf.bind(source);
    return { kind: 'noisyOnly', noiseOf: (step) => noiseOf(step, batch, patch) };
  }
  return { kind: 'clean', degradation: degradationOf(chosen) };
}

/** What a resumed run must share. */
function settingsOf(supervision: DenoiserTraining['supervision']): object {
  return supervision.kind === 'clean' ? supervision : { kind: supervision.kind };
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

/** A noisy photo on the 0..255 scale, with more of its own noise added and taken away. */
interface RecorruptedPhoto {
  width: number;
  height: number;
  noisy: Float32Array;
  normal: Float32Array;
  sigma255: number;
}

/** As in training (`recorruptedLoss`), with fixed numbers. */
function recorruptedPhoto({ pixels }: ValidationPhoto, index: number): RecorruptedPhoto {
  const { width, height, data } = pixels;
  const random = createRandom(index, recorruptionStream);
  const normal = Float32Array.from(data, () => random.normal());
  return { width, height, noisy: Float32Array.from(data), normal, sigma255: estimateSigma255(pixels) };
}

/**
 * Without a clean photo: the squared error over all of them is estimated as in training, and given as PSNR in dB. What
 * chance adds to it is the same at each validation, so that differences mean more than the figure.
 */
async function validateOnNoisy(denoiser: Denoiser, photos: readonly RecorruptedPhoto[]): Promise<ValidationResult> {
  let total = 0;
  let count = 0;
  let sample: Pixels | null = null;
  for (const { width, height, noisy, normal, sigma255 } of photos) {
    const told = { sigma255: sigma255 * Math.hypot(1, recorruptedPart) };
    const changed = (sign: 1 | -1): Float32Array =>
      noisy.map((value, at) => value + sign * recorruptedPart * sigma255 * (normal[at] as number));
    const more = await denoiser.denoiseFloats(changed(1), width, height, told);
    const less = await denoiser.denoiseFloats(changed(-1), width, height, told);
    for (let at = 0; at < noisy.length; at++) {
      const [y, a, b] = [noisy[at] as number, more[at] as number, less[at] as number];
      const divergence = (sigma255 / recorruptedPart) * (normal[at] as number) * (a - b);
      total += ((a - y) ** 2 + (b - y) ** 2) / 2 + divergence - sigma255 ** 2;
    }
    count += noisy.length;
    sample ??= sideBySide([noisy, more].map((samples) => picture(samples, width, height)));
  }
  return { metrics: { estimatedPsnr: 10 * Math.log10(255 ** 2 / Math.max(total / count, leastError)) }, sample };
}

function picture(values: Float32Array, width: number, height: number): Pixels {
  return toPixels(values, { width, height, channels: 3, data: new Uint8Array() });
}

function psnrOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += ((a[i] as number) - (b[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / total);
}
