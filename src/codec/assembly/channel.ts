import {
  channelDecisions,
  channelGroups,
  channelWeightSets,
  magnitudeNeighbours,
  magnitudeReferenceLength,
  valueNeighbours,
  valueReferenceLength,
  weightBits,
} from '../coder-constants';
import { magnitudeRowAt, valueRowAt } from './memory';
import { addMagnitudeReference, addValueReference, openSums } from './planes';

/** What is the same for all of a channel: its weights, and the mean of its magnitudes, which runs on. */

export let channel: i32 = 0;
/** The group of channels that it shares weight sets with, and the first set of that group. */
export let channelGroup: i32 = 0;
export let channelSet: i32 = 0;

/** Weights of the value's prediction. */
export let valueW: i32 = 0;
export let valueN: i32 = 0;
export let valueNW: i32 = 0;
export let valueNE: i32 = 0;
/** Weights of the magnitude's prediction. */
let meanWeight: i32 = 0;
export let magnitudeW: i32 = 0;
export let magnitudeN: i32 = 0;
export let magnitudeNW: i32 = 0;
export let magnitudeNE: i32 = 0;
export let magnitudeWW: i32 = 0;
export let magnitudeNN: i32 = 0;

/** Mean of the last magnitudes, 12 fractional bits. */
export let runningMean: i32 = 0;

export function setRunningMean(mean: i32): void {
  runningMean = mean;
}

/** What the running mean adds to a predicted magnitude. */
export function fromRunningMean(): i32 {
  return (meanWeight * (runningMean >> 4)) >> (weightBits - 4);
}

/**
 * Takes over what the tables say of a channel, and sums up what lower channels say.
 * @param channels how many there are
 * @param valueLength numbers in the two rows of the tables, as `magnitudeLength`
 */
export function openChannel(number: i32, channels: i32, valueLength: i32, magnitudeLength: i32): void {
  channel = number;
  channelGroup = (number * channelGroups) / channels;
  channelSet = channelWeightSets + channelGroup * channelDecisions;
  valueW = load<i32>(valueRowAt);
  valueN = load<i32>(valueRowAt, 4);
  valueNW = load<i32>(valueRowAt, 8);
  valueNE = load<i32>(valueRowAt, 12);
  meanWeight = load<i32>(magnitudeRowAt, 4);
  magnitudeW = load<i32>(magnitudeRowAt, 8);
  magnitudeN = load<i32>(magnitudeRowAt, 12);
  magnitudeNW = load<i32>(magnitudeRowAt, 16);
  magnitudeNE = load<i32>(magnitudeRowAt, 20);
  magnitudeWW = load<i32>(magnitudeRowAt, 24);
  magnitudeNN = load<i32>(magnitudeRowAt, 28);
  openSums(load<i32>(magnitudeRowAt));
  const magnitudesEnd = magnitudeRowAt + (magnitudeLength << 2);
  for (let at = magnitudeRowAt + 4 * magnitudeNeighbours; at < magnitudesEnd; at += 4 * magnitudeReferenceLength)
    addMagnitudeReference(load<i32>(at), load<i32>(at, 4), load<i32>(at, 8));
  const valuesEnd = valueRowAt + (valueLength << 2);
  for (let at = valueRowAt + 4 * valueNeighbours; at < valuesEnd; at += 4 * valueReferenceLength)
    addValueReference(load<i32>(at), load<i32>(at, 4), load<i32>(at, 8));
}
