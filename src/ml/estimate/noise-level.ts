import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { NoiseWord } from '../../shared/contract.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { peakOf } from '../../shared/pixels.ts';

/** Patches of colour photos are small but of all channels: colours vary together, so that noise stands out. */
const sides = { 1: 8, 3: 5 } as const;
/** Patches that are looked at: enough for a covariance of 75 numbers, few enough for 0.1 s. */
const mostPatches = 8000;
/** Patches for each number of one, without which a covariance says nothing. */
const fewestPatches = 4;
const middleGrey = 127.5;
/**
 * Noise is cut off at the ends of the range, so patches are taken from between them: their mean keeps this many
 * deviations of the noise away from 0 and 255, as far as that leaves a range to take them from.
 */
const deviationsFromEnds = 2.2;
const widestMargin = 108;

/**
 * Standard deviation of additive white noise, on the 0..255 scale, from the photo alone. Patches of clean photos fill
 * few directions, so the smallest eigenvalues of the patches' covariance are the noise's variance; how many of them
 * there are is decided by their mean being their median (Chen, Zhu, Heng 2015, "An efficient statistical method for
 * image noise level estimation").
 * @returns 0 for a picture that is too small to tell
 */
export function estimateSigma255(pixels: Pixels): number {
  const first = estimateWithin(pixels, 4);
  if (first === null) return 0;
  return estimateWithin(pixels, Math.min(widestMargin, deviationsFromEnds * first)) ?? first;
}

/** The estimate from patches whose mean is at least `margin` away from 0 and 255; null where they are too few. */
function estimateWithin(pixels: Pixels, margin: number): number | null {
  const side = sides[pixels.channels];
  if (pixels.width < side || pixels.height < side) return null;
  const covariance = patchCovariance(pixels, side, margin);
  if (covariance === null) return null;
  const eigenvalues = new EigenvalueDecomposition(new Matrix(covariance), { assumeSymmetric: true }).realEigenvalues;
  const rising = Float64Array.from(eigenvalues, (value) => Math.max(0, value)).sort();
  return Math.sqrt(noiseVariance(rising));
}

/** The mean of the smallest eigenvalues, as many as have their mean at their median. */
function noiseVariance(rising: Float64Array): number {
  let sum = rising.reduce((total, value) => total + value, 0);
  for (let count = rising.length; count > 1; count--) {
    const mean = sum / count;
    const middle = ((rising[(count - 1) >> 1] as number) + (rising[count >> 1] as number)) / 2;
    // What was subtracted can leave a sum just below 0 for a picture without any noise.
    if (mean <= middle) return Math.max(0, mean);
    sum -= rising[count - 1] as number;
  }
  return rising[0] ?? 0;
}

/** Covariance of patches on the 0..255 scale; null where there are too few. */
function patchCovariance(pixels: Pixels, side: number, margin: number): number[][] | null {
  const size = side * side * pixels.channels;
  const across = pixels.width - side + 1;
  const total = across * (pixels.height - side + 1);
  const step = Math.max(1, Math.floor(total / mostPatches));
  const mean = new Float64Array(size);
  const products = new Float64Array(size * size);
  const patch = new Float64Array(size);
  let count = 0;
  for (let position = 0; position < total; position += step) {
    const brightness = readPatch(pixels, side, position % across, Math.floor(position / across), patch);
    if (Math.abs(brightness) > middleGrey - margin) continue;
    count += 1;
    for (let i = 0; i < size; i++) {
      const value = patch[i] as number;
      mean[i] = (mean[i] as number) + value;
      for (let j = 0, k = i * size; j <= i; j++, k++)
        products[k] = (products[k] as number) + value * (patch[j] as number);
    }
  }
  if (count < fewestPatches * size) return null;
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => {
      const product = products[Math.max(i, j) * size + Math.min(i, j)] as number;
      return product / count - ((mean[i] as number) / count) * ((mean[j] as number) / count);
    }),
  );
}

/** Reads a patch on the 0..255 scale, with middle grey as 0, and gives its mean. */
function readPatch(pixels: Pixels, side: number, left: number, top: number, patch: Float64Array): number {
  const { data, width, channels } = pixels;
  const factor = 255 / peakOf(pixels);
  let sum = 0;
  for (let y = 0, i = 0; y < side; y++) {
    const source = ((top + y) * width + left) * channels;
    for (let x = 0; x < side * channels; x++, i++) {
      const value = (data[source + x] as number) * factor - middleGrey;
      patch[i] = value;
      sum += value;
    }
  }
  return sum / patch.length;
}

/** The estimate in a word. */
export function noiseWordOf(sigma255: number): NoiseWord {
  if (sigma255 < 3) return 'clean';
  if (sigma255 < 12) return 'low';
  return sigma255 < 28 ? 'medium' : 'high';
}
