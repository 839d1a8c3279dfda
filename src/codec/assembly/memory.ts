import { stretchLimit } from '../coder-constants';

/**
 * Where everything lies in the coder's memory: addresses in bytes, which its other parts read. Nothing is checked when
 * the coder runs but the end of the memory, so all that it is told has been checked before.
 */

/** Vectors may read and write this far behind a part. */
const slackBytes: usize = 64;
const pageBytes: usize = 65536;

/** Probabilities by logit, 16 bits each, and logits by probability; written from outside, as are all below. */
export let squashAt: usize = 0;
export let stretchAt: usize = 0;
/** Steps of a counter by the number of decisions that it has seen, 32 bits each. */
export let stepsAt: usize = 0;
/** Counters, 32 bits each, and sets of four weights of 32 bits. */
export let countersAt: usize = 0;
export let weightsAt: usize = 0;
/** What the tables say of the channel that is coded, 32 bits each. */
export let valueRowAt: usize = 0;
export let magnitudeRowAt: usize = 0;
/** Integers of that channel, row by row, 16 bits each: read when encoding, written when decoding. */
export let dataAt: usize = 0;
/** A byte for each channel of the band: whether all of it is zero. */
export let isEmptyAt: usize = 0;
/** Sums over references for the channel that is coded next, one of 32 bits for each padded position. */
export let valueBaseAt: usize = 0;
export let magnitudeBaseAt: usize = 0;
/** Planes of the channels that are coded already, 16 bits each: see `planes.ts`. */
export let valuesAt: usize = 0;
export let magnitudesAt: usize = 0;
export let ringsAt: usize = 0;
/** The coded bytes: the last part, since it may grow. */
export let bytesAt: usize = 0;

let next: usize = 0;

function take(bytes: i32): usize {
  const start = next;
  next = (start + usize(bytes) + slackBytes + 15) & ~15;
  return start;
}

/**
 * Makes room for everything.
 * @param rowLength most numbers that the tables list for a channel
 * @param positions of the largest band, and its padded ones
 * @param bytes that are there to be decoded, or a guess at those that encoding makes
 */
export function layOut(
  counters: i32,
  weightSets: i32,
  rowLength: i32,
  channels: i32,
  positions: i32,
  paddedPositions: i32,
  bytes: i32,
): void {
  next = 1024;
  squashAt = take(2 * (2 * stretchLimit + 1));
  stretchAt = take(2 * 65536);
  stepsAt = take(4 * 1024);
  countersAt = take(4 * counters);
  weightsAt = take(16 * weightSets);
  valueRowAt = take(4 * rowLength);
  magnitudeRowAt = take(4 * rowLength);
  dataAt = take(2 * positions);
  isEmptyAt = take(channels);
  valueBaseAt = take(4 * paddedPositions);
  magnitudeBaseAt = take(4 * paddedPositions);
  valuesAt = take(2 * channels * paddedPositions);
  magnitudesAt = take(2 * channels * paddedPositions);
  ringsAt = take(2 * channels * paddedPositions);
  bytesAt = take(bytes);
  reach(next);
}

/** Makes the memory reach to `end`; where there is none, the call ends in a trap. */
export function reach(end: usize): void {
  const wanted = i32((end + pageBytes - 1) / pageBytes);
  const missing = wanted - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
}
