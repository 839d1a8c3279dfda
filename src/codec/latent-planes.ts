/**
 * The channels of one band that were coded, padded with zeros: values, magnitudes of what their prediction left, and
 * those magnitudes summed around each position. What lies around the rings means nothing.
 */
export interface LatentPlanes {
  /** Positions from one row to the next, and from one channel to the next. */
  stride: number;
  planeSize: number;
  /** Index of the first position within a plane. */
  origin: number;
  height: number;
  width: number;
  values: Int16Array;
  magnitudes: Int16Array;
  rings: Int16Array;
}

/** Columns and rows of zeros around a plane. */
export const planeMargin = 2;

/** Mean magnitude of a channel. */
export function meanMagnitude({ magnitudes, planeSize, width, height }: LatentPlanes, channel: number): number {
  let total = 0;
  for (let index = 0; index < planeSize; index++) total += magnitudes[channel * planeSize + index] as number;
  return total / (width * height);
}
