import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { blockSize, cosineBasis, linearWeights, strongestCoefficients } from './linear-transform.ts';

const basis = cosineBasis();
const rowOf = (index: number): Float32Array => basis.subarray(index * blockSize, (index + 1) * blockSize);
const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Coefficients of blocks that have a deviation of their own in each direction. */
function coefficientsOf(deviations: Float64Array, blocks: number): Float32Array {
  const random = createRandom(4, 0);
  return Float32Array.from(
    { length: blocks * blockSize },
    (_, i) => (deviations[i % blockSize] as number) * random.normal(),
  );
}

describe('the basis of cosines', () => {
  it('has 768 functions of length 1, each at a right angle to all others', () => {
    expect(basis.length).toBe(768 * 768);
    let worst = 0;
    for (let a = 0; a < blockSize; a += 7) {
      for (let b = 0; b < blockSize; b++) {
        worst = Math.max(worst, Math.abs(dot(rowOf(a), rowOf(b)) - (a === b ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-5);
  });

  it('starts with the mean of all three colours', () => {
    const value = 1 / Math.sqrt(blockSize);
    expect(Math.max(...rowOf(0).map((entry) => Math.abs(entry - value)))).toBeLessThan(1e-7);
  });
});

describe('the strongest coefficients', () => {
  it('come in falling order with their deviations', () => {
    const deviations = new Float64Array(blockSize).fill(0.01);
    deviations[500] = 3;
    deviations[20] = 2;
    deviations[100] = 1;
    const { basis: kept, deviations: found } = strongestCoefficients(coefficientsOf(deviations, 4000), 3);
    [500, 20, 100].forEach((index, channel) => {
      expect(kept.slice(channel * blockSize, (channel + 1) * blockSize)).toEqual(rowOf(index).slice());
      // 4,000 samples: a relative error of about 1 / sqrt(8000).
      expect(found[channel] as number).toBeCloseTo(deviations[index] as number, 0.7);
    });
  });

  it('of photos without any detail still make finite weights', () => {
    const transform = strongestCoefficients(new Float32Array(10 * blockSize), 5);
    const { analysis, synthesis } = linearWeights(transform);
    for (const values of [analysis.filter, analysis.bias, synthesis.filter, transform.deviations.map(Math.log)]) {
      expect(values.every((value) => Number.isFinite(value))).toBe(true);
    }
  });
});

describe('the linear autoencoder', () => {
  const deviations = Float64Array.from({ length: blockSize }, (_, i) => 2 / (1 + i));
  const transform = strongestCoefficients(coefficientsOf(deviations, 200), blockSize);
  const { analysis, synthesis } = linearWeights(transform);
  const random = createRandom(8, 0);
  const block = Float32Array.from({ length: blockSize }, () => random.uniform());

  /** The layers at one position: filters are [16, 16, 3, channels] for both. */
  const analyse = (x: Float32Array): Float64Array =>
    Float64Array.from({ length: blockSize }, (_, channel) => {
      let sum = analysis.bias[channel] as number;
      x.forEach((value, i) => (sum += value * (analysis.filter[i * blockSize + channel] as number)));
      return sum;
    });

  it('with all 768 channels gives a block back', () => {
    const latent = analyse(block);
    const restored = Float64Array.from(block, (_, i) => {
      let sum = synthesis.bias[i % 3] as number;
      latent.forEach((value, channel) => (sum += value * (synthesis.filter[i * blockSize + channel] as number)));
      return sum;
    });
    expect(Math.max(...restored.map((value, i) => Math.abs(value - (block[i] as number))))).toBeLessThan(1e-4);
  });

  it('takes middle grey to zero, and one basis function to one channel in deviations', () => {
    expect(Math.max(...analyse(new Float32Array(blockSize).fill(0.5)).map(Math.abs))).toBeLessThan(1e-3);
    const direction = transform.basis.subarray(2 * blockSize, 3 * blockSize);
    const deviation = transform.deviations[2] as number;
    const latent = analyse(Float32Array.from(direction, (value) => 0.5 + deviation * value));
    latent.forEach((value, channel) => {
      expect(Math.abs(value - (channel === 2 ? 1 : 0)), `channel ${channel}`).toBeLessThan(0.01);
    });
  });
});
