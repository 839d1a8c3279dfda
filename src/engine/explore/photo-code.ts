import { readPel } from '../../codec/container.ts';
import { toExactSize } from '../../image/exact-size.ts';
import { readPreview } from '../../image/preview.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import type { LatentIntegers, PhotoCodec } from '../../ml/interfaces.ts';

/** Side that every photo is brought to, in pixels: small enough to be quick, large enough for 16 x 16 positions. */
const sidePx = 256;
/** The latent's channels are sorted by strength; those after these are zero nearly everywhere. */
const channelsKept = 8;
/** Positions along each side after pooling. */
const cells = 8;
const quality = 50;

/** Numbers in a code. */
export const codeLength = channelsKept * cells * cells;

/**
 * What a photo shows, as one vector: the codec's quantised latent of the photo at 256 x 256, pooled to 8 x 8 positions.
 * The codec denoises first, so noise hardly changes it.
 * @param bytes a whole picture file
 * @returns {@link codeLength} numbers with a Euclidean norm of 1, or all 0 for a picture of one colour
 * @throws {PellucidError} as `readPreview`
 */
export async function photoCode(
  codec: PhotoCodec,
  bytes: Uint8Array,
  name: string,
  signal: AbortSignal,
): Promise<Float32Array> {
  const preview = await readPreview({ bytes, name }, { maxSide: 2 * sidePx, signal });
  const pixels = await toExactSize(preview, { width: sidePx, height: sidePx, channels: 3 });
  const pel = await codec.compress(pixels, { quality, sigma255: estimateSigma255(pixels), blocks: [], signal });
  return pooledLatent(codec.latentOf(readPel(pel)));
}

/** The mean of each channel over 8 x 8 fields, less the channel's mean over the photo, so that brightness drops out. */
function pooledLatent({ values, channels, height, width }: LatentIntegers): Float32Array {
  const code = new Float32Array(codeLength);
  for (let channel = 0; channel < Math.min(channels, channelsKept); channel++) {
    const field = code.subarray(channel * cells * cells, (channel + 1) * cells * cells);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const cell = Math.floor((row * cells) / height) * cells + Math.floor((column * cells) / width);
        field[cell] = (field[cell] ?? 0) + (values[(channel * height + row) * width + column] ?? 0);
      }
    }
    const mean = field.reduce((sum, value) => sum + value, 0) / field.length;
    field.forEach((value, cell) => (field[cell] = value - mean));
  }
  const norm = Math.sqrt(code.reduce((sum, value) => sum + value * value, 0));
  return norm === 0 ? code : code.map((value) => value / norm);
}
