import type { Pixels } from '../../shared/pixels.ts';

/** A photo as training wants it: interleaved RGB, 8 bits a sample. */
export interface RgbPhoto {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * The picture as 8-bit RGB: grey is repeated on the three channels, 16-bit samples are scaled by 1/257 and rounded.
 * A picture that is 8-bit RGB already is returned without a copy.
 */
export function toRgbPhoto(pixels: Pixels): RgbPhoto {
  const { width, height, channels, data } = pixels;
  if (channels === 3 && data instanceof Uint8Array) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  const divisor = data instanceof Uint16Array ? 257 : 1;
  const step = channels === 3 ? 1 : 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = Math.round((data[pixel * channels + channel * step] ?? 0) / divisor);
    }
  }
  return { width, height, data: rgb };
}

/** A rectangle that keeps the middle of the picture: at most `sidePx` a side, each side a multiple of `multiple`. */
export function centreCrop(photo: RgbPhoto, sidePx: number, multiple: number): RgbPhoto {
  const width = fit(photo.width, sidePx, multiple);
  const height = fit(photo.height, sidePx, multiple);
  const left = (photo.width - width) >> 1;
  const top = (photo.height - height) >> 1;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * photo.width + left) * 3;
    data.set(photo.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

function fit(side: number, limit: number, multiple: number): number {
  return Math.floor(Math.min(side, limit) / multiple) * multiple;
}
