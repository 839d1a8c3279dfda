import type { LatentShape } from './latent-coder.ts';

/** Whole rows of a latent that are coded by themselves, with a model that starts anew. */
export interface Strip {
  /** First row. */
  top: number;
  rows: number;
}

/** About a megapixel at 1/16 of its resolution: large enough that learning anew costs about half a percent. */
const stripPositions = 4096;
/** With more positions there are two strips at least, so that two cores have something to do. */
const alonePositions = 2048;

/** The strips that a latent is coded in, of nearly equal heights. */
export function stripsOf({ height, width }: Pick<LatentShape, 'height' | 'width'>): Strip[] {
  const positions = height * width;
  const wanted = positions > alonePositions ? Math.max(2, Math.ceil(positions / stripPositions)) : 1;
  const count = Math.min(height, wanted);
  const topOf = (index: number): number => Math.floor((index * height) / count);
  return Array.from({ length: count }, (_, index) => ({
    top: topOf(index),
    rows: topOf(index + 1) - topOf(index),
  }));
}

/** A copy of the integers of one strip, in channel, row, column order. */
export function takeStrip(values: Int16Array, shape: LatentShape, strip: Strip): Int16Array<ArrayBuffer> {
  const { channels, height, width } = shape;
  const size = strip.rows * width;
  const taken = new Int16Array(channels * size);
  for (let channel = 0; channel < channels; channel++) {
    const start = (channel * height + strip.top) * width;
    taken.set(values.subarray(start, start + size), channel * size);
  }
  return taken;
}

/** Puts the integers of one strip into those of the whole latent: the opposite of {@link takeStrip}. */
export function putStrip(values: Int16Array, shape: LatentShape, strip: Strip, taken: Int16Array): void {
  const { channels, height, width } = shape;
  const size = strip.rows * width;
  for (let channel = 0; channel < channels; channel++)
    values.set(taken.subarray(channel * size, (channel + 1) * size), (channel * height + strip.top) * width);
}
