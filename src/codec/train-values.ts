import { valueClip, valueNeighbours, weightBits } from './coder-constants.ts';
import type { TrainingSamples } from './training-samples.ts';

/** Channels that others may be predicted from: the strongest ones carry nearly all of what can be predicted. */
const candidateChannels = 24;
const places = 9;
const maxReferences = 10;
/** A reference must lower the squared error by this share, or it is not worth its time. */
const worthwhileGain = 0.002;

/**
 * Learns how to predict each channel's values from its own west and north and from stronger lower channels on all sides
 * (the gradient channels of a block follow from the mean of its neighbours), by orthogonal matching pursuit.
 * @returns the `values` of EntropyTables
 */
export function trainValuePredictions(samples: TrainingSamples): number[][] {
  const { channels, count } = samples;
  const candidates = strongestChannels(samples);
  const features: Float32Array[] = [];
  for (const channel of candidates)
    for (let place = 0; place < places; place++)
      features.push(samples.valuesAt(channel, (place % 3) - 1, Math.floor(place / 3) - 1));
  const gram = features.map((left, index) =>
    Float64Array.from(features.slice(0, index + 1), (right) => dot(left, right, count)),
  );
  const rows: number[][] = [];
  for (let channel = 0; channel < channels; channel++) {
    const usable = candidates.filter((candidate) => candidate < channel).length * places;
    const own = [
      samples.valuesAt(channel, -1, 0),
      samples.valuesAt(channel, 0, -1),
      samples.valuesAt(channel, -1, -1),
      samples.valuesAt(channel, 1, -1),
    ];
    const target = samples.valuesAt(channel, 0, 0);
    const regression = new Regression(target, own, features.slice(0, usable), gram, count);
    rows.push(toRow(regression.fit(), candidates));
  }
  return rows;
}

function strongestChannels(samples: TrainingSamples): number[] {
  const power = Array.from({ length: samples.channels }, (_, channel) => {
    const values = samples.valuesAt(channel, 0, 0);
    return { channel, power: dot(values, values, samples.count) };
  });
  power.sort((left, right) => right.power - left.power);
  return power
    .slice(0, candidateChannels)
    .map((entry) => entry.channel)
    .sort((left, right) => left - right);
}

interface Fit {
  own: number[];
  references: { feature: number; weight: number }[];
}

/** Least squares on four features that are always used and others that are added greedily. */
class Regression {
  readonly #own: Float32Array[];
  readonly #features: Float32Array[];
  readonly #gram: Float64Array[];
  readonly #count: number;
  readonly #energy: number;
  readonly #ownGram: number[][];
  readonly #ownTarget: number[];
  readonly #featureTarget: number[];
  readonly #ownFeature: number[][];

  constructor(
    target: Float32Array,
    own: Float32Array[],
    features: Float32Array[],
    gram: Float64Array[],
    count: number,
  ) {
    this.#own = own;
    this.#features = features;
    this.#gram = gram;
    this.#count = count;
    this.#energy = dot(target, target, count);
    this.#ownGram = own.map((left) => own.map((right) => dot(left, right, count)));
    this.#ownTarget = own.map((feature) => dot(feature, target, count));
    this.#featureTarget = features.map((feature) => dot(feature, target, count));
    this.#ownFeature = own.map((left) => features.map((right) => dot(left, right, count)));
  }

  fit(): Fit {
    const chosen: number[] = [];
    let weights = this.#solve(chosen);
    let error = this.#error(weights, chosen);
    while (chosen.length < Math.min(maxReferences, this.#features.length)) {
      const next = this.#mostCorrelated(weights, chosen);
      if (next < 0) break;
      const trial = [...chosen, next];
      const trialWeights = this.#solve(trial);
      const trialError = this.#error(trialWeights, trial);
      if (error - trialError < worthwhileGain * error) break;
      chosen.push(next);
      weights = trialWeights;
      error = trialError;
    }
    // A prediction that hardly helps only blurs the zeros.
    if (error > 0.99 * this.#energy) return { own: [0, 0, 0, 0], references: [] };
    const own = weights.slice(0, valueNeighbours);
    const references = chosen.map((feature, index) => ({
      feature,
      weight: weights[valueNeighbours + index] as number,
    }));
    return { own, references };
  }

  #crossOf(feature: number, column: number, chosen: number[]): number {
    if (column < this.#own.length) return (this.#ownFeature[column] as number[])[feature] as number;
    const other = chosen[column - this.#own.length] as number;
    return (this.#gram[Math.max(feature, other)] as Float64Array)[Math.min(feature, other)] as number;
  }

  #mostCorrelated(weights: number[], chosen: number[]): number {
    let best = -1;
    let bestScore = 0;
    for (let feature = 0; feature < this.#features.length; feature++) {
      const power = (this.#gram[feature] as Float64Array)[feature] as number;
      if (power <= 0 || chosen.includes(feature)) continue;
      let correlation = this.#featureTarget[feature] as number;
      weights.forEach((weight, column) => (correlation -= weight * this.#crossOf(feature, column, chosen)));
      const score = (correlation * correlation) / power;
      if (score > bestScore) {
        bestScore = score;
        best = feature;
      }
    }
    return best;
  }

  #solve(chosen: number[]): number[] {
    const size = this.#own.length + chosen.length;
    const matrix = Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) => {
        if (row < this.#own.length && column < this.#own.length)
          return (this.#ownGram[row] as number[])[column] as number;
        if (row < this.#own.length) return this.#crossOf(chosen[column - this.#own.length] as number, row, chosen);
        return this.#crossOf(chosen[row - this.#own.length] as number, column, chosen);
      }),
    );
    const right = Array.from({ length: size }, (_, row) => this.#targetOf(row, chosen));
    return solveSymmetric(matrix, right, 1e-4 * (this.#energy + 1e-6 * this.#count));
  }

  #targetOf(row: number, chosen: number[]): number {
    if (row < this.#own.length) return this.#ownTarget[row] as number;
    return this.#featureTarget[chosen[row - this.#own.length] as number] as number;
  }

  /** Squared error of a least-squares solution: energy less what is explained. */
  #error(weights: number[], chosen: number[]): number {
    return weights.reduce((error, weight, row) => error - weight * this.#targetOf(row, chosen), this.#energy);
  }
}

function toRow(fit: Fit, candidates: number[]): number[] {
  const one = 1 << weightBits;
  const row = fit.own.map((weight) => Math.round(weight * one));
  let total = row.reduce((sum, weight) => sum + Math.abs(weight), 0);
  for (const { feature, weight } of fit.references) {
    const rounded = Math.round(weight * one);
    if (rounded === 0) continue;
    row.push(candidates[Math.floor(feature / places)] as number, feature % places, rounded);
    total += Math.abs(rounded);
  }
  return total * valueClip <= 2 ** 30 ? row : [0, 0, 0, 0];
}

function dot(left: Float32Array, right: Float32Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += (left[index] as number) * (right[index] as number);
  return sum;
}

/** Solves (matrix + ridge x identity) x = right by Cholesky's method. */
function solveSymmetric(matrix: number[][], right: number[], ridge: number): number[] {
  const size = right.length;
  const lower = matrix.map((row) => [...row]);
  const at = (row: number, column: number): number => (lower[row] as number[])[column] as number;
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = at(row, column) + (row === column ? ridge : 0);
      for (let inner = 0; inner < column; inner++) sum -= at(row, inner) * at(column, inner);
      (lower[row] as number[])[column] = row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(column, column);
    }
  const solution = [...right];
  for (let row = 0; row < size; row++) {
    let sum = solution[row] as number;
    for (let inner = 0; inner < row; inner++) sum -= at(row, inner) * (solution[inner] as number);
    solution[row] = sum / at(row, row);
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row] as number;
    for (let inner = row + 1; inner < size; inner++) sum -= at(inner, row) * (solution[inner] as number);
    solution[row] = sum / at(row, row);
  }
  return solution;
}
