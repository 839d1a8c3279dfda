import { beforeAll, expect, it } from 'vitest';
import { loadTensorFlow } from './tensorflow.ts';
import type { Tf } from './tensorflow.ts';
import { unshared, unsharedBytes, unsharedFloats, unsharedWords } from './unshared.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

/** Whether a tensor changes with the array that it was made of. */
function isLent(values: Float32Array | Int32Array): boolean {
  return tf.tidy(() => {
    const tensor = tf.tensor(values, [values.length], values instanceof Float32Array ? 'float32' : 'int32');
    const before = tf.add(tensor, 0).dataSync()[0] as number;
    values[0] = before + 1;
    return tf.add(tensor, 0).dataSync()[0] !== before;
  });
}

/** Of sizes that lie differently in memory. All are kept until the end, so that no place is used twice. */
function lent(make: (length: number) => Float32Array | Int32Array): number {
  return Array.from({ length: 300 }, (_, i) => make(1000 + 4 * (i % 7))).filter(isLent).length;
}

it('keeps TensorFlow from the memory of arrays, some of which it would share', () => {
  expect(lent((length) => new Float32Array(length))).toBeGreaterThan(0);
  expect(lent((length) => unshared(new Float32Array(length)))).toBe(0);
  expect(lent((length) => unshared(new Int32Array(length)))).toBe(0);
  expect(lent(unsharedFloats)).toBe(0);
  expect(lent((length) => unsharedWords(unsharedBytes(4 * length)))).toBe(0);
  expect(lent((length) => unsharedWords(new Uint8Array(4 * length)))).toBe(0);
});

it('keeps values', () => {
  expect(unshared(Float32Array.of(1.5, -2))).toEqual(Float32Array.of(1.5, -2));
  expect(unshared(Int32Array.of(7, -2))).toEqual(Int32Array.of(7, -2));
  const words = unsharedWords(Uint8Array.of(1, 2, 3, 4, 5));
  expect(Array.from(new Uint8Array(words.buffer, words.byteOffset, 8))).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
  const odd = unsharedBytes(3);
  odd.set([9, 8, 7]);
  expect(Array.from(unsharedWords(odd))).toEqual([0x070809]);
});

it('makes no copy of an array that lies right', () => {
  const floats = unsharedFloats(5);
  expect(unshared(floats)).toBe(floats);
  const bytes = unsharedBytes(8);
  expect(unsharedWords(bytes).buffer).toBe(bytes.buffer);
});
