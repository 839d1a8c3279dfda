import type { Pixels } from '../../shared/pixels.ts';

/**
 * Goes `strength` percent of the way from the noisy picture to the restored one, sample by sample, rounded.
 * At 100 the restored picture itself is returned.
 *
 * @param strength 0..100
 */
export function blend(noisy: Pixels, restored: Pixels, strength: number): Pixels {
  if (strength === 100) return restored;
  const share = strength / 100;
  const data = restored.data.slice();
  for (let index = 0; index < data.length; index++) {
    const from = noisy.data[index] ?? 0;
    data[index] = Math.round(from + share * ((restored.data[index] ?? 0) - from));
  }
  return { ...restored, data };
}
