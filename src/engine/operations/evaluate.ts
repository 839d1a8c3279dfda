import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readPel } from '../../codec/container.ts';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import { psnr } from '../../metrics/psnr.ts';
import { ssim } from '../../metrics/structural-similarity.ts';
import { addGaussianNoise, toPixels } from '../../ml/degradation/gaussian.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import type { EvaluateMean, EvaluateResult, EvaluateRow, Progress } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Models } from './models.ts';

export interface EvaluateContext {
  models: Models;
  signal: AbortSignal;
  onRow: (row: EvaluateRow) => void;
  onProgress: (progress: Progress) => void;
}

/** One noisy version of one photo. */
interface Trial {
  clean: Pixels;
  /** [height, width, 3], 0..255 scale, neither rounded nor clipped. */
  noisy: Float32Array;
  /** What the model is told. */
  toldSigma255: number;
}

interface Outcome {
  restored: Pixels;
  bpp: number | null;
}

/** One way of restoring: the denoiser, or the codec at one quality. */
interface Method {
  quality: number | null;
  restore(trial: Trial): Promise<Outcome>;
}

/**
 * Measures a model on clean photos as the literature does: Gaussian noise in floating point, not clipped, from a seed
 * for each file; the result is rounded and clipped to 8 bits before PSNR (RGB, peak 255) and SSIM (mean over channels)
 * are taken, as in the test scripts of FFDNet and DRUNet. bpp counts whole files.
 * @throws {PellucidError} what listing, reading and models throw; ABORTED
 */
export async function evaluate(params: Params<'evaluate.run'>, context: EvaluateContext): Promise<EvaluateResult> {
  const { models, signal } = context;
  const { files: all } = await listPhotos(params.data, { recursive: true, signal });
  const files = all.slice(0, params.limit);
  const { modelId, methods } = await methodsOf(params, models);
  const total = files.length * params.sigmas255.length * methods.length;
  const rows: EvaluateRow[] = [];
  const started = performance.now();
  for (const [index, path] of files.entries()) {
    const clean = await readRgb(path);
    for (const sigma255 of params.sigmas255) {
      const trial = trialOf(clean, sigma255, params.seed + index, params.blind);
      for (const method of methods) {
        await setImmediate();
        if (signal.aborted) throw new PellucidError('ABORTED', 'Cancelled.');
        const row = await measure(basename(path), sigma255, trial, method);
        rows.push(row);
        context.onRow(row);
        const completed = rows.length;
        const etaSeconds = ((performance.now() - started) / 1000 / completed) * (total - completed);
        context.onProgress({ stage: 'evaluate', completed, total, unit: 'photos', etaSeconds });
      }
    }
  }
  const summary = (await models.list()).find(({ id }) => id === modelId);
  const { parameters = 0, kiloMacsPerPixel = 0 } = summary ?? {};
  return { task: params.task, modelId, parameters, kiloMacsPerPixel, rows, means: meansOf(rows) };
}

async function methodsOf(
  params: Params<'evaluate.run'>,
  models: Models,
): Promise<{ modelId: string; methods: Method[] }> {
  if (params.task === 'denoise') {
    const denoiser = await models.denoiser(params.modelId);
    const restore: Method['restore'] = async ({ clean, noisy, toldSigma255 }) => {
      const options = { sigma255: toldSigma255, ensemble: params.bestQuality === true };
      const values = await denoiser.denoiseFloats(noisy, clean.width, clean.height, options);
      return { restored: toPixels(values, clean), bpp: null };
    };
    return { modelId: denoiser.modelId, methods: [{ quality: null, restore }] };
  }
  const codec = await models.codec(params.modelId);
  const methods = params.qualities.map((quality): Method => ({
    quality,
    restore: async ({ clean, noisy, toldSigma255 }) => {
      const options = { quality, sigma255: toldSigma255, blocks: [] };
      const pel = await codec.compressFloats(noisy, clean.width, clean.height, options);
      const restored = await codec.decompress(readPel(pel), {});
      return { restored, bpp: bitsPerPixel(pel.length, clean.width, clean.height) };
    },
  }));
  return { modelId: codec.modelId, methods };
}

/** 8-bit RGB of a photo; grey in three channels. */
async function readRgb(path: string): Promise<Pixels> {
  const { pixels } = await readPhoto({ path });
  const { width, height, channels, data } = pixels;
  const bytes = data instanceof Uint16Array ? Uint8Array.from(data, (value) => Math.round(value / 257)) : data;
  if (channels === 3) return { width, height, channels, data: bytes };
  const rgb = new Uint8Array(3 * bytes.length);
  bytes.forEach((value, index) => rgb.fill(value, 3 * index, 3 * index + 3));
  return { width, height, channels: 3, data: rgb };
}

function trialOf(clean: Pixels, sigma255: number, seed: number, blind: boolean): Trial {
  const noisy = addGaussianNoise(clean, sigma255, seed);
  return { clean, noisy, toldSigma255: blind ? estimateSigma255(toPixels(noisy, clean)) : sigma255 };
}

async function measure(
  file: string,
  sigma255: number,
  trial: Trial,
  { quality, restore }: Method,
): Promise<EvaluateRow> {
  const started = performance.now();
  const { restored, bpp } = await restore(trial);
  const seconds = (performance.now() - started) / 1000;
  const { clean, noisy } = trial;
  return {
    file,
    sigma255,
    quality,
    psnrNoisy: sigma255 === 0 ? null : psnr(noisy, Float32Array.from(clean.data), 255),
    psnr: psnr(restored.data, clean.data, 255),
    ssim: ssim(restored, clean, 255),
    bpp,
    seconds,
  };
}

/** Means over files for each noise level and quality, in the order in which they were measured. */
function meansOf(rows: readonly EvaluateRow[]): EvaluateMean[] {
  const groups = new Map<string, EvaluateRow[]>();
  for (const row of rows) {
    const key = `${row.sigma255}/${row.quality}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const [{ sigma255, quality } = { sigma255: 0, quality: null }] = group;
    const mean = (value: (row: EvaluateRow) => number | null): number | null => {
      const values = group.map(value).filter((number) => number !== null);
      return values.length === 0 ? null : values.reduce((sum, number) => sum + number, 0) / values.length;
    };
    return {
      sigma255,
      quality,
      psnrNoisy: mean((row) => row.psnrNoisy),
      psnr: mean((row) => row.psnr) ?? 0,
      ssim: mean((row) => row.ssim) ?? 0,
      bpp: mean((row) => row.bpp),
      seconds: mean((row) => row.seconds) ?? 0,
      files: group.length,
    };
  });
}
