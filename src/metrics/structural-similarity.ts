import { invalidArgument } from '../shared/errors.ts';
import type { Samples } from './psnr.ts';

/** A picture to be compared: interleaved rows, samples on any scale. */
export interface ComparablePicture {
  width: number;
  height: number;
  channels: number;
  data: Samples;
}

/** One channel in double precision: variances are differences of large numbers. */
export interface Plane {
  width: number;
  height: number;
  data: Float64Array;
}

/** Side of the Gaussian window. */
export const windowSide = 11;
const windowSigma = 1.5;
const k1 = 0.01;
const k2 = 0.03;

const window = ((): Float64Array => {
  const middle = (windowSide - 1) / 2;
  const weights = Float64Array.from({ length: windowSide }, (_, index) =>
    Math.exp(-((index - middle) ** 2) / (2 * windowSigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

/** Means over all windows of one pair of planes. */
export interface Similarity {
  /** Luminance, contrast and structure: SSIM itself. */
  ssim: number;
  /** Contrast and structure only. */
  contrast: number;
}

/**
 * SSIM (Wang, Bovik, Sheikh and Simoncelli 2004): Gaussian window of 11 x 11 with sigma 1.5, K1 = 0.01, K2 = 0.03,
 * population variances, only windows that lie wholly inside; for colour the mean over the channels.
 * @param peak largest value of the scale, such as 255
 * @throws INVALID_ARGUMENT when the pictures differ in form, or are smaller than the window
 */
export function ssim(first: ComparablePicture, second: ComparablePicture, peak: number): number {
  assertComparable(first, second, windowSide);
  let sum = 0;
  for (let channel = 0; channel < first.channels; channel++)
    sum += similarityOf(planeOf(first, channel), planeOf(second, channel), peak).ssim;
  return sum / first.channels;
}

/** @throws INVALID_ARGUMENT unless both have one form, with sides of at least `leastSide` */
export function assertComparable(first: ComparablePicture, second: ComparablePicture, leastSide: number): void {
  const { width, height, channels } = first;
  const form = `${width} x ${height} x ${channels}`;
  if (second.width !== width || second.height !== height || second.channels !== channels)
    throw invalidArgument('second', `a picture of ${form}`, `${second.width} x ${second.height} x ${second.channels}`);
  if (first.data.length !== width * height * channels || second.data.length !== first.data.length)
    throw invalidArgument('data', `${form} samples`, second.data.length);
  if (Math.min(width, height) < leastSide)
    throw invalidArgument('picture', `sides of at least ${leastSide} pixels`, `${width} x ${height}`);
}

/** One channel of an interleaved picture. */
export function planeOf({ width, height, channels, data }: ComparablePicture, channel: number): Plane {
  const plane = new Float64Array(width * height);
  for (let index = 0; index < plane.length; index++) plane[index] = data[index * channels + channel] as number;
  return { width, height, data: plane };
}

/** SSIM of two planes of equal size, and its contrast and structure part. */
export function similarityOf(first: Plane, second: Plane, peak: number): Similarity {
  const c1 = (k1 * peak) ** 2;
  const c2 = (k2 * peak) ** 2;
  const { width, height } = first;
  const filtered = (value: (a: number, b: number) => number): Float64Array => {
    const map = new Float64Array(width * height);
    for (let at = 0; at < map.length; at++) map[at] = value(first.data[at] as number, second.data[at] as number);
    return filterValid(map, width, height);
  };
  const meansA = filterValid(first.data, width, height);
  const meansB = filterValid(second.data, width, height);
  // Only the sum of the two variances is needed, so four filtered maps do where five are usual.
  const squares = filtered((a, b) => a * a + b * b);
  const products = filtered((a, b) => a * b);
  let ssimSum = 0;
  let contrastSum = 0;
  for (let at = 0; at < meansA.length; at++) {
    const meanA = meansA[at] as number;
    const meanB = meansB[at] as number;
    const meanProduct = meanA * meanB;
    const meanSquares = meanA * meanA + meanB * meanB;
    const covariance = (products[at] as number) - meanProduct;
    const contrast = (2 * covariance + c2) / ((squares[at] as number) - meanSquares + c2);
    contrastSum += contrast;
    ssimSum += (contrast * (2 * meanProduct + c1)) / (meanSquares + c1);
  }
  return { ssim: ssimSum / meansA.length, contrast: contrastSum / meansA.length };
}

/** Weighted means over the window, rows and then columns; the result is smaller by `windowSide - 1` each way. */
function filterValid(map: Float64Array, width: number, height: number): Float64Array {
  const outWidth = width - windowSide + 1;
  const outHeight = height - windowSide + 1;
  const rows = new Float64Array(outWidth * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let tap = 0; tap < windowSide; tap++) sum += (window[tap] as number) * (map[y * width + x + tap] as number);
      rows[y * outWidth + x] = sum;
    }
  const result = new Float64Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++)
    for (let tap = 0; tap < windowSide; tap++) {
      const weight = window[tap] as number;
      const source = (y + tap) * outWidth;
      const target = y * outWidth;
      for (let x = 0; x < outWidth; x++)
        result[target + x] = (result[target + x] as number) + weight * (rows[source + x] as number);
    }
  return result;
}
