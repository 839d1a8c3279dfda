import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { compareCurves } from '../../metrics/compare-curves.ts';
import { msSsim, msSsimLeastSide } from '../../metrics/multi-scale-similarity.ts';
import { psnr } from '../../metrics/psnr.ts';
import { ssim } from '../../metrics/structural-similarity.ts';
import { addGaussianNoise, toPixels } from '../../ml/degradation/gaussian.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import type {
  EvaluateComparison,
  EvaluateMean,
  EvaluateMethod,
  EvaluateResult,
  EvaluateRow,
  Progress,
} from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { methodsOf } from './evaluate-methods.ts';
import type { Method, Trial } from './evaluate-methods.ts';
import type { Models } from './models.ts';

export interface EvaluateContext {
  models: Models;
  signal: AbortSignal;
  onRow: (row: EvaluateRow) => void;
  onProgress: (progress: Progress) => void;
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
  const methodsAt = (sigma255: number): Method[] => methods.filter(({ takesClean }) => takesClean || sigma255 > 0);
  const total = files.length * params.sigmas255.reduce((sum, sigma255) => sum + methodsAt(sigma255).length, 0);
  const rows: EvaluateRow[] = [];
  const started = performance.now();
  for (const [index, path] of files.entries()) {
    const clean = await readRgb(path);
    for (const sigma255 of params.sigmas255) {
      const trial = trialOf(clean, sigma255, params.seed + index, params.blind);
      for (const method of methodsAt(sigma255)) {
        await setImmediate();
        if (signal.aborted) throw new PellucidError('ABORTED', 'Cancelled.');
        const row = await measure(basename(path), trial, method);
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
  const means = meansOf(rows);
  const comparisons = comparisonsOf(means);
  return { task: params.task, modelId, parameters, kiloMacsPerPixel, rows, means, comparisons };
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
  const photo = toPixels(noisy, clean);
  return { clean, sigma255, noisy, photo, toldSigma255: blind ? estimateSigma255(photo) : sigma255 };
}

async function measure(file: string, trial: Trial, { method, quality, restore }: Method): Promise<EvaluateRow> {
  const started = performance.now();
  const { restored, bpp } = await restore(trial);
  const seconds = (performance.now() - started) / 1000;
  const { clean, noisy, sigma255 } = trial;
  const isLargeEnough = Math.min(clean.width, clean.height) >= msSsimLeastSide;
  return {
    file,
    method,
    sigma255,
    quality,
    psnrNoisy: sigma255 === 0 ? null : psnr(noisy, Float32Array.from(clean.data), 255),
    psnr: psnr(restored.data, clean.data, 255),
    ssim: ssim(restored, clean, 255),
    msSsim: bpp !== null && isLargeEnough ? msSsim(restored, clean, 255) : null,
    bpp,
    seconds,
  };
}

/** Means over files for each method, noise level and quality, in the order in which they were measured. */
function meansOf(rows: readonly EvaluateRow[]): EvaluateMean[] {
  const groups = new Map<string, EvaluateRow[]>();
  for (const row of rows) {
    const key = `${row.method}/${row.sigma255}/${row.quality}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { method, sigma255, quality } = group[0] as EvaluateRow;
    const mean = (value: (row: EvaluateRow) => number | null): number | null => {
      const values = group.map(value).filter((number) => number !== null);
      return values.length === 0 ? null : values.reduce((sum, number) => sum + number, 0) / values.length;
    };
    return {
      method,
      sigma255,
      quality,
      psnrNoisy: mean((row) => row.psnrNoisy),
      psnr: mean((row) => row.psnr) ?? 0,
      ssim: mean((row) => row.ssim) ?? 0,
      msSsim: mean((row) => row.msSsim),
      bpp: mean((row) => row.bpp),
      seconds: mean((row) => row.seconds) ?? 0,
      files: group.length,
    };
  });
}

/** Rates that the comparison is about: of clean photos also those that keep nearly everything. */
const comparedRates = { clean: { from: 0.25, to: 1.5 }, noisy: { from: 0.25, to: 1 } };

/** The model's curve of means against that of every rival, for each noise level. */
function comparisonsOf(means: readonly EvaluateMean[]): EvaluateComparison[] {
  const levels = [...new Set(means.map(({ sigma255 }) => sigma255))];
  return levels.flatMap((sigma255) => {
    const range = sigma255 === 0 ? comparedRates.clean : comparedRates.noisy;
    const atLevel = means.filter((mean) => mean.sigma255 === sigma255);
    const curveOf = (method: EvaluateMethod) => pointsOf(atLevel.filter((mean) => mean.method === method));
    const own = curveOf('model');
    const rivals = [...new Set(atLevel.map(({ method }) => method))].filter((method) => method !== 'model');
    return rivals.map((rival) => {
      const { from: fromBpp, to: toBpp } = range;
      return { rival, sigma255, fromBpp, toBpp, ...compareCurves(curveOf(rival), own, range) };
    });
  });
}

function pointsOf(means: readonly EvaluateMean[]): { bpp: number; psnr: number }[] {
  return means.flatMap(({ bpp, psnr: db }) => (bpp === null ? [] : [{ bpp, psnr: db }]));
}
