import { coarseClasses, groupSize, northClasses } from '../coder-constants';
import { mix } from './bit-mixer';
import {
  channel,
  channelGroup,
  fromRunningMean,
  magnitudeN,
  magnitudeNE,
  magnitudeNN,
  magnitudeNW,
  magnitudeW,
  runningMean,
} from './channel';
import {
  classOfScale,
  groupChannelFrom,
  groupChannelSets,
  groupLowerFrom,
  groupScaleFrom,
  groupScaleSets,
} from './contexts';
import { magnitudeBaseAt, magnitudesAt } from './memory';
import { stride, sumOfLanes } from './planes';
import { isDecoding } from './range-coder';

/**
 * The short cut through zeros of format version 2. Where a group of eight positions of a row is predicted to be small,
 * one decision says whether all of it is zero; seven of ten groups of a photo at quality 50 are, and cost no more than
 * that. In a group that is not, the way to its first nonzero value has contexts of its own, since something must come.
 */

/** Groups whose predicted magnitude is of this class or a higher one, 2 and more, are hardly ever zero. */
const firstUnaskedClass: i32 = 32;

/** What `codeGroup` found out. */
const unasked: i32 = -1;
export const mixed: i32 = 0;
export const zero: i32 = 1;

let lower: i32 = 0;
let north: i32 = 0;
let farNorth: i32 = 0;

/**
 * Codes whether `count` positions are all zero, where that is worth asking.
 * @param position of the first one, from the start of the planes; `base` from the start of one plane
 * @param data address of its integer
 */
export function codeGroup(position: i32, base: i32, data: usize, count: i32): i32 {
  const at = magnitudesAt + (position << 1);
  const bases = magnitudeBaseAt + (base << 2);
  if (count === groupSize) lookAtEight(at, bases);
  else lookAt(at, bases, count);
  const scale =
    lower +
    fromRunningMean() +
    (magnitudeW >> 3) * load<i16>(at - 2) +
    ((magnitudeN + magnitudeNW + magnitudeNE) >> 3) * north +
    (magnitudeNN >> 3) * farNorth;
  const scaleClass = classOfScale(scale);
  if (scaleClass >= firstUnaskedClass) return unasked;
  const coarse = scaleClass >> 2;
  return mix(
    isDecoding ? 0 : i32(isAllZero(data, count)),
    groupChannelFrom + channel * coarseClasses + coarse,
    groupScaleFrom + scaleClass * northClasses + min(north, northClasses - 1),
    groupLowerFrom + (classOfScale(lower) >> 2) * coarseClasses + (classOfScale(runningMean) >> 2),
    groupScaleSets + coarse,
    groupChannelSets + channelGroup,
  );
}

function lookAtEight(at: usize, bases: usize): void {
  const rowBytes: usize = stride << 1;
  lower = sumOfLanes(i32x4.add(i32x4.shr_s(v128.load(bases), 3), i32x4.shr_s(v128.load(bases, 16), 3)));
  north = sumOfLanes(i32x4.extadd_pairwise_i16x8_s(v128.load(at - rowBytes)));
  farNorth = sumOfLanes(i32x4.extadd_pairwise_i16x8_s(v128.load(at - 2 * rowBytes)));
}

function lookAt(at: usize, bases: usize, count: i32): void {
  const rowBytes: usize = stride << 1;
  lower = 0;
  north = 0;
  farNorth = 0;
  for (let step = 0; step < count; step++) {
    lower += load<i32>(bases + (step << 2)) >> 3;
    north += load<i16>(at + (step << 1) - rowBytes);
    farNorth += load<i16>(at + (step << 1) - 2 * rowBytes);
  }
}

function isAllZero(data: usize, count: i32): bool {
  if (count === groupSize) return !v128.any_true(v128.load(data));
  for (let step = 0; step < count; step++) if (load<i16>(data + (step << 1))) return false;
  return true;
}
