import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import { limits } from '../../shared/limits.ts';
import type { RestoreSettings } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';

/** The noise level to work with on the 0..255 scale: the one that was set, or the estimate, within what models know. */
export function noiseLevelOf(
  pixels: Pixels,
  sigma: RestoreSettings['sigma'],
): { sigma255: number; isEstimated: boolean } {
  const isEstimated = sigma === 'auto';
  return { sigma255: isEstimated ? Math.min(limits.maxSigma255, estimateSigma255(pixels)) : sigma, isEstimated };
}
