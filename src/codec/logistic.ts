import { stretchLimit } from './coder-constants.ts';

/**
 * The logistic function and its inverse as integer tables. Every value is worked out with BigInt, so that two machines
 * can never disagree about a probability: the entropy coder must not depend on how a processor rounds.
 *
 * Probabilities have 16 bits (1..65535 of 65536); their logits ("stretched" probabilities) have 8 fractional bits.
 */

const fractionBits = 96n;

/** e^(1/256) with 96 fractional bits, by its Taylor series. */
function exponentialStep(): bigint {
  let term = 1n << fractionBits;
  let sum = term;
  for (let order = 1n; term > 0n; order++) {
    term = term / (256n * order);
    sum += term;
  }
  return sum;
}

function createSquashTable(): Uint16Array {
  const table = new Uint16Array(2 * stretchLimit + 1);
  const one = 1n << fractionBits;
  const step = exponentialStep();
  let exponential = one;
  for (let stretched = 0; stretched <= stretchLimit; stretched++) {
    const probability = Number((65536n * exponential + (one + exponential) / 2n) / (one + exponential));
    table[stretchLimit + stretched] = probability;
    table[stretchLimit - stretched] = 65536 - probability;
    exponential = (exponential * step) >> fractionBits;
  }
  return table;
}

function createStretchTable(squash: Uint16Array): Int16Array {
  const table = new Int16Array(65536);
  let index = 0;
  for (let probability = 0; probability < 65536; probability++) {
    while (index < squash.length - 1 && (squash[index] as number) < probability) index++;
    table[probability] = index - stretchLimit;
  }
  return table;
}

/** `squashTable[x + stretchLimit]` is 65536 / (1 + exp(-x / 256)), rounded, for |x| <= stretchLimit. */
export const squashTable: Uint16Array = createSquashTable();

/** `stretchTable[p]` is the least x whose squashed value reaches the 16-bit probability p. */
export const stretchTable: Int16Array = createStretchTable(squashTable);
