import type { Pixels } from '../shared/pixels.ts';

type Samples = Uint8Array | Uint16Array;

/**
 * Takes a decoder's interleaved samples apart.
 *
 * @param samples `count * channels` values
 * @param channels as decoded: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
 * @param isGrey true where a picture of 4 channels repeats one grey value three times
 */
export function splitAlpha(
  samples: Samples,
  channels: number,
  isGrey: boolean,
): { colour: Samples; alpha: Samples | undefined; colourChannels: 1 | 3 } {
  if (channels === 1 || channels === 3) {
    return { colour: samples, alpha: undefined, colourChannels: channels };
  }
  const colourChannels = isGrey ? 1 : 3;
  const count = samples.length / channels;
  const colour = allocateLike(samples, count * colourChannels);
  const alpha = allocateLike(samples, count);
  for (let from = 0, to = 0, index = 0; index < count; index++, from += channels) {
    for (let channel = 0; channel < colourChannels; channel++) colour[to++] = samples[from + channel] ?? 0;
    alpha[index] = samples[from + channels - 1] ?? 0;
  }
  return { colour, alpha, colourChannels };
}

/** The reverse of {@link splitAlpha}: colour and alpha as an encoder takes them. */
export function joinAlpha(pixels: Pixels, alpha: Samples | undefined): { samples: Samples; channels: 1 | 2 | 3 | 4 } {
  const { data, channels: colourChannels } = pixels;
  if (alpha === undefined) return { samples: data, channels: colourChannels };
  const channels = colourChannels === 1 ? 2 : 4;
  const samples = allocateLike(data, alpha.length * channels);
  for (let from = 0, to = 0, index = 0; index < alpha.length; index++) {
    for (let channel = 0; channel < colourChannels; channel++) samples[to++] = data[from++] ?? 0;
    samples[to++] = alpha[index] ?? 0;
  }
  return { samples, channels };
}

function allocateLike(samples: Samples, length: number): Samples {
  return samples instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
