import { stretchLimit } from '../coder-constants';
import { countersAt, squashAt, stepsAt, stretchAt, weightsAt } from './memory';
import { code } from './range-coder';

/**
 * Predicts binary decisions from three adaptive counters, mixed in the logistic domain by two weight sets that learn
 * online (M. Mahoney, PAQ8), and codes them. Everything is integer arithmetic, so a decoder repeats it exactly.
 *
 * A counter holds the probability of one in its upper 22 bits and the number of decisions seen in the lower 10.
 */

const learningRate: i32 = 10;
/** Bounds on weights (16 fractional bits), so that a weighted sum stays within 32 bits. */
const weightLimit: i32 = 8 << 16;
/** Probabilities stay this far from 0 and 1, which bounds the decisions that a byte can hold (fuzz.ts). */
const probabilityFloor: i32 = 24;
const largestProbability: u32 = 4194303;

/** The number of decisions that a counter averages over at most. */
let limit: u32 = 0;

export function setCounterLimit(most: u32): void {
  limit = most;
}

/**
 * Codes a decision that three counters predict, mixed by two weight sets.
 * @param slotA number of a counter, as `slotB` and `slotC`
 * @param first number of a weight set, as `second`
 */
export function mix(bit: i32, slotA: i32, slotB: i32, slotC: i32, first: i32, second: i32): i32 {
  const atA = countersAt + (slotA << 2);
  const atB = countersAt + (slotB << 2);
  const atC = countersAt + (slotC << 2);
  const one = weightsAt + (first << 4);
  const two = weightsAt + (second << 4);
  const counterA = load<u32>(atA);
  const counterB = load<u32>(atB);
  const counterC = load<u32>(atC);
  const weightsOne = v128.load(one);
  const weightsTwo = v128.load(two);
  // The fourth weight is added as it is: 16 is the 1 that `weighted` takes away again.
  let inputs = i32x4.splat(16);
  inputs = i32x4.replace_lane(inputs, 0, inline.always(stretched(counterA)));
  inputs = i32x4.replace_lane(inputs, 1, inline.always(stretched(counterB)));
  inputs = i32x4.replace_lane(inputs, 2, inline.always(stretched(counterC)));
  const logitOne = inline.always(weighted(weightsOne, inputs));
  const logitTwo = inline.always(weighted(weightsTwo, inputs));
  const mixed = inline.always(squashed((logitOne + logitTwo) >> 1));
  const decided = inline.always(code(bit, bounded(mixed)));
  const target = decided << 16;
  inputs = i32x4.replace_lane(inputs, 3, 4096);
  inline.always(learn(one, weightsOne, inputs, target, logitOne));
  inline.always(learn(two, weightsTwo, inputs, target, logitTwo));
  store<u32>(atA, inline.always(updated(counterA, decided)));
  store<u32>(atB, inline.always(updated(counterB, decided)));
  store<u32>(atC, inline.always(updated(counterC, decided)));
  return decided;
}

/** Codes a decision that one counter predicts alone. */
export function codeAlone(bit: i32, slot: i32): i32 {
  const at = countersAt + (slot << 2);
  const counter = load<u32>(at);
  const decided = code(bit, bounded(counter >>> 16));
  store<u32>(at, updated(counter, decided));
  return decided;
}

/** A counter after `bit`; without a branch, which could not be foreseen. */
function updated(counter: u32, bit: i32): u32 {
  const count = counter & 1023;
  const probability = counter >>> 10;
  // The distance to 0 or to the largest probability, and the same step in its direction.
  const distance = probability ^ (u32(-bit) & largestProbability);
  const moved = ((distance >>> 4) * load<u32>(stepsAt + (count << 2))) >>> 9;
  const sign = u32(bit - 1);
  return ((probability + ((moved ^ sign) - sign)) << 10) | (count + u32(count < limit));
}

function stretched(counter: u32): i32 {
  return load<i16>(stretchAt + ((counter >>> 16) << 1));
}

function squashed(logit: i32): i32 {
  return load<u16>(squashAt + ((logit + stretchLimit) << 1));
}

function bounded(probability: i32): u32 {
  return max(probabilityFloor, min(65536 - probabilityFloor, probability));
}

/** The logit that a weight set makes of the counters'. */
function weighted(weights: v128, inputs: v128): i32 {
  let sum = i32x4.shr_s(i32x4.mul(weights, inputs), 4);
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
  return max(-stretchLimit, min(stretchLimit, i32x4.extract_lane(sum, 0) >> 12));
}

/** Moves a weight set along the gradient of the coding cost. The fourth weight's step is rounded down, the others' to nearest. */
function learn(at: usize, weights: v128, inputs: v128, target: i32, logit: i32): void {
  const step = ((target - squashed(logit)) * learningRate) >> 4;
  const scaled = i32x4.add(i32x4.mul(inputs, i32x4.splat(step)), i32x4(32768, 32768, 32768, 0));
  const moved = i32x4.add(weights, i32x4.shr_s(scaled, 16));
  v128.store(at, i32x4.max_s(i32x4.splat(-weightLimit), i32x4.min_s(i32x4.splat(weightLimit), moved)));
}
