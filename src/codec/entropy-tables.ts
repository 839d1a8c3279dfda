import { PellucidError } from '../shared/errors.ts';
import {
  magnitudeClip,
  magnitudeNeighbours,
  magnitudeReferenceLength,
  mixerWeights,
  ringClip,
  valueClip,
  valueNeighbours,
  valueReferenceLength,
  weightBits,
} from './coder-constants.ts';
import { contextSizes } from './context-sizes.ts';

/**
 * What the entropy coder knows before it has seen a photo: per channel how to predict values and magnitudes from
 * integers already coded, and the first state of the adaptive probabilities. Integers only, so that it travels as JSON
 * in a model's manifest and is the same on every machine. docs/file-format.md says how each number is used.
 */
export interface EntropyTables {
  version: 1;
  channels: number;
  /** Per channel: the weights of the value's prediction, see {@link ValuePrediction}. */
  values: number[][];
  /** Per channel: the weights of the magnitude's prediction, see {@link MagnitudePrediction}. */
  magnitudes: number[][];
  /** First states of the counters; 0 is one that has seen nothing, otherwise 8 x (logit / 8 + 352) + confidence. */
  counters: number[];
  /** First weights of the mixer, 12 fractional bits. */
  mixer: number[];
}

/** No prediction may exceed this, so that every sum stays within 32 bits whatever the values are. */
const sumLimit = 2 ** 30;
/** The running mean has more bits than a magnitude, so its weight may have fewer. */
export const meanWeightLimit = 8191;
/** No model has more channels than this. */
export const maxChannels = 1024;

/** Tables that know nothing about the channels but that lower ones are stronger. Serves any latent, if not as well. */
export function defaultTables(channels: number): EntropyTables {
  const one = 1 << weightBits;
  const values: number[][] = [];
  const magnitudes: number[][] = [];
  for (let channel = 0; channel < channels; channel++) {
    values.push(channel === 0 ? [0.75 * one, 0.75 * one, -0.5 * one, 0] : [0, 0, 0, 0]);
    const weights = [16, 0.25 * one, 0.12 * one, 0.12 * one, 0.05 * one, 0.05 * one, 0.03 * one, 0.03 * one];
    for (let back = 1; back <= Math.min(6, channel); back++) weights.push(channel - back, 200, 50);
    magnitudes.push(weights.map((weight) => Math.round(weight)));
  }
  return { version: 1, channels, values, magnitudes, counters: [], mixer: [] };
}

/**
 * Tables read from a manifest, checked.
 * @throws MODEL_CORRUPT when they are not what {@link EntropyTables} says
 */
export function parseEntropyTables(value: unknown): EntropyTables {
  if (typeof value !== 'object' || value === null) throw corruptTables('are not an object');
  const { version, channels, values, magnitudes, counters, mixer } = value as Record<keyof EntropyTables, unknown>;
  if (version !== 1) throw corruptTables(`have version ${String(version)} where 1 is known`);
  if (!isIntegerWithin(channels, 1, maxChannels)) throw corruptTables(`do not have 1 to ${maxChannels} channels`);
  const sizes = contextSizes(channels);
  return {
    version,
    channels,
    values: parseRows(values, 'values', channels, checkValueRow),
    magnitudes: parseRows(magnitudes, 'magnitudes', channels, checkMagnitudeRow),
    counters: parseIntegers(counters, 'counters', sizes.counters, 0, 5700),
    mixer: parseIntegers(mixer, 'mixer', sizes.mixerSets * mixerWeights, -32768, 32767),
  };
}

function parseRows(
  value: unknown,
  name: string,
  channels: number,
  check: (row: number[], channel: number) => boolean,
): number[][] {
  if (!Array.isArray(value) || value.length !== channels) throw corruptTables(`have no ${name} for each channel`);
  return value.map((row: unknown, channel) => {
    if (!Array.isArray(row) || row.length > 400 || !row.every((entry) => isIntegerWithin(entry, -(2 ** 24), 2 ** 24)))
      throw corruptTables(`have ${name} of channel ${channel} that are not integers`);
    if (!check(row, channel)) throw corruptTables(`have impossible ${name} of channel ${channel}`);
    return row;
  });
}

function checkValueRow(row: number[], channel: number): boolean {
  if (row.length < valueNeighbours || (row.length - valueNeighbours) % valueReferenceLength !== 0) return false;
  let total = 0;
  for (const weight of row.slice(0, valueNeighbours)) total += Math.abs(weight);
  for (let index = valueNeighbours; index < row.length; index += valueReferenceLength) {
    const [reference, place, weight] = row.slice(index, index + valueReferenceLength) as [number, number, number];
    if (!isIntegerWithin(reference, 0, channel - 1) || !isIntegerWithin(place, 0, 8)) return false;
    total += Math.abs(weight);
  }
  return total * valueClip <= sumLimit;
}

function checkMagnitudeRow(row: number[], channel: number): boolean {
  if (row.length < magnitudeNeighbours || (row.length - magnitudeNeighbours) % magnitudeReferenceLength !== 0)
    return false;
  if (row.slice(0, magnitudeNeighbours).some((weight) => weight < 0)) return false;
  if ((row[1] as number) > meanWeightLimit) return false;
  let total = row[0] as number;
  for (const weight of row.slice(1, magnitudeNeighbours)) total += weight * magnitudeClip;
  for (let index = magnitudeNeighbours; index < row.length; index += magnitudeReferenceLength) {
    const [reference, here, around] = row.slice(index, index + magnitudeReferenceLength) as [number, number, number];
    if (!isIntegerWithin(reference, 0, channel - 1) || here < 0 || around < 0) return false;
    total += here * magnitudeClip + around * ringClip;
  }
  return total <= sumLimit;
}

function parseIntegers(value: unknown, name: string, length: number, least: number, most: number): number[] {
  if (!Array.isArray(value) || (value.length !== length && value.length !== 0))
    throw corruptTables(`have ${name} of a wrong length`);
  if (!value.every((entry) => isIntegerWithin(entry, least, most)))
    throw corruptTables(`have ${name} outside ${least} to ${most}`);
  return value;
}

function isIntegerWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function corruptTables(what: string): PellucidError {
  return new PellucidError('MODEL_CORRUPT', `The model's entropy tables ${what}; install the model again.`);
}
