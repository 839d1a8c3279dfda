import { createRandom } from '../shared/random.ts';
import type { Pixels, Region } from '../shared/pixels.ts';

interface PictureOptions {
  width: number;
  height: number;
  channels?: 1 | 3;
  depth?: 8 | 16;
}

function pixelsOf({ width, height, channels = 3, depth = 8 }: PictureOptions, value: (i: number) => number): Pixels {
  const length = width * height * channels;
  const peak = depth === 8 ? 255 : 65535;
  const data = depth === 8 ? new Uint8Array(length) : new Uint16Array(length);
  for (let i = 0; i < length; i++) data[i] = Math.min(peak, Math.max(0, Math.round(value(i) * peak)));
  return { width, height, channels, data };
}

/**
 * A smooth picture: a gradient and two slow sines, another mixture in each channel, with Gaussian noise on top.
 * @param sigma255 of the noise
 */
export function smoothPicture(options: PictureOptions, sigma255 = 0, seed = 0): Pixels {
  const { width, height, channels = 3 } = options;
  const random = createRandom(seed, 1);
  return pixelsOf(options, (i) => {
    const channel = i % channels;
    const x = (Math.floor(i / channels) % width) / Math.max(width, height);
    const y = Math.floor(i / channels / width) / Math.max(width, height);
    const waves = 0.12 * Math.sin(5 * x + 2 * y + channel) + 0.1 * Math.cos(7 * y - 3 * x * (1 + channel / 4));
    return 0.42 + 0.12 * x + waves + (sigma255 / 255) * random.normal();
  });
}

/** A picture without any order: each sample is drawn uniformly. */
export function scatteredPicture(options: PictureOptions, seed = 0): Pixels {
  const random = createRandom(seed, 2);
  return pixelsOf(options, () => random.uniform());
}

/** A part of a picture. */
export function crop({ width, channels, data }: Pixels, region: Region): Pixels {
  const rows = Array.from({ length: region.height }, (_, y) => {
    const start = ((region.top + y) * width + region.left) * channels;
    return data.subarray(start, start + region.width * channels);
  });
  const values = rows.flatMap((row) => Array.from(row));
  const copy = data instanceof Uint8Array ? Uint8Array.from(values) : Uint16Array.from(values);
  return { width: region.width, height: region.height, channels, data: copy };
}

/** Largest difference of two pictures' samples, in their own unit. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}
