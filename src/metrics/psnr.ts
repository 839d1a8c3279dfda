import { invalidArgument } from '../shared/errors.ts';
import { peakOf } from '../shared/pixels.ts';
import type { Pixels } from '../shared/pixels.ts';

/** Samples of a picture in any order, on any scale, whole numbers or not. */
export type Samples = Uint8Array | Uint16Array | Float32Array | Float64Array;

/**
 * Mean squared error over all samples.
 * @throws INVALID_ARGUMENT when the two differ in length, or are empty
 */
export function meanSquaredError(first: Samples, second: Samples): number {
  if (first.length !== second.length || first.length === 0)
    throw invalidArgument('second', `${first.length} samples, at least 1`, second.length);
  let sum = 0;
  for (let index = 0; index < first.length; index++) {
    const difference = (first[index] as number) - (second[index] as number);
    sum += difference * difference;
  }
  return sum / first.length;
}

/**
 * Peak signal-to-noise ratio in dB, 10 log10(peak^2 / mse), the error taken over all samples of all channels together,
 * as the denoising and compression literature does for RGB. Infinite for equal samples.
 * @param peak largest value of the scale: 255 for 8 bits, 65535 for 16, 1 for 0..1
 * @throws INVALID_ARGUMENT when the two differ in length, or are empty
 */
export function psnr(first: Samples, second: Samples, peak: number): number {
  return psnrOfError(meanSquaredError(first, second), peak);
}

/** PSNR in dB for a mean squared error; infinite for none. */
function psnrOfError(mse: number, peak: number): number {
  return mse === 0 ? Infinity : 10 * Math.log10((peak * peak) / mse);
}

/**
 * PSNR in dB of two pictures of equal form, the peak taken from their bit depth.
 * @throws INVALID_ARGUMENT when size, channels or bit depth differ
 */
export function psnrOfPixels(first: Pixels, second: Pixels): number {
  const form = ({ width, height, channels, ...rest }: Pixels): string =>
    `${width} x ${height} x ${channels}, peak ${peakOf({ width, height, channels, ...rest })}`;
  if (form(first) !== form(second)) throw invalidArgument('second', `a picture of ${form(first)}`, form(second));
  return psnr(first.data, second.data, peakOf(first));
}
