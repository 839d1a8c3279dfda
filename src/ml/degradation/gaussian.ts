import { createRandom } from '../../shared/random.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { peakOf } from '../../shared/pixels.ts';

/** Separates this stream of random numbers from the others of the same seed. */
const noiseStream = 0x6e6f6973;

/**
 * Additive white Gaussian noise as the literature measures with: independent for each sample, not rounded, not clipped.
 * @param sigma255 standard deviation on the 0..255 scale
 * @returns the samples in the order of `pixels`, on the 0..255 scale
 */
export function addGaussianNoise(pixels: Pixels, sigma255: number, seed: number): Float32Array {
  const random = createRandom(seed, noiseStream);
  const factor = 255 / peakOf(pixels);
  return Float32Array.from(pixels.data, (value) => value * factor + sigma255 * random.normal());
}

/** Samples on the 0..255 scale as a picture of the size and depth of another one: rounded and clipped. */
export function toPixels(values: Float32Array, like: Pixels): Pixels {
  const peak = peakOf(like);
  const factor = peak / 255;
  const data = peak === 255 ? new Uint8Array(values.length) : new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    data[i] = Math.min(peak, Math.max(0, Math.round((values[i] as number) * factor)));
  }
  return { ...like, data };
}
