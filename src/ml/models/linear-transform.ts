import { latentStride } from './codec.ts';

/**
 * The linear autoencoder that the codec starts from: cosines of 16 x 16 pixels in three colour directions, of which
 * the strongest are kept. For photos this is within a fraction of a decibel of their principal components, and needs
 * no training (Ahmed, Natarajan, Rao 1974).
 */

const side = latentStride;
const colours = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)],
  [1 / Math.sqrt(6), -2 / Math.sqrt(6), 1 / Math.sqrt(6)],
] as const;

/** Numbers in one block: 16 x 16 x 3. */
export const blockSize = side * side * 3;

/** All 768 orthonormal basis functions, one after the other, each [16, 16, 3]. */
export function cosineBasis(): Float32Array {
  const basis = new Float32Array(blockSize * blockSize);
  let position = 0;
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      for (const colour of colours) {
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            for (const part of colour) basis[position++] = cosine(v, y) * cosine(u, x) * part;
          }
        }
      }
    }
  }
  return basis;
}

function cosine(frequency: number, index: number): number {
  const scale = frequency === 0 ? Math.sqrt(1 / side) : Math.sqrt(2 / side);
  return scale * Math.cos((Math.PI * (2 * index + 1) * frequency) / (2 * side));
}

export interface LinearTransform {
  /** Basis functions in the order of their strength, [channels][16, 16, 3]. */
  basis: Float32Array;
  /** Standard deviation of each coefficient over photos, for values 0..1. */
  deviations: Float32Array;
}

/**
 * Deviations are at least this: the rounding of 8-bit photos alone makes more, 1 / (255 sqrt 12), but drawings and grey
 * pictures have coefficients that are always 0, by which nothing can be divided.
 */
const smallestDeviation = 0.001;

/**
 * The strongest coefficients of photos, in falling order.
 * @param coefficients [blocks, 768], of photos with values -0.5..0.5
 */
export function strongestCoefficients(coefficients: Float32Array, channels: number): LinearTransform {
  const energy = new Float64Array(blockSize);
  for (let i = 0; i < coefficients.length; i++) {
    energy[i % blockSize] = (energy[i % blockSize] as number) + (coefficients[i] as number) ** 2;
  }
  const blocks = coefficients.length / blockSize;
  const order = Array.from(energy.keys())
    .sort((a, b) => (energy[b] as number) - (energy[a] as number))
    .slice(0, channels);
  const all = cosineBasis();
  const basis = new Float32Array(channels * blockSize);
  order.forEach((index, channel) => {
    basis.set(all.subarray(index * blockSize, (index + 1) * blockSize), channel * blockSize);
  });
  const deviationOf = (index: number): number => Math.sqrt((energy[index] as number) / blocks);
  return { basis, deviations: Float32Array.from(order, (index) => Math.max(smallestDeviation, deviationOf(index))) };
}

/**
 * Weights of the analysis' and the synthesis' linear layers, scaled so that every latent channel has deviation 1.
 * Filters are [16, 16, 3, channels]: in-channels before out-channels for the convolution, the reverse for its transpose.
 */
export function linearWeights({ basis, deviations }: LinearTransform): {
  analysis: { filter: Float32Array; bias: Float32Array };
  synthesis: { filter: Float32Array; bias: Float32Array };
} {
  const channels = deviations.length;
  const analysis = new Float32Array(basis.length);
  const synthesis = new Float32Array(basis.length);
  const bias = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const deviation = deviations[channel] as number;
    for (let i = 0; i < blockSize; i++) {
      const value = basis[channel * blockSize + i] as number;
      analysis[i * channels + channel] = value / deviation;
      synthesis[i * channels + channel] = value * deviation;
      bias[channel] = (bias[channel] as number) - (0.5 * value) / deviation;
    }
  }
  return {
    analysis: { filter: analysis, bias },
    synthesis: { filter: synthesis, bias: Float32Array.of(0.5, 0.5, 0.5) },
  };
}
