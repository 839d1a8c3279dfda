import type { Pixels } from '../../shared/pixels.ts';

/** Where training patches come from. */
export interface PatchSource {
  /**
   * Patches [batch, patch, patch, 3] of RGB bytes. The same seed and index give the same bytes, whatever was asked
   * before, so that a run that resumes sees what an uninterrupted one would.
   */
  nextBatch(batchIndex: number, batch: number, patch: number): Promise<Uint8Array>;
}

/** A photo that is never trained on. */
export interface ValidationPhoto {
  name: string;
  /** RGB, 8 bits, sides multiples of 16. */
  pixels: Pixels;
}
