import { ringClip } from '../coder-constants';
import { isEmptyAt, magnitudeBaseAt, magnitudesAt, ringsAt, valueBaseAt, valuesAt } from './memory';

/**
 * The channels of one band that are coded already, padded with zeros so that no neighbour needs a border test: values,
 * magnitudes of what their prediction left, and those magnitudes summed around each position (rings). Values are
 * clipped, for prediction only. What lies in the padding of the rings and of the sums means nothing.
 */

/** Columns and rows of zeros around a plane. */
const margin: i32 = 2;

export let bandHeight: i32 = 0;
export let bandWidth: i32 = 0;
/** Positions from one row of a plane to the next, and of a whole plane. */
export let stride: i32 = 0;
export let planeSize: i32 = 0;
/** The first position within a plane. */
export let origin: i32 = 0;

/** Begins a band whose planes are all zero. */
export function openPlanes(channels: i32, height: i32, width: i32): void {
  bandHeight = height;
  bandWidth = width;
  stride = width + 2 * margin;
  planeSize = stride * (height + 2 * margin);
  origin = margin * stride + margin;
  const bytes = usize(2 * channels * planeSize);
  memory.fill(valuesAt, 0, bytes);
  memory.fill(magnitudesAt, 0, bytes);
}

/** Works out the ring sums of a channel that is complete; returns its mean magnitude with 12 fractional bits. */
export function closeChannel(channel: i32): i32 {
  store<u8>(isEmptyAt + channel, 0);
  let total = 0;
  for (let y = 0; y < bandHeight; y++) total += closeRow((channel * planeSize + origin + y * stride) << 1);
  return i32((i64(total) << 12) / i64(bandWidth * bandHeight));
}

/** The same for a row that begins so many bytes into the planes; returns the sum of its magnitudes. */
function closeRow(offset: usize): i32 {
  const rowBytes: usize = stride << 1;
  let at = magnitudesAt + offset;
  let ring = ringsAt + offset;
  let total = i32x4.splat(0);
  for (const end = at + (bandWidth << 1); at < end; at += 16, ring += 16) {
    const above = at - rowBytes;
    const below = at + rowBytes;
    let sum = i16x8.add(v128.load(at - 2), v128.load(at + 2));
    sum = i16x8.add(sum, i16x8.add(v128.load(above), v128.load(below)));
    sum = i16x8.add(sum, i16x8.add(v128.load(above - 2), v128.load(above + 2)));
    sum = i16x8.add(sum, i16x8.add(v128.load(below - 2), v128.load(below + 2)));
    v128.store(ring, i16x8.min_s(sum, i16x8.splat(i16(ringClip))));
    // What a vector reads behind the end of a row is its padding and the start of the next.
    const inside = i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(i16(min<usize>(8, (end - at) >> 1))));
    total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_s(v128.and(inside, v128.load(at))));
  }
  return sumOfLanes(total);
}

/** Makes a channel one of zeros, which adds nothing to any sum. */
export function closeEmptyChannel(channel: i32): void {
  store<u8>(isEmptyAt + channel, 1);
  memory.fill(ringsAt + ((channel * planeSize) << 1), 0, planeSize << 1);
}

/** Clears the sums over references and sets the constant that the magnitude's prediction starts from. */
export function openSums(magnitudeConstant: i32): void {
  memory.fill(valueBaseAt, 0, planeSize << 2);
  const constants = i32x4.splat(magnitudeConstant);
  for (let at = magnitudeBaseAt, end = at + (planeSize << 2); at < end; at += 16) v128.store(at, constants);
}

/** Adds a lower channel's values, seen from one of nine places (0 = NW, 8 = SE), to the value's prediction. */
export function addValueReference(channel: i32, place: i32, weight: i32): void {
  if (load<u8>(isEmptyAt + channel)) return;
  const step = (place / 3 - 1) * stride + (place % 3) - 1;
  const weights = i32x4.splat(weight);
  let from = valuesAt + ((channel * planeSize + origin + step) << 1);
  let at = valueBaseAt + (origin << 2);
  for (const end = valueBaseAt + ((planeSize - origin) << 2); at < end; at += 32, from += 16) {
    const values = v128.load(from);
    addTo(at, i32x4.mul(weights, i32x4.extend_low_i16x8_s(values)));
    addTo(at + 16, i32x4.mul(weights, i32x4.extend_high_i16x8_s(values)));
  }
}

/** Adds a lower channel's magnitudes, here and around, to the magnitude's prediction. */
export function addMagnitudeReference(channel: i32, here: i32, around: i32): void {
  if (load<u8>(isEmptyAt + channel)) return;
  const offset = (channel * planeSize + origin) << 1;
  if (max(here, around) < 32768) addBriefly(offset, here | (around << 16));
  else addAtLength(offset, here, around);
}

/** Both products at once, for two weights of 15 bits in one number. */
function addBriefly(offset: usize, weights: i32): void {
  const pairs = i32x4.splat(weights);
  let magnitudes = magnitudesAt + offset;
  let rings = ringsAt + offset;
  let at = magnitudeBaseAt + (origin << 2);
  for (const end = magnitudeBaseAt + ((planeSize - origin) << 2); at < end; at += 32) {
    const here = v128.load(magnitudes);
    const around = v128.load(rings);
    addTo(at, i32x4.dot_i16x8_s(pairs, v128.shuffle<i16>(here, around, 0, 8, 1, 9, 2, 10, 3, 11)));
    addTo(at + 16, i32x4.dot_i16x8_s(pairs, v128.shuffle<i16>(here, around, 4, 12, 5, 13, 6, 14, 7, 15)));
    magnitudes += 16;
    rings += 16;
  }
}

function addAtLength(offset: usize, here: i32, around: i32): void {
  let magnitudes = magnitudesAt + offset;
  let rings = ringsAt + offset;
  let at = magnitudeBaseAt + (origin << 2);
  for (const end = magnitudeBaseAt + ((planeSize - origin) << 2); at < end; at += 16) {
    addTo(at, i32x4.mul(i32x4.splat(here), i32x4.extend_low_i16x8_s(v128.load(magnitudes))));
    addTo(at, i32x4.mul(i32x4.splat(around), i32x4.extend_low_i16x8_s(v128.load(rings))));
    magnitudes += 8;
    rings += 8;
  }
}

function addTo(at: usize, change: v128): void {
  v128.store(at, i32x4.add(v128.load(at), change));
}

export function sumOfLanes(vector: v128): i32 {
  let sum = i32x4.add(vector, v128.shuffle<i32>(vector, vector, 2, 3, 0, 1));
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
  return i32x4.extract_lane(sum, 0);
}
