import { access } from 'node:fs/promises';
import trash from 'trash';
import type { SkippedFile } from '../../shared/contract.ts';
import { toPellucidError } from '../../shared/errors.ts';

/** Moves files to the bin of the system, from where the person can take them back. */
export async function discard(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<{ moved: string[]; failed: SkippedFile[] }> {
  const moved: string[] = [];
  const failed: SkippedFile[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    try {
      await access(path);
      await trash(path, { glob: false });
      moved.push(path);
    } catch (error) {
      const { code, message: reason } = toPellucidError(error, path);
      failed.push({ path, code, reason });
    }
  }
  return { moved, failed };
}
