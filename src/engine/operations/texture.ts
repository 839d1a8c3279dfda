import { peakOf } from '../../shared/pixels.ts';
import type { Pixels } from '../../shared/pixels.ts';

/** Binomial weights of sigma 2: what varies more slowly than this is no texture. */
const smoothing = [1, 8, 28, 56, 70, 56, 28, 8, 1].map((weight) => weight / 256);

/** How far around a pixel its texture depends on the picture. */
export const textureReachPx = (smoothing.length - 1) / 2;

/** Of Rec. 709. */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/**
 * Gives back a part of the fine detail in brightness that denoising took out: the difference of both pictures in luma,
 * less its smoothed self, added to all channels alike, so that neither the colour of noise nor its blotches return.
 *
 * @param percent 0..100
 */
export function withTexture(noisy: Pixels, denoised: Pixels, percent: number): Pixels {
  const { width, height, channels } = noisy;
  const peak = peakOf(noisy);
  const data = denoised.data.slice();
  const rows = new LostRows(noisy, denoised);
  for (let y = 0; y < height; y++) {
    const lost = rows.at(y).plain;
    const slow = new Float32Array(width);
    for (const [place, weight] of smoothing.entries()) {
      const { smooth } = rows.at(held(y + place - textureReachPx, height));
      for (let x = 0; x < width; x++) slow[x] = (slow[x] as number) + weight * (smooth[x] as number);
    }
    for (let x = 0; x < width; x++) {
      const detail = (percent / 100) * ((lost[x] as number) - (slow[x] as number));
      for (let i = (y * width + x) * channels, end = i + channels; i < end; i++) {
        data[i] = Math.min(peak, Math.max(0, Math.round((denoised.data[i] as number) + detail)));
      }
    }
  }
  return { ...denoised, data };
}

/** Luma that was taken out of one row, and the same smoothed along it. */
interface LostRow {
  y: number;
  plain: Float32Array;
  smooth: Float32Array;
}

/** The few rows that are at work, so that a large picture needs no second copy of itself. */
class LostRows {
  readonly #noisy: Pixels;
  readonly #denoised: Pixels;
  readonly #rows: LostRow[] = [];

  constructor(noisy: Pixels, denoised: Pixels) {
    this.#noisy = noisy;
    this.#denoised = denoised;
  }

  at(y: number): LostRow {
    const place = y % smoothing.length;
    const known = this.#rows[place];
    if (known?.y === y) return known;
    const plain = this.#lost(y);
    const row = { y, plain, smooth: smoothed(plain) };
    this.#rows[place] = row;
    return row;
  }

  #lost(y: number): Float32Array {
    const { width, channels } = this.#noisy;
    const row = new Float32Array(width);
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const difference = (this.#noisy.data[i + channel] as number) - (this.#denoised.data[i + channel] as number);
        row[x] = (row[x] as number) + difference * (channels === 1 ? 1 : (lumaWeights[channel] as number));
      }
    }
    return row;
  }
}

function smoothed(row: Float32Array): Float32Array {
  return row.map((_, x) => {
    let sum = 0;
    for (const [place, weight] of smoothing.entries()) {
      sum += weight * (row[held(x + place - textureReachPx, row.length)] as number);
    }
    return sum;
  });
}

/** An index held to 0..length-1. */
function held(index: number, length: number): number {
  return Math.min(length - 1, Math.max(0, index));
}
