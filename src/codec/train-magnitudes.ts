import { magnitudeClip, magnitudeNeighbours, ringClip, weightBits } from './coder-constants.ts';
import { meanWeightLimit } from './entropy-tables.ts';
import { meanMagnitude } from './latent-planes.ts';
import type { LatentPlanes } from './latent-planes.ts';
import type { TrainingSamples } from './training-samples.ts';

/** Lower channels that are tried for each channel, and those that are kept. */
const triedReferences = 24;
const keptReferences = 12;
const one = 1 << weightBits;

/**
 * Learns how to predict each channel's magnitudes from magnitudes already coded: non-negative weights of greatest
 * likelihood for exponentially distributed magnitudes, by multiplicative updates (non-negative factorisation under the
 * Itakura-Saito divergence: Févotte, Bertin and Durrieu 2009).
 * @param planes of each sample, all channels coded
 * @returns the `magnitudes` of EntropyTables
 */
export function trainMagnitudePredictions(samples: TrainingSamples, planes: LatentPlanes[]): number[][] {
  const { channels } = samples;
  const here = Array.from({ length: channels }, (_, channel) => gather(samples, planes, channel, 'magnitudes', 0, 0));
  const around = Array.from({ length: channels }, (_, channel) => gather(samples, planes, channel, 'rings', 0, 0));
  const blurred = here.map((plane, channel) => normalised(plane, around[channel] as Float32Array));
  const rows: number[][] = [];
  for (let channel = 0; channel < channels; channel++) {
    const own = [new Float32Array(samples.count).fill(1), runningMeans(samples, planes, channel)];
    for (const [dx, dy] of [
      [-1, 0],
      [0, -1],
      [-1, -1],
      [1, -1],
      [-2, 0],
      [0, -2],
    ] as const)
      // prettier-ignore
      own.push(gather(samples, planes, channel, 'magnitudes', dx, dy));
    let references = mostSimilar(blurred, channel);
    const featuresOf = (list: number[]): Float32Array[] => [
      ...own,
      ...list.flatMap((reference) => [here[reference] as Float32Array, around[reference] as Float32Array]),
    ];
    const target = here[channel] as Float32Array;
    const firstFeatures = featuresOf(references);
    const firstWeights = fitScale(target, firstFeatures, 12);
    references = mostUseful(references, firstFeatures, firstWeights);
    const weights = fitScale(target, featuresOf(references), 30);
    rows.push(toRow(weights, references));
  }
  return rows;
}

type PlaneName = 'magnitudes' | 'rings';

function gather(
  samples: TrainingSamples,
  planes: LatentPlanes[],
  channel: number,
  name: PlaneName,
  dx: number,
  dy: number,
): Float32Array {
  return Float32Array.from(samples.positions, ({ sample, x, y }) => {
    const plane = planes[sample] as LatentPlanes;
    const index = channel * plane.planeSize + plane.origin + (y + dy) * plane.stride + x + dx;
    return plane[name][index] as number;
  });
}

/** The running mean that the coder has at each position, see LatentModel. */
function runningMeans(samples: TrainingSamples, planes: LatentPlanes[], channel: number): Float32Array {
  const result = new Float32Array(samples.count);
  let next = 0;
  planes.forEach((plane, sample) => {
    let mean = channel === 0 ? 4 : meanMagnitude(plane, channel - 1);
    let last = -1;
    while (next < samples.count) {
      const position = samples.positions[next] as { sample: number; x: number; y: number };
      if (position.sample !== sample) break;
      const { width } = plane;
      const index = position.y * width + position.x;
      while (last < index - 1) {
        last++;
        const at = plane.origin + Math.floor(last / width) * plane.stride + (last % width);
        mean += ((plane.magnitudes[channel * plane.planeSize + at] as number) - mean) / 64;
      }
      result[next++] = mean;
    }
  });
  return result;
}

/** Magnitude here and around, its mean taken out, of unit length: the dot product is then a correlation. */
function normalised(here: Float32Array, around: Float32Array): Float32Array {
  const blurred = here.map((value, index) => Math.sqrt(4 * value + (around[index] as number)));
  const mean = blurred.reduce((sum, value) => sum + value, 0) / blurred.length;
  const length = Math.sqrt(blurred.reduce((sum, value) => sum + (value - mean) ** 2, 0)) + 1e-9;
  return blurred.map((value) => (value - mean) / length);
}

function mostSimilar(blurred: Float32Array[], channel: number): number[] {
  const target = blurred[channel] as Float32Array;
  const scored = blurred.slice(0, channel).map((candidate, index) => {
    let score = 0;
    for (let at = 0; at < target.length; at++) score += (target[at] as number) * (candidate[at] as number);
    return { index, score };
  });
  scored.sort((left, right) => right.score - left.score);
  return scored.slice(0, triedReferences).map((entry) => entry.index);
}

function mostUseful(references: number[], features: Float32Array[], weights: number[]): number[] {
  const share = (index: number): number => {
    const feature = features[index] as Float32Array;
    return (weights[index] as number) * feature.reduce((sum, value) => sum + value, 0);
  };
  const scored = references.map((reference, index) => {
    const first = magnitudeNeighbours + 2 * index;
    return { reference, score: share(first) + share(first + 1) };
  });
  scored.sort((left, right) => right.score - left.score);
  return scored.slice(0, keptReferences).map((entry) => entry.reference);
}

/** Weights w >= 0 for which sum of log(w f) + target / (w f) is least. */
function fitScale(target: Float32Array, features: Float32Array[], rounds: number): number[] {
  const count = target.length;
  const sums = features.map((feature) => feature.reduce((sum, value) => sum + value, 0) + 1e-3);
  const goal = target.reduce((sum, value) => sum + value, 0) + 1e-3;
  const weights = sums.map((sum) => goal / sum / features.length);
  const inverse = new Float32Array(count);
  const ratio = new Float32Array(count);
  for (let round = 0; round < rounds; round++) {
    inverse.fill(1 / 512);
    features.forEach((feature, index) => {
      const weight = weights[index] as number;
      for (let at = 0; at < count; at++) inverse[at] = (inverse[at] as number) + weight * (feature[at] as number);
    });
    for (let at = 0; at < count; at++) {
      const value = 1 / (inverse[at] as number);
      inverse[at] = value;
      ratio[at] = ((target[at] as number) + 1 / 512) * value * value;
    }
    features.forEach((feature, index) => {
      let up = 1e-9;
      let down = 1e-9;
      for (let at = 0; at < count; at++) {
        up += (feature[at] as number) * (ratio[at] as number);
        down += (feature[at] as number) * (inverse[at] as number);
      }
      weights[index] = (weights[index] as number) * Math.sqrt(up / down);
    });
  }
  return weights;
}

function toRow(weights: number[], references: number[]): number[] {
  const rounded = weights.map((weight) => Math.round(weight * one));
  const row = rounded.slice(0, magnitudeNeighbours);
  row[0] = Math.min(row[0] as number, one * 1024);
  row[1] = Math.min(row[1] as number, meanWeightLimit);
  let total = row[0] + row.slice(1).reduce((sum, weight) => sum + weight, 0) * magnitudeClip;
  references.forEach((reference, index) => {
    const here = rounded[magnitudeNeighbours + 2 * index] as number;
    const around = rounded[magnitudeNeighbours + 2 * index + 1] as number;
    if (here + around === 0) return;
    row.push(reference, here, around);
    total += here * magnitudeClip + around * ringClip;
  });
  return total <= 2 ** 30 ? row : row.slice(0, magnitudeNeighbours).map((weight) => Math.min(weight, one));
}
