import { setImmediate } from 'node:timers/promises';
import { createRandom } from '../../shared/random.ts';

/** A mixture of Gaussian distributions of vectors. */
export interface Mixture {
  length: number;
  /** Part of each component; they sum to 1. */
  weights: Float32Array;
  /** [components, length] */
  means: Float32Array;
  /** Lower Cholesky factors of the covariances, [components, length, length]. */
  factors: Float32Array;
}

const mostComponents = 20;
/** Vectors for each component and dimension, so that covariances are not learnt by heart. */
const vectorsPerDimension = 4;
const mostRounds = 30;
/** Gain of the mean logarithm of the density that is not worth another round, in nats. */
const leastGain = 1e-3;
/** Added to each variance, as a part of the variance of all vectors. */
const leastVariance = 1e-3;

/**
 * Fits a mixture by expectation and maximisation (Dempster, Laird and Rubin 1977). The codes of pictures do not fill the
 * latent space of a variational autoencoder as its prior does; drawn from a mixture that was fitted to them afterwards,
 * samples look more like the pictures (Ghosh et al. 2020, "From variational to deterministic autoencoders").
 * @param rows [count, length], count > 1
 */
export async function fitMixture(rows: Float32Array, length: number, seed: number): Promise<Mixture> {
  const count = rows.length / length;
  const components = Math.max(1, Math.min(mostComponents, Math.floor(count / (vectorsPerDimension * length))));
  const whole = momentsOf(rows, length, new Float64Array(count).fill(1));
  const ridge = (leastVariance * traceOf(whole.covariance, length)) / length + 1e-9;
  const { integer } = createRandom(seed, 0);
  let parts = Array.from({ length: components }, () => {
    const row = integer(count) * length;
    const mean = Float64Array.from(rows.subarray(row, row + length));
    return { weight: 1 / components, mean, factor: choleskyOf(whole.covariance, length, ridge) };
  });
  let before = -Infinity;
  for (let round = 0; round < mostRounds; round++) {
    await setImmediate();
    const { memberships, meanLog } = membershipsOf(rows, length, parts);
    parts = memberships.map((own) => {
      const { weight, mean, covariance } = momentsOf(rows, length, own);
      return { weight: weight / count, mean, factor: choleskyOf(covariance, length, ridge) };
    });
    if (meanLog - before < leastGain) break;
    before = meanLog;
  }
  return {
    length,
    weights: Float32Array.from(parts, ({ weight }) => weight),
    means: Float32Array.from(parts.flatMap(({ mean }) => [...mean])),
    factors: Float32Array.from(parts.flatMap(({ factor }) => [...factor])),
  };
}

/**
 * Draws vectors.
 * @param spread factor on the deviations from the components' means; below 1 vectors are more typical and less varied
 * @returns [count, length]
 */
export function drawFrom(mixture: Mixture, count: number, seed: number, spread: number): Float32Array {
  const { length, weights, means, factors } = mixture;
  const drawn = new Float32Array(count * length);
  for (let row = 0; row < count; row++) {
    // A stream for each, so that the first ones stay when more are drawn.
    const { uniform, normal } = createRandom(seed, row);
    const component = componentAt(weights, uniform());
    const noise = Float64Array.from({ length }, () => spread * normal());
    for (let i = 0; i < length; i++) {
      let value = means[component * length + i] ?? 0;
      for (let j = 0; j <= i; j++) value += (factors[(component * length + i) * length + j] ?? 0) * (noise[j] ?? 0);
      drawn[row * length + i] = value;
    }
  }
  return drawn;
}

function componentAt(weights: Float32Array, position: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  const found = weights.findIndex((weight) => (reached += weight / total) > position);
  return found === -1 ? weights.length - 1 : found;
}

interface Component {
  weight: number;
  mean: Float64Array;
  factor: Float64Array;
}

/** How far each row belongs to each component, and the mean logarithm of the density but for a constant. */
function membershipsOf(
  rows: Float32Array,
  length: number,
  parts: readonly Component[],
): { memberships: Float64Array[]; meanLog: number } {
  const count = rows.length / length;
  const memberships = parts.map((part) => logDensities(rows, length, part));
  let meanLog = 0;
  for (let row = 0; row < count; row++) {
    const most = memberships.reduce((best, own) => Math.max(best, own[row] ?? 0), -Infinity);
    let total = 0;
    for (const own of memberships) total += own[row] = Math.exp((own[row] ?? 0) - most);
    for (const own of memberships) own[row] = (own[row] ?? 0) / total;
    meanLog += (most + Math.log(total)) / count;
  }
  return { memberships, meanLog };
}

function logDensities(rows: Float32Array, length: number, { weight, mean, factor }: Component): Float64Array {
  let logOfAll = Math.log(Math.max(weight, Number.MIN_VALUE));
  for (let i = 0; i < length; i++) logOfAll -= Math.log(factor[i * length + i] ?? 1);
  const solved = new Float64Array(length);
  const densities = new Float64Array(rows.length / length);
  for (let row = 0; row < densities.length; row++) {
    let squares = 0;
    for (let i = 0; i < length; i++) {
      let value = (rows[row * length + i] as number) - (mean[i] as number);
      for (let j = 0; j < i; j++) value -= (factor[i * length + j] as number) * (solved[j] as number);
      value /= factor[i * length + i] as number;
      solved[i] = value;
      squares += value * value;
    }
    densities[row] = logOfAll - squares / 2;
  }
  return densities;
}

/** Sum of the memberships, and mean and covariance weighted by them; only the covariance's lower half is filled. */
function momentsOf(rows: Float32Array, length: number, memberships: Float64Array) {
  const weight = memberships.reduce((sum, own) => sum + own, 1e-9);
  const mean = new Float64Array(length);
  memberships.forEach((own, row) => {
    for (let i = 0; i < length; i++)
      mean[i] = (mean[i] as number) + (own * (rows[row * length + i] as number)) / weight;
  });
  const covariance = new Float64Array(length * length);
  const centred = new Float64Array(length);
  memberships.forEach((own, row) => {
    if (own < 1e-9) return;
    for (let i = 0; i < length; i++) centred[i] = (rows[row * length + i] as number) - (mean[i] as number);
    for (let i = 0; i < length; i++) {
      const scaled = ((centred[i] as number) * own) / weight;
      for (let j = 0; j <= i; j++) {
        covariance[i * length + j] = (covariance[i * length + j] as number) + scaled * (centred[j] as number);
      }
    }
  });
  return { weight, mean, covariance };
}

function traceOf(matrix: Float64Array, length: number): number {
  let trace = 0;
  for (let i = 0; i < length; i++) trace += matrix[i * length + i] ?? 0;
  return trace;
}

/** Lower Cholesky factor of a covariance with `ridge` added to its diagonal. */
function choleskyOf(covariance: Float64Array, length: number, ridge: number): Float64Array {
  const factor = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j <= i; j++) {
      let value = (covariance[i * length + j] ?? 0) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) value -= (factor[i * length + k] ?? 0) * (factor[j * length + k] ?? 0);
      factor[i * length + j] = i === j ? Math.sqrt(Math.max(value, ridge)) : value / (factor[j * length + j] ?? 1);
    }
  }
  return factor;
}
