import { PellucidError, isAborted } from '../shared/errors.ts';

/**
 * Ends at once when cancelled: libvips cannot be interrupted, so its result is dropped when it comes.
 *
 * @throws {PellucidError} `ABORTED`, and whatever the work throws
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const cancelled = (cause?: unknown) => new PellucidError('ABORTED', 'Cancelled.', { cause });
  if (signal?.aborted) throw cancelled(signal.reason);
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled(signal?.reason));
    signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    throw isAborted(error) ? cancelled(error) : error;
  } finally {
    if (stop !== undefined) signal?.removeEventListener('abort', stop);
  }
}
