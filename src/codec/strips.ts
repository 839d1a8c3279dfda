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
