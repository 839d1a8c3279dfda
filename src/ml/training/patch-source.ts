import type { Pixels } from '../../shared/pixels.ts';

/** Where training patches come from. */
export interface PatchSource {
  /**
   * Patches [batch, patch, patch, 3] of RGB bytes. The same seed and index give the same bytes, whatever was asked
   * before, so that a run that resumes sees what an uninterrupted one would.
   */
  nextBatch(batchIndex: number, batch: number, patch: number): Promise<Uint8Array>;
  /**
   * The noise of the photo that each patch of such a batch comes from, estimated on the whole photo: standard
   * deviations [batch] on the 0..1 scale. Photos have it, pictures of one small size do not. Costs least when it is
   * asked before the batch itself.
   */
  noiseOf?(batchIndex: number, batch: number, patch: number): Promise<Float32Array>;
}

/** A photo that is never trained on. */
export interface ValidationPhoto {
  name: string;
  /** RGB, 8 bits, sides multiples of 16. */
  pixels: Pixels;
}
