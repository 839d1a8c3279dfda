import type { RgbPhoto } from './rgb-photo.ts';

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

/** Copies a crop, turned, to `target` from `offset` on: `size * size * 3` values, row by row. */
export function copyCrop(photo: RgbPhoto, crop: PatchCrop, target: Uint8Array, offset: number): void {
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
      const from = (sourceY * width + sourceX) * 3;
      target[to++] = data[from] ?? 0;
      target[to++] = data[from + 1] ?? 0;
      target[to++] = data[from + 2] ?? 0;
    }
  }
}
