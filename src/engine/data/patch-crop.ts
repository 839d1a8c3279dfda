import type { RgbPhoto } from './rgb-photo.ts';
import type { TurningOptions } from './training-data.ts';

/** A square of a photo and how it is turned. */
export interface PatchCrop {
  left: number;
  top: number;
  /** Side of the square in pixels. */
  size: number;
  /**
   * One of the eight symmetries of a square: bit 0 mirrors left and right, bit 1 top and bottom, bit 2 then swaps rows
   * and columns. Together they are all rotations by 90 degrees and all mirror images.
   */
  symmetry: number;
}

/**
 * The symmetries that mirror left and right (`flips`) and turn by multiples of 90 degrees (`rotations`); with both, all
 * eight.
 */
export function symmetriesOf({ flips = true, rotations = true }: TurningOptions): readonly number[] {
  if (flips && rotations) return [0, 1, 2, 3, 4, 5, 6, 7];
  if (rotations) return [0, 3, 5, 6];
  return flips ? [0, 1] : [0];
}

/** Copies a crop, turned, to `target` from `offset` on: `size * size * channels` values, row by row. */
export function copyCrop(
  photo: RgbPhoto,
  crop: PatchCrop,
  target: Uint8Array,
  offset: number,
  channels: 1 | 3 = 3,
): void {
  const { left, top, size, symmetry } = crop;
  const last = size - 1;
  const mirrorsX = (symmetry & 1) !== 0;
  const mirrorsY = (symmetry & 2) !== 0;
  const transposes = (symmetry & 4) !== 0;
  const { data, width } = photo;
  let to = offset;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const column = transposes ? y : x;
      const row = transposes ? x : y;
      const sourceX = left + (mirrorsX ? last - column : column);
      const sourceY = top + (mirrorsY ? last - row : row);
      const from = (sourceY * width + sourceX) * channels;
      target[to++] = data[from] ?? 0;
      if (channels === 1) continue;
      target[to++] = data[from + 1] ?? 0;
      target[to++] = data[from + 2] ?? 0;
    }
  }
}
