/**
 * What clipping to 0..255 leaves of noise: a photo that stores values of 0 to 255 cuts the noise off there, so that
 * strong noise measures as less than it is.
 */

/** Beyond this, what is left of the noise hardly depends on how much there was. */
const mostSigma255 = 110;
const mostIterations = 30;
const precision = 1e-3;

/**
 * The deviation of noise before it was clipped.
 * @param measured deviation of the clipped noise, 0..255 scale
 * @param means255 how many of the places that it was measured in have each mean brightness, [256]
 */
export function unclippedSigma255(measured: number, means255: Uint32Array): number {
  if (measured === 0) return 0;
  const places = means255.reduce((sum, count) => sum + count, 0);
  let sigma = measured;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    let variance = 0;
    for (const [level, count] of means255.entries()) {
      if (count > 0) variance += (count / places) * clippedVariance(level, sigma);
    }
    const factor = measured / Math.sqrt(variance);
    sigma = Math.min(mostSigma255, sigma * factor);
    if (Math.abs(factor - 1) < precision) break;
  }
  return sigma;
}

/** Variance of a normal variable of this mean and deviation after it was clipped to 0..255. */
export function clippedVariance(mean: number, sigma: number): number {
  const low = -mean / sigma;
  const high = (255 - mean) / sigma;
  const [below, above] = [normalBelow(low), 1 - normalBelow(high)];
  const inside = 1 - below - above;
  const [lowDensity, highDensity] = [normalDensity(low), normalDensity(high)];
  const first = low * below + lowDensity - highDensity + high * above;
  const second = low * low * below + inside + low * lowDensity - high * highDensity + high * high * above;
  return sigma * sigma * (second - first * first);
}

function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Probability of a standard normal variable to be below x, to 1e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function normalBelow(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * Math.exp(-z * z);
  return (1 + Math.sign(x) * erf) / 2;
}
