import { readPhoto } from '../../image/read-photo.ts';
import { toRgbPhoto } from './rgb-photo.ts';
import type { RgbPhoto } from './rgb-photo.ts';

/**
 * Reads a photo file as upright 8-bit RGB.
 *
 * @throws {PellucidError} as `readPhoto`
 */
export async function decodeRgb(path: string): Promise<RgbPhoto> {
  const { pixels } = await readPhoto({ path });
  return toRgbPhoto(pixels);
}
