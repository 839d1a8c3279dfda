import { estimateNoise } from '../../ml/estimate/noise-map.ts';
import type { NoiseEstimate } from '../../ml/estimate/noise-map.ts';
import type { NoiseOptions } from '../../ml/interfaces.ts';
import { limits } from '../../shared/limits.ts';
import type { RestoreSettings } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';

/** The noise to work with: what was set, or what was estimated, within what models know. */
export interface KnownNoise extends NoiseOptions {
  isEstimated: boolean;
}

/** The noise to work with for a photo that is looked at only where its noise is to be estimated. */
export function noiseLevelOf(pixels: Pixels, sigma: RestoreSettings['sigma']): KnownNoise {
  return sigma === 'auto' ? knownNoise(estimateNoise(pixels)) : { sigma255: sigma, isEstimated: false };
}

/** An estimate as the noise to work with. */
export function knownNoise({ sigma255, map }: NoiseEstimate): KnownNoise {
  const within = (level: number): number => Math.min(limits.maxSigma255, level);
  const known = { sigma255: within(sigma255), isEstimated: true };
  return map === null ? known : { ...known, noiseMap: { ...map, sigma255: map.sigma255.map(within) } };
}
