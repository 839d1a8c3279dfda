import { groupSize, magnitudeClip, valueClip, weightBits } from '../coder-constants';
import { codeAlone } from './bit-mixer';
import {
  channel,
  fromRunningMean,
  magnitudeN,
  magnitudeNE,
  magnitudeNN,
  magnitudeNW,
  magnitudeW,
  magnitudeWW,
  openChannel,
  runningMean,
  setRunningMean,
  valueN,
  valueNE,
  valueNW,
  valueW,
} from './channel';
import { emptyChannelFrom, placeContexts } from './contexts';
import { dataAt, magnitudeBaseAt, magnitudesAt, valueBaseAt, valuesAt } from './memory';
import {
  bandHeight,
  bandWidth,
  closeChannel,
  closeEmptyChannel,
  openPlanes,
  origin,
  planeSize,
  stride,
} from './planes';
import { code, codeRaw, isDecoding } from './range-coder';
import { codeResidual, forgetOverlong, isOverlong } from './residual';
import { codeGroup, mixed, zero } from './zero-groups';

/**
 * The model of a quantised latent's integers. It codes channel after channel, so that all lower channels are known on
 * every side. Each value is predicted linearly from its neighbours and lower channels; what is left is coded with
 * contexts from a linear prediction of its magnitude. Encoder and decoder are one code path: `codeChannel` reads the
 * integers in the one case and writes them in the other.
 */

export * from './memory';
export { setCounterLimit } from './bit-mixer';
export { counterCount, weightSetCount } from './contexts';
export { begin, bytesBeyond, finishEncoding } from './range-coder';

const half: i32 = 1 << (weightBits - 1);
/** Predictions stay within 16 bits, so that what they leave needs at most 17. */
const predictionLimit: i32 = 32767 << weightBits;
/** A channel that nothing is known of. */
const firstMean: i32 = 4 << weightBits;

let channels: i32 = 0;
let hasGroups: bool = false;
let lowerIsEmpty: i32 = 0;
/** Positions that are left of a group that is not zero, until something in it was not. */
let leftUntilNonzero: i32 = 0;
let check: i32 = 0;
let isBeyond: bool = false;

/** @param groups whether groups of zeros are coded as such, as format version 2 does */
export function openModel(count: i32, groups: bool): void {
  channels = count;
  hasGroups = groups;
  placeContexts(count);
  forgetOverlong();
  isBeyond = false;
}

/** Begins a band: nothing is known about any channel yet. Counters and weights stay as they have become. */
export function openBand(height: i32, width: i32): void {
  openPlanes(channels, height, width);
  setRunningMean(firstMean);
  lowerIsEmpty = 0;
  check = 0;
}

/**
 * Codes the next channel of a band.
 * @param valueLength numbers in the two rows of the tables, as `magnitudeLength`
 * @returns whether every integer is one of 16 bits; nothing can be decoded after one that is not
 */
export function codeChannel(number: i32, valueLength: i32, magnitudeLength: i32): bool {
  const end = dataAt + ((bandHeight * bandWidth) << 1);
  if (codeEmptyFlag(number, end)) {
    memory.fill(dataAt, 0, end - dataAt);
    closeEmptyChannel(number);
    setRunningMean(0);
  } else {
    openChannel(number, channels, valueLength, magnitudeLength);
    for (let y = 0; y < bandHeight; y++) {
      codeRow(origin + y * stride, dataAt + ((y * bandWidth) << 1));
      if (isBeyond || isOverlong) return false;
    }
    setRunningMean(closeChannel(number));
  }
  check = checkOf(end);
  return true;
}

/** Codes the check of a band and tells whether it fits. It notices a decoder that has other tables than the encoder. */
export function codeCheck(): bool {
  return codeRaw(check, 8) === check;
}

/** For tests of the range coder alone. */
export function codeBit(bit: i32, probabilityOfOne: u32): i32 {
  return code(bit, probabilityOfOne);
}

function checkOf(end: usize): i32 {
  let sum = check + 1;
  for (let at = dataAt; at < end; at += 2) sum = sum * 31 + load<i16>(at);
  return (sum ^ (sum >>> 8) ^ (sum >>> 16) ^ (sum >>> 24)) & 255;
}

function codeEmptyFlag(number: i32, end: usize): bool {
  let isEmpty = 1;
  if (!isDecoding)
    for (let at = dataAt; at < end; at += 2)
      if (load<i16>(at)) {
        isEmpty = 0;
        break;
      }
  lowerIsEmpty = codeAlone(isEmpty, emptyChannelFrom + 2 * number + lowerIsEmpty);
  return lowerIsEmpty === 1;
}

/**
 * Codes a row of the channel.
 * @param base its first position in a plane
 * @param data address of its integers
 */
function codeRow(base: i32, data: usize): void {
  if (!hasGroups) {
    leftUntilNonzero = 0;
    codeSpan(base, data, bandWidth);
    return;
  }
  for (let x = 0; x < bandWidth; x += groupSize) {
    const count = min(groupSize, bandWidth - x);
    const at = data + (x << 1);
    const found = codeGroup(channel * planeSize + base + x, base + x, at, count);
    if (found === zero) {
      // The planes hold zeros from the start.
      if (isDecoding) memory.fill(at, 0, count << 1);
      setRunningMean(runningMean - (runningMean >> 3));
      continue;
    }
    leftUntilNonzero = found === mixed ? count : 0;
    codeSpan(base + x, at, count);
  }
}

/** Codes positions of a row one by one. */
function codeSpan(base: i32, data: usize, count: i32): void {
  const rowBytes: usize = stride << 1;
  const offset: usize = (channel * planeSize + base) << 1;
  let value = valuesAt + offset;
  let magnitude = magnitudesAt + offset;
  let valueBase = valueBaseAt + (base << 2);
  let magnitudeBase = magnitudeBaseAt + (base << 2);
  for (let at = data, end = data + (count << 1); at < end; at += 2) {
    const prediction =
      load<i32>(valueBase) +
      valueW * load<i16>(value - 2) +
      valueN * load<i16>(value - rowBytes) +
      valueNW * load<i16>(value - rowBytes - 2) +
      valueNE * load<i16>(value - rowBytes + 2);
    const lower = load<i32>(magnitudeBase);
    const scale =
      lower +
      fromRunningMean() +
      magnitudeW * load<i16>(magnitude - 2) +
      magnitudeN * load<i16>(magnitude - rowBytes) +
      magnitudeNW * load<i16>(magnitude - rowBytes - 2) +
      magnitudeNE * load<i16>(magnitude - rowBytes + 2) +
      magnitudeWW * load<i16>(magnitude - 4) +
      magnitudeNN * load<i16>(magnitude - 2 * rowBytes);
    codeValue(at, value, magnitude, prediction, scale, lower);
    value += 2;
    magnitude += 2;
    valueBase += 4;
    magnitudeBase += 4;
  }
}

/** Codes the integer at an address, and stores at two others what is predicted from it later. */
function codeValue(data: usize, value: usize, magnitude: usize, prediction: i32, scale: i32, lower: i32): void {
  const bounded = max(-predictionLimit, min(predictionLimit, prediction));
  const rounded = (bounded + half) >> weightBits;
  const fraction = bounded - (rounded << weightBits);
  const left = rounded === 0 ? leftUntilNonzero : 0;
  const residual = codeResidual(load<i16>(data) - rounded, scale, lower, fraction, left);
  const coded = residual + rounded;
  if (leftUntilNonzero > 0) leftUntilNonzero = coded === 0 ? leftUntilNonzero - 1 : 0;
  if (coded > 32767 || coded < -32768) isBeyond = true;
  const size = min(magnitudeClip, abs(residual));
  store<i16>(data, coded);
  store<i16>(value, max(-valueClip, min(valueClip, coded)));
  store<i16>(magnitude, size);
  setRunningMean(runningMean + (((size << weightBits) - runningMean) >> 6));
}
