import type { LatentIntegers } from '../../ml/interfaces.ts';
import type { Pixels } from '../../shared/pixels.ts';

/** The share of positions that may be brighter than white. */
const whitePercentile = 0.995;

/**
 * Where the integers of a latent spend themselves: a grey picture with one pixel a position, bright where the channels
 * hold much. The energy over the channels, sqrt(sum of squares), is compressed by a logarithm, as a few edges hold
 * many times what smooth parts do, and scaled so that the brightest half percent is white.
 */
export function latentPicture({ values, channels, height, width }: LatentIntegers): Pixels {
  const positions = width * height;
  const energy = new Float32Array(positions);
  for (let channel = 0; channel < channels; channel++) {
    const from = channel * positions;
    for (let position = 0; position < positions; position++) {
      const value = values[from + position] ?? 0;
      energy[position] = (energy[position] ?? 0) + value * value;
    }
  }
  for (let position = 0; position < positions; position++) {
    energy[position] = Math.log1p(Math.sqrt(energy[position] ?? 0));
  }
  const sorted = energy.toSorted();
  const white = sorted[Math.min(positions - 1, Math.floor(positions * whitePercentile))] ?? 0;
  const data = new Uint8Array(positions);
  const scale = white > 0 ? 255 / white : 0;
  for (let position = 0; position < positions; position++) {
    data[position] = Math.min(255, Math.round((energy[position] ?? 0) * scale));
  }
  return { width, height, channels: 1, data };
}
