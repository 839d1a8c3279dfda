import { toErrorPayload } from '../shared/errors.ts';
import type { ErrorPayload } from '../shared/errors.ts';
import { useCompiledCoder } from './coder-instance.ts';
import { decodeStrip, encodeStrip } from './latent-coder.ts';
import type { LatentShape } from './latent-coder.ts';
import type { PreparedTables } from './prepared-tables.ts';
import type { Strip } from './strips.ts';

/** What a thread of `latent-threads.ts` is asked for: one of several strips, to be encoded or decoded. */
export interface StripTask {
  /** The coder as the first thread has compiled it. */
  coder: object;
  /** Integers of the whole latent, in memory that the threads share. */
  values: Int16Array;
  shape: LatentShape;
  strip: Strip;
  tables: PreparedTables;
  /** What is to be decoded; null for encoding. */
  bytes: Uint8Array | null;
}

/** The coded bytes, none after decoding; an error of the coder as its payload, which the way between threads keeps whole. */
export type StripResult = { bytes: Uint8Array } | { error: ErrorPayload };

/** The thread's one function. */
// eslint-disable-next-line no-restricted-syntax -- tinypool calls the default export
export default function codeStrip({ coder, values, shape, strip, tables, bytes }: StripTask): StripResult {
  try {
    useCompiledCoder(coder);
    if (bytes === null) return { bytes: encodeStrip(values, shape, strip, tables, true) };
    decodeStrip(bytes, values, shape, strip, tables, true);
    return { bytes: new Uint8Array(0) };
  } catch (error) {
    return { error: toErrorPayload(error) };
  }
}
