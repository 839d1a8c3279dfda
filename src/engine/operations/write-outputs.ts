import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freeOutputPath, writeFileSafely } from '../../image/write-file.ts';
import { PellucidError } from '../../shared/errors.ts';

/** A file to write: its extension with the dot, and its bytes. */
export interface Output {
  extension: string;
  bytes: Uint8Array;
}

export interface WriteOutputsOptions {
  /**
   * Where a name is taken: a free one is chosen, the same for all of the files (`rename`), nothing is written (`skip`),
   * or what is there is replaced (`overwrite`).
   */
  existing: 'rename' | 'skip' | 'overwrite';
  /** Time of change that the files get, milliseconds since 1970. */
  modifiedMs?: number;
  /** Is told the paths before anything is written to them. */
  beforeWrite?: (paths: string[]) => Promise<void>;
}

/**
 * Writes the files that belong together under one name, all of them or none: when one cannot be written, those of this
 * call that are new are taken away again. Folders on the way are made.
 *
 * @returns the paths, in order
 * @throws {PellucidError} as `writeFileSafely`; `ALREADY_EXISTS` only for `skip`
 */
export async function writeOutputs(
  folder: string,
  name: string,
  outputs: readonly Output[],
  { existing, beforeWrite, ...options }: WriteOutputsOptions,
): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const shared = existing === 'overwrite' ? name : await freeName(folder, name, outputs);
    if (existing === 'skip' && shared !== name) throw taken(join(folder, name));
    const paths = outputs.map(({ extension }) => join(folder, `${shared}${extension}`));
    await beforeWrite?.(paths);
    const written: string[] = [];
    try {
      for (const [index, path] of paths.entries()) {
        const bytes = outputs[index]?.bytes ?? new Uint8Array(0);
        await writeFileSafely(path, bytes, { ...options, overwrite: existing === 'overwrite' });
        written.push(path);
      }
      return written;
    } catch (error) {
      if (existing !== 'overwrite') await Promise.all(written.map((path) => rm(path, { force: true })));
      const wasTaken = error instanceof PellucidError && error.code === 'ALREADY_EXISTS';
      if (!wasTaken || existing !== 'rename' || attempt >= maxAttempts) throw error;
    }
  }
}

/** Another program that takes the very names that were free, many times over, is no coincidence. */
const maxAttempts = 20;

function taken(path: string): PellucidError {
  const message = `There is a file ${path} already, and it is not overwritten. Choose another name or folder.`;
  return new PellucidError('ALREADY_EXISTS', message, { subject: path });
}

/** The first of `name`, `name-1`, `name-2`, ... that is free with every extension. */
async function freeName(folder: string, name: string, outputs: readonly Output[]): Promise<string> {
  for (let counter = 0; ; counter++) {
    const candidate = counter === 0 ? name : `${name}-${counter}`;
    const wanted = outputs.map(({ extension }) => join(folder, `${candidate}${extension}`));
    const free = await Promise.all(outputs.map(({ extension }) => freeOutputPath(folder, candidate, extension)));
    if (wanted.every((path, index) => path === free[index])) return candidate;
  }
}
