/**
 * A decoded picture without alpha: interleaved rows, top to bottom, in the picture's own colour space.
 * `data` has `width * height * channels` values, 0..255 in a Uint8Array or 0..65535 in a Uint16Array.
 */
export interface Pixels {
  width: number;
  height: number;
  /** 1 is grey, 3 is RGB. */
  channels: 1 | 3;
  data: Uint8Array | Uint16Array;
}

/** A rectangle in pixels of the full picture. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** 8 or 16, by the array that holds the values. */
export function bitDepthOf(pixels: Pixels): 8 | 16 {
  return pixels.data instanceof Uint16Array ? 16 : 8;
}

/** The largest value a sample can have: 255 or 65535. */
export function peakOf(pixels: Pixels): 255 | 65535 {
  return pixels.data instanceof Uint16Array ? 65535 : 255;
}
