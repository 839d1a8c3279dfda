import {
  channelDecisions,
  channelGroups,
  coarseClasses,
  fractionClasses,
  lowerDecisions,
  scaleClasses,
  unaryDecisions,
  weightBits,
} from '../coder-constants';
import { codeAlone, mix } from './bit-mixer';
import { channel, channelGroup, channelSet, runningMean } from './channel';
import {
  channelScaleFrom,
  classOfScale,
  escapeBitsFrom,
  escapeLengthFrom,
  fineScaleFrom,
  firstChannelFrom,
  firstChannelSets,
  firstLowerFrom,
  firstPlaceSets,
  firstScaleFrom,
  lowerScaleFrom,
  signFrom,
} from './contexts';
import { codeRaw } from './range-coder';

/** What a prediction left: "zero?", sign, and magnitude in unary, in contexts of its predicted magnitude. */

const half: i32 = 1 << (weightBits - 1);

/** First counters of the contexts of the value that is coded; the decision's number is added. */
let channelScale: i32 = 0;
let fineScale: i32 = 0;
let lowerScale: i32 = 0;
let scaleClass: i32 = 0;
let coarseClass: i32 = 0;
let lowerClass: i32 = 0;
let meanClass: i32 = 0;

/** Whether something was decoded that no value can be. */
export let isOverlong: bool = false;

export function forgetOverlong(): void {
  isOverlong = false;
}

/**
 * Codes a residual and returns it; when decoding, the one given is ignored.
 * @param scale predicted magnitude, 12 fractional bits; `lower` what lower channels alone predict of it
 * @param fraction of the value's prediction, 12 bits
 * @param left positions of a group that is not zero, up to its first nonzero value; 0 elsewhere
 */
export function codeResidual(residual: i32, scale: i32, lower: i32, fraction: i32, left: i32): i32 {
  scaleClass = classOfScale(scale);
  coarseClass = scaleClass >> 2;
  lowerClass = classOfScale(lower);
  meanClass = classOfScale(runningMean) >> 2;
  const fractionClass = min(fractionClasses - 1, abs(fraction) >> (weightBits - 3));
  channelScale = channelScaleFrom + (channel * coarseClasses + coarseClass) * channelDecisions;
  fineScale = fineScaleFrom + (scaleClass * fractionClasses + fractionClass) * unaryDecisions;
  lowerScale = lowerScaleFrom + ((lowerClass >> 1) * coarseClasses + meanClass) * lowerDecisions;
  const size = abs(residual);
  if (left !== 1 && codeNotZero(i32(size > 0), left) === 0) return 0;
  const signContext = ((fraction + half) >> (weightBits - 4)) * coarseClasses + coarseClass;
  const isNegative = codeAlone(i32(residual < 0), signFrom + signContext);
  let magnitude = 1;
  while (magnitude < unaryDecisions) {
    if (codeDecision(i32(size > magnitude), magnitude) === 0) break;
    magnitude++;
  }
  if (magnitude === unaryDecisions) magnitude += codeEscape(size - unaryDecisions);
  return isNegative ? -magnitude : magnitude;
}

function codeNotZero(bit: i32, left: i32): i32 {
  if (left === 0) return codeDecision(bit, 0);
  const place = left - 1;
  return mix(
    bit,
    firstScaleFrom + place * scaleClasses + scaleClass,
    firstChannelFrom + place * channelGroups + channelGroup,
    firstLowerFrom + (place * coarseClasses + (lowerClass >> 2)) * coarseClasses + meanClass,
    firstPlaceSets + place,
    firstChannelSets + channelGroup,
  );
}

function codeDecision(bit: i32, decision: i32): i32 {
  const forChannel = min(decision, channelDecisions - 1);
  return mix(
    bit,
    channelScale + forChannel,
    fineScale + decision,
    lowerScale + min(decision, lowerDecisions - 1),
    decision * coarseClasses + coarseClass,
    channelSet + forChannel,
  );
}

/** Exp-Golomb code of what the unary part left over. */
function codeEscape(rest: i32): i32 {
  const number = rest + 1;
  const lengthToCode = 31 - clz(number);
  let length = 0;
  while (codeAlone(i32(lengthToCode > length), escapeLengthFrom + length) === 1)
    if (++length > 16) {
      isOverlong = true;
      return 0;
    }
  if (length === 0) return 0;
  const top = codeAlone((number >> (length - 1)) & 1, escapeBitsFrom + length);
  const low = length > 1 ? codeRaw(number & ((1 << (length - 1)) - 1), length - 1) : 0;
  return (1 << length) + (top << (length - 1)) + low - 1;
}
