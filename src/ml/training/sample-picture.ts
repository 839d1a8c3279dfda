import type { Pixels } from '../../shared/pixels.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';

/** Largest side of each picture; of larger ones the middle is taken. */
const mostPx = 160;
const gapPx = 4;
const gapValue = 128;

/**
 * Pictures of one size side by side, each cut to its middle, with grey between them.
 * @param pictures at least one, 8 bits
 */
export function sideBySide(pictures: readonly Pixels[]): Pixels {
  const { width = 0, height = 0, channels = 1 } = pictures[0] ?? {};
  const side = { width: Math.min(width, mostPx), height: Math.min(height, mostPx) };
  const left = (width - side.width) >> 1;
  const top = (height - side.height) >> 1;
  const whole = pictures.length * (side.width + gapPx) - gapPx;
  const data = new Uint8Array(whole * side.height * channels).fill(gapValue);
  for (const [index, picture] of pictures.entries()) {
    for (let y = 0; y < side.height; y++) {
      const from = ((top + y) * width + left) * channels;
      const row = picture.data.subarray(from, from + side.width * channels);
      data.set(row, (y * whole + index * (side.width + gapPx)) * channels);
    }
  }
  return { width: whole, height: side.height, channels, data };
}

/** Pictures of one width and number of channels below one another. */
export function below(pictures: readonly Pixels[]): Pixels {
  const { width = 0, channels = 1 } = pictures[0] ?? {};
  const height = pictures.reduce((sum, picture) => sum + picture.height, 0);
  const data = new Uint8Array(width * height * channels);
  let position = 0;
  for (const picture of pictures) {
    data.set(picture.data, position);
    position += picture.data.length;
  }
  return { width, height, channels, data };
}

/** A picture of 8 bits as PNG. */
export async function pngOf({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  const tf = tensorFlow();
  const pixels = tf.tensor3d(Int32Array.from(data), [height, width, channels], 'int32');
  try {
    return await tf.node.encodePng(pixels);
  } finally {
    pixels.dispose();
  }
}
