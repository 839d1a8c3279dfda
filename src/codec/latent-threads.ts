import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { engineThreads } from '../shared/engine-threads.ts';
import { fromErrorPayload, PellucidError } from '../shared/errors.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { decodeLatent, encodeLatent } from './latent-coder.ts';
import type { LatentShape } from './latent-coder.ts';
import type { StripResult, StripTask } from './latent-worker.ts';
import { corruptLatent } from './range-coder.ts';
import { putStrip, stripsOf, takeStrip } from './strips.ts';
import type { Strip } from './strips.ts';

/** Threads without work end after this time and give their memory back. */
const idleMs = 20_000;

let pool: Tinypool | undefined;

/**
 * Entropy-codes a quantised latent in strips, on as many threads as the engine may compute on. A latent of one strip is
 * coded at once in the calling thread.
 * @param values integers in channel, row, column order
 * @returns the bytes of each strip, from the top
 * @throws INVALID_ARGUMENT when shape, values and tables do not fit together; ABORTED between two strips
 */
export async function encodeStrips(
  values: Int16Array,
  shape: LatentShape,
  tables: EntropyTables,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const strips = stripsOf(shape);
  if (strips.length === 1) return [encodeLatent(values, shape, tables)];
  return await onThreads(strips, signal, async (strip) => {
    const result = await codeOn({ shape: shapeOf(shape, strip), tables, values: takeStrip(values, shape, strip) });
    if (!('bytes' in result)) throw new Error('A strip was decoded that was to be encoded.');
    return result.bytes;
  });
}

/**
 * The integers that {@link encodeStrips} coded, or of one strip for the whole latent.
 * @throws PEL_CORRUPT when the bytes cannot have come from it, INVALID_ARGUMENT when shape and tables do not fit,
 * ABORTED between two strips
 */
export async function decodeStrips(
  coded: readonly Uint8Array[],
  shape: LatentShape,
  tables: EntropyTables,
  signal?: AbortSignal,
): Promise<Int16Array> {
  const [only] = coded;
  if (only !== undefined && coded.length === 1) return decodeLatent(only, shape, tables);
  const strips = stripsOf(shape);
  if (strips.length !== coded.length) throw corruptLatent('has another number of strips than its size asks for');
  const values = new Int16Array(shape.channels * shape.height * shape.width);
  await onThreads(strips, signal, async (strip, index) => {
    const bytes = coded[index] as Uint8Array;
    const result = await codeOn({ shape: shapeOf(shape, strip), tables, bytes });
    if (!('values' in result)) throw new Error('A strip was encoded that was to be decoded.');
    putStrip(values, shape, strip, result.values);
  });
  return values;
}

function shapeOf({ channels, width }: LatentShape, { rows }: Strip): LatentShape {
  return { channels, height: rows, width };
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

async function codeOn(task: StripTask): Promise<Exclude<StripResult, { error: unknown }>> {
  pool ??= new Tinypool({
    filename: fileURLToPath(
      new URL(`./latent-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
    ),
    minThreads: 0,
    maxThreads: engineThreads(),
    idleTimeout: idleMs,
  });
  const result = (await pool.run(task)) as StripResult;
  if ('error' in result) throw fromErrorPayload(result.error);
  return result;
}
