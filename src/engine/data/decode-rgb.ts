import { previewOf } from '../../image/preview.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { toRgbPhoto } from './rgb-photo.ts';
import type { RgbPhoto } from './rgb-photo.ts';

/** The size that a picture has when its long side is brought down to at most `longSide`; its own without. */
export function sizeWithin(
  { width, height }: { width: number; height: number },
  longSide: number | undefined,
): { width: number; height: number } {
  const scale = Math.min(1, (longSide ?? Infinity) / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Reads a photo file as upright 8-bit RGB.
 *
 * @param longSide larger photos are made smaller, with Lanczos 3, so that their long side has this many pixels
 * @throws {PellucidError} as `readPhoto`
 */
export async function decodeRgb(path: string, longSide?: number): Promise<RgbPhoto> {
  const { pixels } = await readPhoto({ path });
  if (longSide === undefined || Math.max(pixels.width, pixels.height) <= longSide) return toRgbPhoto(pixels);
  const { width, height } = sizeWithin(pixels, longSide);
  return toRgbPhoto(await previewOf(pixels, { maxWidth: width, maxHeight: height }));
}
