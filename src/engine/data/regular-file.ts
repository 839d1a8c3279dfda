import { readFile, stat } from 'node:fs/promises';
import { PellucidError } from '../../shared/errors.ts';

/**
 * Reads a whole file that the caller has named. Opening a named pipe would wait for its writer, for ever and where no
 * cancel reaches, and reading a device can go on without end; so the kind is looked up first.
 *
 * @throws {PellucidError} INVALID_ARGUMENT for a device or a pipe; what the file system throws for all else
 */
export async function readRegularFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  await refuseDevice(path);
  return await readFile(path, signal && { signal });
}

/** Throws as {@link readRegularFile}. */
export async function refuseDevice(path: string): Promise<void> {
  const stats = await stat(path);
  if (stats.isFile() || stats.isDirectory()) return;
  throw new PellucidError('INVALID_ARGUMENT', `${path} is a device or a pipe. Give a file.`, { subject: path });
}
