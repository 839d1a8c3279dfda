import type { Pixels } from '../../../shared/pixels.ts';
import { createRandom } from '../../../shared/random.ts';

const stream = 0x6e656967;

/** Places in a cell of 2 x 2 pixels, row by row, that touch, in both orders. */
const neighbourPairs = [
  [0, 1],
  [1, 0],
  [2, 3],
  [3, 2],
  [0, 2],
  [2, 0],
  [1, 3],
  [3, 1],
] as const;

/**
 * Two pictures of half the size from one of even size, by the sub-sampler of Neighbor2Neighbor (Huang et
 * al. 2021, section 4.1) with fixed numbers: in each cell of 2 x 2 pixels two that touch, one for each.
 * @returns samples in the order and on the scale of `pixels`
 */
export function fixedNeighbours(
  { width, height, channels, data }: Pixels,
  seed: number,
): { first: Float32Array; second: Float32Array; width: number; height: number } {
  const random = createRandom(seed, stream);
  const half = { width: width >> 1, height: height >> 1 };
  const sides = [0, 1].map(() => new Float32Array(half.width * half.height * channels)) as [Float32Array, Float32Array];
  for (let cell = 0; cell < half.width * half.height; cell++) {
    const left = 2 * (cell % half.width);
    const top = 2 * Math.floor(cell / half.width);
    const pair = neighbourPairs[random.integer(neighbourPairs.length)] ?? neighbourPairs[0];
    pair.forEach((place, side) => {
      const from = ((top + (place >> 1)) * width + left + (place & 1)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        (sides[side] as Float32Array)[cell * channels + channel] = data[from + channel] as number;
      }
    });
  }
  return { first: sides[0], second: sides[1], ...half };
}
