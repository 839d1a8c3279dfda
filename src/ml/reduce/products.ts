import { setImmediate } from 'node:timers/promises';
import { loadTensorOperations } from '../runtime/tensorflow.ts';

/** Rows that are multiplied with all others between two looks at the event loop. */
const rowsAtOnce = 256;

/**
 * Dot products of every row of a matrix with every row, a block of rows at a time, so that memory stays bounded.
 * @param rows [count, length]
 * @param visit called for each row in order with its products, [count]; the array is used again afterwards
 * @throws the signal's reason when cancelled
 */
export async function visitProducts(
  rows: Float32Array,
  length: number,
  visit: (row: number, products: Float32Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const count = rows.length / length;
  const tf = await loadTensorOperations();
  const all = tf.tensor2d(rows, [count, length]);
  try {
    for (let first = 0; first < count; first += rowsAtOnce) {
      await setImmediate();
      signal.throwIfAborted();
      const taken = Math.min(rowsAtOnce, count - first);
      const block = tf.tensor2d(rows.subarray(first * length, (first + taken) * length), [taken, length]);
      const products = tf.matMul(block, all, false, true);
      const values = products.dataSync<'float32'>();
      tf.dispose([block, products]);
      for (let row = 0; row < taken; row++) visit(first + row, values.subarray(row * count, (row + 1) * count));
    }
  } finally {
    all.dispose();
  }
}

/**
 * The nearest other rows of each row by Euclidean distance, exactly.
 * @param rows [rows, length]
 * @param count how many for each row; fewer where there are not so many others
 * @returns for each row indices and distances of the nearest others, nearest first
 * @throws the signal's reason when cancelled
 */
export async function nearestRows(
  rows: Float32Array,
  length: number,
  count: number,
  signal: AbortSignal,
): Promise<{ indices: number[][]; distances: number[][] }> {
  const norms = squaredNorms(rows, length);
  const wanted = Math.min(count, norms.length - 1);
  const indices: number[][] = [];
  const distances: number[][] = [];
  const visit = (row: number, products: Float32Array): void => {
    const own = norms[row] ?? 0;
    const nearest = smallest(products.length, wanted, (other) =>
      other === row ? Infinity : own + (norms[other] ?? 0) - 2 * (products[other] ?? 0),
    );
    indices.push(nearest.map(({ index }) => index));
    distances.push(nearest.map(({ value }) => Math.sqrt(Math.max(0, value))));
  };
  await visitProducts(rows, length, visit, signal);
  return { indices, distances };
}

/** The indices of the smallest values, smallest first, by insertion: for a few of many. */
export function smallest(
  length: number,
  count: number,
  valueOf: (index: number) => number,
): { index: number; value: number }[] {
  const kept: { index: number; value: number }[] = [];
  let bound = Infinity;
  for (let index = 0; index < length; index++) {
    const value = valueOf(index);
    if (value >= bound && kept.length >= count) continue;
    let place = kept.length;
    while (place > 0 && (kept[place - 1]?.value ?? 0) > value) place -= 1;
    kept.splice(place, 0, { index, value });
    if (kept.length > count) kept.pop();
    if (kept.length === count) bound = kept.at(-1)?.value ?? Infinity;
  }
  return kept;
}

function squaredNorms(rows: Float32Array, length: number): Float64Array {
  const norms = new Float64Array(rows.length / length);
  for (let at = 0; at < rows.length; at++) {
    const row = Math.floor(at / length);
    norms[row] = (norms[row] ?? 0) + (rows[at] ?? 0) ** 2;
  }
  return norms;
}
