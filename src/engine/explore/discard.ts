import { lstat } from 'node:fs/promises';
import type { SkippedFile } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';

/**
 * Moves files to the bin of the system, from where the person can take them back. Only files that were opened to be
 * looked at go there; folders, links and devices never do.
 * @param isOpen whether a path is one of a picture in an open library
 */
export async function discard(
  paths: readonly string[],
  isOpen: (path: string) => boolean,
  signal: AbortSignal,
): Promise<{ moved: string[]; failed: SkippedFile[] }> {
  const moved: string[] = [];
  const failed: SkippedFile[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    try {
      if (!isOpen(path) || !(await lstat(path)).isFile()) {
        const message = `${path} is no photo that is open here. Open its folder first.`;
        throw new PellucidError('PERMISSION_DENIED', message, { subject: path });
      }
      const { default: trash } = await import('trash');
      await trash(path, { glob: false });
      moved.push(path);
    } catch (error) {
      const { code, message: reason } = toPellucidError(error, path);
      failed.push({ path, code, reason });
    }
  }
  return { moved, failed };
}
