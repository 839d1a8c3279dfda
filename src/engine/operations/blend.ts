import type { Pixels } from '../../shared/pixels.ts';

/**
 * Goes `strength` percent of the way from the noisy picture to the restored one, sample by sample, rounded. The
 * restored picture is changed in place: a copy of a large photo takes hundreds of megabytes.
 *
 * @param strength 0..100
 */
export function blend(noisy: Pixels, restored: Pixels, strength: number): Pixels {
  if (strength === 100) return restored;
  const share = strength / 100;
  const { data } = restored;
  for (let index = 0; index < data.length; index++) {
    const from = noisy.data[index] ?? 0;
    data[index] = Math.round(from + share * ((data[index] ?? 0) - from));
  }
  return restored;
}
