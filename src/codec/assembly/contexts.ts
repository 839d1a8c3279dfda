import {
  channelDecisions,
  channelGroups,
  channelWeightSets,
  coarseClasses,
  escapeCounters,
  fractionClasses,
  groupSize,
  lowerDecisions,
  northClasses,
  scaleClasses,
  signFractionClasses,
  unaryDecisions,
} from '../coder-constants';

/** Where the counters of each kind of context begin, and the weight sets; `context-sizes.ts` knows how many there are. */

/** By channel and coarse class of the predicted magnitude. */
export let channelScaleFrom: i32 = 0;
/** By fine class of the predicted magnitude and fraction of the predicted value. */
export let fineScaleFrom: i32 = 0;
/** By what lower channels alone predict and the channel's running mean. */
export let lowerScaleFrom: i32 = 0;
export let emptyChannelFrom: i32 = 0;
export let signFrom: i32 = 0;
export let escapeLengthFrom: i32 = 0;
export let escapeBitsFrom: i32 = 0;

/** Groups: "all zero?" by channel and coarse class of the group's predicted magnitude. */
export let groupChannelFrom: i32 = 0;
/** By its fine class and the sum of the row above. */
export let groupScaleFrom: i32 = 0;
/** By what lower channels alone predict and the channel's running mean. */
export let groupLowerFrom: i32 = 0;
/** "Not zero?" before the first nonzero value, by positions left and predicted magnitude. */
export let firstScaleFrom: i32 = 0;
export let firstChannelFrom: i32 = 0;
export let firstLowerFrom: i32 = 0;

/** Weight sets of groups, which follow those chosen by decision or channel. */
export const groupScaleSets: i32 = channelWeightSets + channelGroups * channelDecisions;
export const groupChannelSets: i32 = groupScaleSets + coarseClasses;
export const firstPlaceSets: i32 = groupChannelSets + channelGroups;
export const firstChannelSets: i32 = firstPlaceSets + groupSize;

let next: i32 = 0;

function take(counters: i32): i32 {
  const start = next;
  next += counters;
  return start;
}

export function placeContexts(channels: i32): void {
  next = 0;
  channelScaleFrom = take(channels * coarseClasses * channelDecisions);
  fineScaleFrom = take(scaleClasses * fractionClasses * unaryDecisions);
  lowerScaleFrom = take(2 * coarseClasses * coarseClasses * lowerDecisions);
  emptyChannelFrom = take(channels * 2);
  signFrom = take(signFractionClasses * coarseClasses);
  escapeLengthFrom = take(escapeCounters);
  escapeBitsFrom = take(escapeCounters);
  groupChannelFrom = take(channels * coarseClasses);
  groupScaleFrom = take(scaleClasses * northClasses);
  groupLowerFrom = take(coarseClasses * coarseClasses);
  firstScaleFrom = take(groupSize * scaleClasses);
  firstChannelFrom = take(groupSize * channelGroups);
  firstLowerFrom = take(groupSize * coarseClasses * coarseClasses);
}

/** How many counters there are, and how many weight sets. */
export function counterCount(): i32 {
  return next;
}

export function weightSetCount(): i32 {
  return firstChannelSets + channelGroups;
}

/** Four classes to an octave, from 1/128 up, of a magnitude with 12 fractional bits. */
export function classOfScale(scale: i32): i32 {
  if (scale < 32) return 0;
  const exponent = 31 - clz(scale);
  return min(scaleClasses - 1, (exponent - 5) * 4 + ((scale >> (exponent - 2)) & 3));
}
