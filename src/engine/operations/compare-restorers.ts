import { setImmediate } from 'node:timers/promises';
import { readPel } from '../../codec/container.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import { psnr } from '../../metrics/psnr.ts';
import { ssim } from '../../metrics/structural-similarity.ts';
import { degradedPhotos } from '../../ml/degradation/degraded-photos.ts';
import { addGaussianNoise, toPixels } from '../../ml/degradation/gaussian.ts';
import { defaultDegradation } from '../../ml/degradation/in-graph.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import { isForCamera } from '../../ml/store/model-store.ts';
import type { Installed } from '../../ml/store/model-store.ts';
import { fixedNeighbours } from '../../ml/training/presets/fixed-neighbours.ts';
import type { ComparedFigures, ModelComparison } from '../../shared/contract.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Models } from './models.ts';

interface Pair {
  own: Installed;
  other: Installed;
  /** RGB, 8 bits, sides multiples of 16. */
  pictures: readonly Pixels[];
  /** The noise is part of the pictures, and no clean side is known. */
  areNoisy: boolean;
}

interface Measuring {
  models: Models;
  /** Told after every picture that a model restored. */
  onMeasured: (completed: number, total: number) => void;
}

type Row = ModelComparison['rows'][number];

/** A noisy picture and what it should become, RGB on the 0..255 scale. */
interface Trial {
  width: number;
  height: number;
  noisy: Float32Array;
  target: Float32Array;
  toldSigma255: number;
}

/** Trials that make one row. */
interface Series {
  sigma255: number;
  quality: number | null;
  trials: Trial[];
}

const denoiserSigmas255 = [15, 25, 50];
const codecSigmas255 = [0, 25];
const codecQualities = [10, 30, 50, 70, 90];

/**
 * Two denoisers: on Gaussian noise of three levels, on camera noise where they are for that, and on photos whose clean
 * side is unknown by how well one half of the pixels, denoised, foretells the other. Throws what loading a model throws.
 */
export async function denoiserRows(pair: Pair, measuring: Measuring): Promise<Row[]> {
  const restore = async (id: string) => {
    const denoiser = await measuring.models.denoiser(id);
    return async ({ noisy, width, height, toldSigma255 }: Trial): Promise<Restored> => ({
      values: await denoiser.denoiseFloats(noisy, width, height, { sigma255: toldSigma255 }),
      bpp: null,
    });
  };
  return await rowsOf(await denoiserSeries(pair), pair, restore, measuring.onMeasured);
}

/** Two codecs, on clean and on noisy photos over their range of qualities. Throws what loading a model throws. */
export async function codecRows(pair: Pair, measuring: Measuring): Promise<Row[]> {
  const series = codecSigmas255.flatMap((sigma255) =>
    codecQualities.map((quality) => ({ ...gaussianSeries(pair.pictures, sigma255), quality })),
  );
  const restore = async (id: string) => {
    const codec = await measuring.models.codec(id);
    return async ({ noisy, width, height, toldSigma255 }: Trial, quality: number | null): Promise<Restored> => {
      const options = { quality: quality ?? 50, sigma255: toldSigma255, blocks: [] };
      const pel = await codec.compressFloats(noisy, width, height, options);
      const { data } = await codec.decompress(readPel(pel), {});
      return { values: Float32Array.from(data), bpp: bitsPerPixel(pel.length, width, height) };
    };
  };
  return await rowsOf(series, pair, restore, measuring.onMeasured);
}

async function denoiserSeries({ own, pictures, areNoisy }: Pair): Promise<Series[]> {
  if (areNoisy) return [seriesOf(pictures.map(neighbourTrial))];
  if (!isForCamera(own)) return denoiserSigmas255.map((sigma255) => gaussianSeries(pictures, sigma255));
  const photos = await degradedPhotos(pictures, { ...defaultDegradation, names: ['camera'] });
  return [
    seriesOf(photos.map(({ clean, sigma255, ...photo }) => ({ ...photo, target: clean, toldSigma255: sigma255 }))),
  ];
}

/** A series without one noise level: it is called by the mean of its own. */
function seriesOf(trials: Trial[]): Series {
  const sum = trials.reduce((total, { toldSigma255 }) => total + toldSigma255, 0);
  return { sigma255: Math.round(sum / Math.max(1, trials.length)), quality: null, trials };
}

function gaussianSeries(pictures: readonly Pixels[], sigma255: number): Series {
  const trials = pictures.map((pixels, index) => ({
    width: pixels.width,
    height: pixels.height,
    noisy: addGaussianNoise(pixels, sigma255, index),
    target: Float32Array.from(pixels.data),
    toldSigma255: sigma255,
  }));
  return { sigma255, quality: null, trials };
}

function neighbourTrial(pixels: Pixels, index: number): Trial {
  const { first, second, width, height } = fixedNeighbours(pixels, index);
  return { width, height, noisy: first, target: second, toldSigma255: estimateSigma255(pixels) };
}

interface Restored {
  /** RGB on the 0..255 scale. */
  values: Float32Array;
  bpp: number | null;
}

type Restore = (trial: Trial, quality: number | null) => Promise<Restored>;

async function rowsOf(
  series: readonly Series[],
  { own, other }: Pair,
  restoreWith: (id: string) => Promise<Restore>,
  onMeasured: Measuring['onMeasured'],
): Promise<Row[]> {
  const [withOwn, withOther] = [await restoreWith(own.manifest.id), await restoreWith(other.manifest.id)];
  const total = 2 * series.reduce((sum, { trials }) => sum + trials.length, 0);
  let completed = 0;
  const measure = async ({ trials, quality }: Series, restore: Restore): Promise<ComparedFigures> => {
    const figures: ComparedFigures[] = [];
    for (const trial of trials) {
      figures.push(figuresOf(trial, await restore(trial, quality)));
      completed += 1;
      await setImmediate();
      onMeasured(completed, total);
    }
    return meanOf(figures);
  };
  const rows: Row[] = [];
  for (const each of series) {
    const { sigma255, quality } = each;
    rows.push({ sigma255, quality, own: await measure(each, withOwn), other: await measure(each, withOther) });
  }
  return rows;
}

function figuresOf({ width, height, target }: Trial, { values, bpp }: Restored): ComparedFigures {
  const like = { width, height, channels: 3 as const, data: new Uint8Array() };
  const restored = toPixels(values, like);
  const wanted = { ...like, data: target };
  return { psnr: psnr(restored.data, target, 255), ssim: ssim(restored, wanted, 255), bpp, loss: null };
}

function meanOf(figures: readonly ComparedFigures[]): ComparedFigures {
  const mean = (value: (figure: ComparedFigures) => number | null): number | null => {
    const values = figures.map(value).filter((number) => number !== null);
    return values.length === 0 ? null : values.reduce((sum, number) => sum + number, 0) / values.length;
  };
  return {
    psnr: mean((figure) => figure.psnr) ?? 0,
    ssim: mean((figure) => figure.ssim),
    bpp: mean((figure) => figure.bpp),
    loss: null,
  };
}
