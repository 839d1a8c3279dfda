import { toBitDepth } from './bit-depth.ts';
import { sharp } from './sharp-runtime.ts';
import type { Pixels } from '../shared/pixels.ts';

/**
 * The picture with exactly this size and number of channels, 8 bits: resized with Lanczos 3 so that it covers the size,
 * and cut to its middle where the proportions differ.
 */
export async function toExactSize(
  pixels: Pixels,
  { width, height, channels }: { width: number; height: number; channels: 1 | 3 },
): Promise<Pixels> {
  const raw = { width: pixels.width, height: pixels.height, channels: pixels.channels };
  const resized = await sharp(toBitDepth(pixels.data, 8), { raw, limitInputPixels: false })
    .resize({ width, height, fit: 'cover', kernel: 'lanczos3' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return { width, height, channels, data: new Uint8Array(resized.buffer, resized.byteOffset, resized.byteLength) };
}
