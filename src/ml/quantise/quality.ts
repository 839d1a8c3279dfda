/**
 * One model for all qualities: each latent channel has a gain that is learned at a few anchors of quality, and
 * interpolated between them (gained variational autoencoder, Cui et al. 2021). A larger gain means finer steps.
 */

/** Weight of each anchor at a quality: linear interpolation, so at most two are above 0, and they sum to 1. */
export function anchorWeights(quality: number, anchors: number): Float32Array {
  const weights = new Float32Array(anchors);
  const position = (Math.min(100, Math.max(1, quality)) - 1) * ((anchors - 1) / 99);
  const below = Math.min(anchors - 2, Math.floor(position));
  weights[below] = 1 - (position - below);
  weights[below + 1] = position - below;
  return weights;
}

const lambdaAtWorst = 0.0008;
const lambdaAtBest = 0.12;

/**
 * What a squared error is worth in bits, at a quality of 1..100: the training minimises
 * bits per pixel + lambda x mean squared error on the 0..255 scale.
 */
export function lambdaOf(quality: number): number {
  return lambdaAtWorst * (lambdaAtBest / lambdaAtWorst) ** ((quality - 1) / 99);
}

/**
 * Step of a uniform quantiser that is best for a lambda at high rate, on the 0..255 scale: rounding costs step^2 / 12,
 * and a bit less quadruples it, so that step^2 = 6 / (ln 2 x lambda).
 */
export function stepOf(lambda: number): number {
  return Math.sqrt(6 / (Math.LN2 * lambda));
}

/**
 * Gain of each channel at a quality.
 * @param table logarithms of gains [anchors, channels]
 */
export function gainsAt(table: Float32Array, channels: number, quality: number): Float32Array {
  const weights = anchorWeights(quality, table.length / channels);
  return Float32Array.from({ length: channels }, (_, channel) => {
    let exponent = 0;
    weights.forEach((weight, anchor) => (exponent += weight * (table[anchor * channels + channel] as number)));
    return Math.exp(exponent);
  });
}
