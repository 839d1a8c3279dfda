import { toErrorPayload } from '../shared/errors.ts';
import type { ErrorPayload } from '../shared/errors.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { decodeLatent, encodeLatent } from './latent-coder.ts';
import type { LatentShape } from './latent-coder.ts';

/** What a thread of `latent-threads.ts` is asked for: one of several strips, to be encoded or decoded. */
export type StripTask = { shape: LatentShape; tables: EntropyTables } & (
  { values: Int16Array } | { bytes: Uint8Array }
);

/** The coded bytes or the integers; an error of the coder as its payload, which the way between threads keeps whole. */
export type StripResult = { bytes: Uint8Array } | { values: Int16Array } | { error: ErrorPayload };

/** The thread's one function. */
// eslint-disable-next-line no-restricted-syntax -- tinypool calls the default export
export default function codeStrip(task: StripTask): StripResult {
  try {
    return 'values' in task
      ? { bytes: encodeLatent(task.values, task.shape, task.tables, true) }
      : { values: decodeLatent(task.bytes, task.shape, task.tables, true) };
  } catch (error) {
    return { error: toErrorPayload(error) };
  }
}
