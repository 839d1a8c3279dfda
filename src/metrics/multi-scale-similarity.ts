import { assertComparable, planeOf, similarityOf, windowSide } from './structural-similarity.ts';
import type { ComparablePicture, Plane } from './structural-similarity.ts';

/** Exponents of the five scales, finest first (Wang, Simoncelli and Bovik 2003, table 1). */
const scaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/** The smallest side that leaves one whole window at the coarsest scale. */
export const msSsimLeastSide: number = (windowSide - 1) * 2 ** (scaleWeights.length - 1) + 1;

/**
 * Multi-scale SSIM (Wang, Simoncelli and Bovik 2003) over five scales, each half the one before by the mean of 2 x 2
 * samples; windows and constants as in {@link ssim}, for colour the mean over the channels. A negative mean of a scale
 * counts as 0, because its power would not be a real number.
 * @param peak largest value of the scale, such as 255
 * @throws INVALID_ARGUMENT when the pictures differ in form, or a side is below {@link msSsimLeastSide}
 */
export function msSsim(first: ComparablePicture, second: ComparablePicture, peak: number): number {
  assertComparable(first, second, msSsimLeastSide);
  let sum = 0;
  for (let channel = 0; channel < first.channels; channel++)
    sum += msSsimOfPlanes(planeOf(first, channel), planeOf(second, channel), peak);
  return sum / first.channels;
}

function msSsimOfPlanes(first: Plane, second: Plane, peak: number): number {
  let product = 1;
  let a = first;
  let b = second;
  scaleWeights.forEach((weight, scale) => {
    const isLast = scale === scaleWeights.length - 1;
    const { ssim, contrast } = similarityOf(a, b, peak);
    product *= Math.max(0, isLast ? ssim : contrast) ** weight;
    if (isLast) return;
    a = halved(a);
    b = halved(b);
  });
  return product;
}

/** Means of 2 x 2 samples; an odd last row or column stands for its missing neighbour. */
function halved({ width, height, data }: Plane): Plane {
  const outWidth = Math.ceil(width / 2);
  const outHeight = Math.ceil(height / 2);
  const result = new Float64Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < outWidth; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      const above = (data[upper + left] as number) + (data[upper + right] as number);
      const below = (data[lower + left] as number) + (data[lower + right] as number);
      result[y * outWidth + x] = (above + below) / 4;
    }
  }
  return { width: outWidth, height: outHeight, data: result };
}
