import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { stretchLimit } from './coder-constants.ts';
import { withCoder } from './coder-instance.ts';
import { contextSizesWithGroups } from './context-sizes.ts';
import { squashTable, stretchTable } from './logistic.ts';

interface Decision {
  probability: number;
  bit: number;
}

function encode(decisions: readonly Decision[]): Uint8Array {
  return withCoder((coder) => {
    coder.layOut(1, 1, 1, 1, 1, 1, 1);
    coder.begin(0, 0);
    for (const { bit, probability } of decisions) coder.codeBit(bit, probability);
    const length = coder.finishEncoding();
    return new Uint8Array(coder.memory.buffer, coder.bytesAt.value, length).slice();
  });
}

/** The decisions, and how many bytes behind the last one were read. */
function decode(bytes: Uint8Array, decisions: readonly Decision[]): { bits: number[]; beyond: number } {
  return withCoder((coder) => {
    coder.layOut(1, 1, 1, 1, 1, 1, bytes.length);
    new Uint8Array(coder.memory.buffer).set(bytes, coder.bytesAt.value);
    coder.begin(1, bytes.length);
    return { bits: decisions.map(({ probability }) => coder.codeBit(0, probability)), beyond: coder.bytesBeyond() };
  });
}

test('decisions come back, at the length that their probabilities say', () => {
  const random = createRandom(4, 0);
  const decisions = Array.from({ length: 400_000 }, () => {
    const probability = 1 + random.integer(65535);
    return { probability, bit: random.integer(65536) < probability ? 1 : 0 };
  });
  let bits = 0;
  for (const { probability, bit } of decisions)
    bits -= Math.log2((bit === 1 ? probability : 65536 - probability) / 65536);
  const bytes = encode(decisions);
  expect(bytes.length).toBeLessThan((bits / 8) * 1.001 + 4);
  const decoded = decode(bytes, decisions);
  expect(decoded.bits).toEqual(decisions.map(({ bit }) => bit));
  expect(decoded.beyond).toBeGreaterThanOrEqual(0);
  expect(decoded.beyond).toBeLessThanOrEqual(3);
});

test('carries run through any number of bytes of ones', () => {
  // Zeros at probability 1/65536 of one keep the low end just below a power of two until the last decision.
  for (let length = 1; length < 400; length += 7) {
    const decisions = [
      ...Array.from({ length }, () => ({ bit: 0, probability: 65535 })),
      ...[1, 0, 1].map((bit) => ({ bit, probability: 1 })),
    ];
    expect(decode(encode(decisions), decisions).bits).toEqual(decisions.map(({ bit }) => bit));
  }
});

test.each([1, 12, 256])('the coder has the counters and weight sets that are laid out for %i channels', (channels) => {
  const sizes = withCoder((coder) => {
    coder.openModel(channels, 1);
    return { counters: coder.counterCount(), mixerSets: coder.weightSetCount() };
  });
  expect(sizes).toEqual(contextSizesWithGroups(channels));
});

test('the logistic tables are those of Math.exp', () => {
  for (let x = -stretchLimit; x <= stretchLimit; x++) {
    const exact = 65536 / (1 + Math.exp(-x / 256));
    expect(Math.abs((squashTable[x + stretchLimit] as number) - exact)).toBeLessThan(0.500001);
  }
  expect(stretchTable[32768]).toBe(0);
  expect(stretchTable[Math.round(65536 / (1 + Math.exp(-2)))]).toBe(512);
});
