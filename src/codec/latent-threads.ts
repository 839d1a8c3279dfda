import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { engineThreads } from '../shared/engine-threads.ts';
import { fromErrorPayload, PellucidError } from '../shared/errors.ts';
import { compiledCoder } from './coder-instance.ts';
import { decodeWhole, encodeStrip } from './latent-coder.ts';
import type { LatentShape } from './latent-coder.ts';
import type { StripResult, StripTask } from './latent-worker.ts';
import { corruptLatent } from './corrupt-latent.ts';
import type { PreparedTables } from './prepared-tables.ts';
import { stripsOf } from './strips.ts';
import type { Strip } from './strips.ts';

/** Threads without work end after this time and give their memory back. */
const idleMs = 20_000;

let pool: Tinypool | undefined;

/**
 * Entropy-codes a quantised latent in strips, on as many threads as the engine may compute on. A latent of one strip is
 * coded at once in the calling thread.
 * @param values integers in channel, row, column order; those of {@link emptyIntegers} need not be copied
 * @returns the bytes of each strip, from the top
 * @throws INVALID_ARGUMENT when shape, values and tables do not fit together; ABORTED between two strips
 */
export async function encodeStrips(
  values: Int16Array,
  shape: LatentShape,
  tables: PreparedTables,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const strips = stripsOf(shape);
  const [only] = strips;
  if (only !== undefined && strips.length === 1) return [encodeStrip(values, shape, only, tables, false)];
  const shared = sharedIntegers(values);
  return await onThreads(strips, signal, (strip) => codeOn({ values: shared, shape, strip, tables, bytes: null }));
}

/**
 * The integers that {@link encodeStrips} coded, or of one strip for the whole latent.
 * @throws PEL_CORRUPT when the bytes cannot have come from it, INVALID_ARGUMENT when shape and tables do not fit,
 * ABORTED between two strips
 */
export async function decodeStrips(
  coded: readonly Uint8Array[],
  shape: LatentShape,
  tables: PreparedTables,
  signal?: AbortSignal,
): Promise<Int16Array> {
  const [only] = coded;
  if (only !== undefined && coded.length === 1) return decodeWhole(only, shape, tables, false);
  const strips = stripsOf(shape);
  if (strips.length !== coded.length) throw corruptLatent('has another number of strips than its size asks for');
  const values = emptyIntegers(shape);
  await onThreads(strips, signal, (strip, index) =>
    codeOn({ values, shape, strip, tables, bytes: coded[index] as Uint8Array }),
  );
  return values;
}

/** Room for the integers of a latent, in memory that threads share. */
export function emptyIntegers({ channels, height, width }: LatentShape): Int16Array {
  return new Int16Array(new SharedArrayBuffer(2 * channels * height * width));
}

function sharedIntegers(values: Int16Array): Int16Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Int16Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** Does the work of each strip, as many at a time as there are threads, and gives the results in order. */
async function onThreads<T>(
  strips: readonly Strip[],
  signal: AbortSignal | undefined,
  work: (strip: Strip, index: number) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(strips.length);
  const waiting = strips.entries();
  const lane = async (): Promise<void> => {
    for (const [index, strip] of waiting) {
      if (signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
      results[index] = await work(strip, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(engineThreads(), strips.length) }, lane));
  return results;
}

async function codeOn(task: Omit<StripTask, 'coder'>): Promise<Uint8Array> {
  pool ??= new Tinypool({
    filename: fileURLToPath(
      new URL(`./latent-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
    ),
    minThreads: 0,
    maxThreads: engineThreads(),
    idleTimeout: idleMs,
  });
  const result = (await pool.run({ ...task, coder: compiledCoder() } satisfies StripTask)) as StripResult;
  if ('error' in result) throw fromErrorPayload(result.error);
  return result.bytes;
}
