import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { crc32 } from './crc32.ts';
import { squashTable, stretchLimit, stretchTable } from './logistic.ts';
import { RangeCoder } from './range-coder.ts';

test('decisions come back, at the length that their probabilities say', () => {
  const random = createRandom(4, 0);
  const decisions = Array.from({ length: 40_000 }, () => {
    const probability = 1 + random.integer(65535);
    return { probability, bit: random.integer(65536) < probability ? 1 : 0 };
  });
  const encoder = RangeCoder.encoder();
  let bits = 0;
  for (const { probability, bit } of decisions) {
    encoder.code(bit, probability);
    bits -= Math.log2((bit === 1 ? probability : 65536 - probability) / 65536);
  }
  const bytes = encoder.finish();
  expect(bytes.length).toBeLessThan((bits / 8) * 1.001 + 4);
  const decoder = RangeCoder.decoder(bytes);
  expect(decisions.map(({ probability }) => decoder.code(0, probability))).toEqual(decisions.map(({ bit }) => bit));
  expect(decoder.finish()).toHaveLength(0);
});

test('carries run through any number of bytes of ones', () => {
  // Zeros at probability 1/65536 of one keep the low end just below a power of two until the last decision.
  for (let length = 1; length < 400; length += 7) {
    const bits = [...Array.from({ length }, () => 0), 1, 0, 1];
    const encoder = RangeCoder.encoder();
    bits.forEach((bit, index) => encoder.code(bit, index < length ? 65535 : 1));
    const decoder = RangeCoder.decoder(encoder.finish());
    expect(bits.map((_, index) => decoder.code(0, index < length ? 65535 : 1))).toEqual(bits);
  }
});

test('the logistic tables are those of Math.exp', () => {
  for (let x = -stretchLimit; x <= stretchLimit; x++) {
    const exact = 65536 / (1 + Math.exp(-x / 256));
    expect(Math.abs((squashTable[x + stretchLimit] as number) - exact)).toBeLessThan(0.500001);
  }
  expect(stretchTable[32768]).toBe(0);
  expect(stretchTable[Math.round(65536 / (1 + Math.exp(-2)))]).toBe(512);
});

test('CRC-32 has the check value of its specification', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});
