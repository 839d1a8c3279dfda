import { squashTable, stretchLimit, stretchTable } from './logistic.ts';
import type { RangeCoder } from './range-coder.ts';

/** How many counters predict every mixed decision. */
export const mixerInputs = 3;
/** Weights of one set: one for each counter's logit and a constant to add. */
export const mixerWeights = mixerInputs + 1;

const learningRate = 10;
/** Bounds on weights (16 fractional bits), so that a weighted sum stays within 32 bits. */
const weightLimit = 8 << 16;
/** Mixed probabilities stay this far from 0 and 1, which bounds the decisions that a byte can hold (fuzz.ts). */
const probabilityFloor = 24;

/** The step of a counter that has seen `n` decisions is 1 / (n + 1.5), with 13 fractional bits. */
const stepTable = Int32Array.from({ length: 1024 }, (_, count) => Math.floor((2 << 13) / (2 * count + 3)));

/** A counter that has seen nothing: probability one half. */
export const freshCounter = 1 << 31;

/** A counter's new state after `bit`: probability of one in the upper 22 bits, number of decisions seen in the lower 10. */
function updatedCounter(counter: number, bit: number, limit: number): number {
  const probability = counter >>> 10;
  const count = counter & 1023;
  const step = stepTable[count] as number;
  const moved =
    bit === 1
      ? probability + (Math.imul((4194303 - probability) >> 4, step) >> 9)
      : probability - (Math.imul(probability >> 4, step) >> 9);
  return (moved << 10) | (count < limit ? count + 1 : count);
}

/**
 * Predicts binary decisions from three adaptive counters, mixed in the logistic domain by two weight sets that learn
 * online (M. Mahoney, PAQ8), and codes them. Everything is integer arithmetic, so a decoder repeats it exactly.
 */
export class BitMixer {
  /** Adaptive probabilities, one for each context and decision; see {@link updatedCounter}. */
  readonly counters: Int32Array;
  /** Sets of {@link mixerWeights} weights with 16 fractional bits. */
  readonly weights: Int32Array;
  /** The number of decisions that a counter averages over at most. */
  readonly #limit: number;
  readonly #coder: RangeCoder;

  constructor(coder: RangeCoder, counters: Int32Array, weights: Int32Array, limit: number) {
    this.#coder = coder;
    this.counters = counters;
    this.weights = weights;
    this.#limit = limit;
  }

  /**
   * Codes a decision that three counters predict, mixed by two weight sets.
   * @param slotA index of a counter, as `slotB` and `slotC`
   * @param first number of a weight set, as `second`
   */
  code(bit: number, slotA: number, slotB: number, slotC: number, first: number, second: number): number {
    const counters = this.counters;
    const weights = this.weights;
    const counterA = counters[slotA] as number;
    const counterB = counters[slotB] as number;
    const counterC = counters[slotC] as number;
    const inputA = stretchTable[counterA >>> 16] as number;
    const inputB = stretchTable[counterB >>> 16] as number;
    const inputC = stretchTable[counterC >>> 16] as number;
    const one = first * mixerWeights;
    const two = second * mixerWeights;
    const sumOne =
      (Math.imul(weights[one] as number, inputA) >> 4) +
      (Math.imul(weights[one + 1] as number, inputB) >> 4) +
      (Math.imul(weights[one + 2] as number, inputC) >> 4);
    const sumTwo =
      (Math.imul(weights[two] as number, inputA) >> 4) +
      (Math.imul(weights[two + 1] as number, inputB) >> 4) +
      (Math.imul(weights[two + 2] as number, inputC) >> 4);
    const stretchedOne = clampStretched((sumOne + (weights[one + 3] as number)) >> 12);
    const stretchedTwo = clampStretched((sumTwo + (weights[two + 3] as number)) >> 12);
    const mixed = squashTable[((stretchedOne + stretchedTwo) >> 1) + stretchLimit] as number;
    const decided = this.#coder.code(bit, clampProbability(mixed));
    const target = decided << 16;
    // Each set learns along the gradient of the coding cost; written out, as a call for each set takes a tenth longer.
    const errorOne = target - (squashTable[stretchedOne + stretchLimit] as number);
    const errorTwo = target - (squashTable[stretchedTwo + stretchLimit] as number);
    const stepOne = Math.imul(errorOne, learningRate) >> 4;
    const stepTwo = Math.imul(errorTwo, learningRate) >> 4;
    weights[one] = clampWeight((weights[one] as number) + ((Math.imul(inputA, stepOne) + 32768) >> 16));
    weights[one + 1] = clampWeight((weights[one + 1] as number) + ((Math.imul(inputB, stepOne) + 32768) >> 16));
    weights[one + 2] = clampWeight((weights[one + 2] as number) + ((Math.imul(inputC, stepOne) + 32768) >> 16));
    weights[one + 3] = clampWeight((weights[one + 3] as number) + (stepOne >> 4));
    weights[two] = clampWeight((weights[two] as number) + ((Math.imul(inputA, stepTwo) + 32768) >> 16));
    weights[two + 1] = clampWeight((weights[two + 1] as number) + ((Math.imul(inputB, stepTwo) + 32768) >> 16));
    weights[two + 2] = clampWeight((weights[two + 2] as number) + ((Math.imul(inputC, stepTwo) + 32768) >> 16));
    weights[two + 3] = clampWeight((weights[two + 3] as number) + (stepTwo >> 4));
    const limit = this.#limit;
    counters[slotA] = updatedCounter(counterA, decided, limit);
    counters[slotB] = updatedCounter(counterB, decided, limit);
    counters[slotC] = updatedCounter(counterC, decided, limit);
    return decided;
  }

  /** Codes a decision that one counter predicts alone. */
  codeAlone(bit: number, slot: number): number {
    const counter = this.counters[slot] as number;
    const decided = this.#coder.code(bit, clampProbability(counter >>> 16));
    this.counters[slot] = updatedCounter(counter, decided, this.#limit);
    return decided;
  }
}

function clampStretched(value: number): number {
  return value > stretchLimit ? stretchLimit : value < -stretchLimit ? -stretchLimit : value;
}

function clampWeight(value: number): number {
  return value > weightLimit ? weightLimit : value < -weightLimit ? -weightLimit : value;
}

function clampProbability(probability: number): number {
  if (probability < probabilityFloor) return probabilityFloor;
  return probability > 65536 - probabilityFloor ? 65536 - probabilityFloor : probability;
}
