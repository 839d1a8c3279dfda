import { createHash } from 'node:crypto';
import { PellucidError } from '../../shared/errors.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Weights } from '../layers/description.ts';
import { fromHalf, toHalf } from './float16.ts';

/** One array of the weights file, as in the weights manifest of TensorFlow.js. */
export interface WeightEntry {
  name: string;
  shape: number[];
  dtype: 'float32';
  /** Half precision on disk, float32 in memory. */
  quantization?: { dtype: 'float16'; original_dtype: 'float32' };
}

/** SHA-256 in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Weights as the bytes of one binary shard in half precision, with its entries. */
export function encodeWeights(arrays: readonly { name: string; shape: number[]; values: Float32Array }[]): {
  bytes: Uint8Array;
  entries: WeightEntry[];
} {
  const total = arrays.reduce((sum, { values }) => sum + values.length, 0);
  const halves = new DataView(new ArrayBuffer(2 * total));
  let position = 0;
  for (const { values } of arrays) {
    for (const value of values) {
      halves.setUint16(position, toHalf(value), true);
      position += 2;
    }
  }
  const entries = arrays.map(({ name, shape }): WeightEntry => ({
    name,
    shape,
    dtype: 'float32',
    quantization: { dtype: 'float16', original_dtype: 'float32' },
  }));
  return { bytes: new Uint8Array(halves.buffer), entries };
}

/**
 * The arrays of a binary shard.
 * @throws {PellucidError} MODEL_CORRUPT when the bytes are not those that the entries describe
 */
export function decodeWeights(bytes: Uint8Array, entries: readonly WeightEntry[], modelId: string): Weights {
  const expected = entries.reduce((sum, entry) => sum + sizeOf(entry.shape) * bytesPerValue(entry), 0);
  if (expected !== bytes.byteLength) {
    const message = `Model ${modelId} has ${bytes.byteLength} bytes of weights where its manifest describes ${expected}. Install it again.`;
    throw new PellucidError('MODEL_CORRUPT', message, { subject: modelId });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights: Weights = new Map();
  let position = 0;
  for (const entry of entries) {
    const values = new Float32Array(sizeOf(entry.shape));
    const step = bytesPerValue(entry);
    for (let i = 0; i < values.length; i++, position += step) {
      values[i] = step === 2 ? fromHalf(view.getUint16(position, true)) : view.getFloat32(position, true);
    }
    weights.set(entry.name, values);
  }
  return weights;
}

function bytesPerValue(entry: WeightEntry): 2 | 4 {
  return entry.quantization === undefined ? 4 : 2;
}
