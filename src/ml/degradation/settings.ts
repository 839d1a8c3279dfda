import type { TrainingOptions } from '../../shared/train-options.ts';

export type DegradationName = NonNullable<TrainingOptions['degradations']>[number];

export interface DegradationSettings {
  /** Of several, each picture gets one. */
  names: readonly DegradationName[];
  sigmaMin255: number;
  sigmaMax255: number;
  /** Largest variance of shot noise at full brightness, and largest deviation of read noise, brightness being 0..1. */
  shotMax: number;
  readMax: number;
  saltAndPepperMax: number;
  jpegQualityMin: number;
}

/**
 * Whether a denoiser that learns from these is told no noise level. That of a camera's JPEG cannot be estimated by the
 * means that tell white noise, so such a model learns to see it, and to leave alone what has none.
 */
export function isBlindTo({ names }: DegradationSettings): boolean {
  return names.includes('camera');
}
