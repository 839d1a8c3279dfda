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
  /** Replace what is there; otherwise a free name is taken, the same for all of the files. */
  overwrite: boolean;
  /** Time of change that the files get, milliseconds since 1970. */
  modifiedMs?: number;
}

/**
 * Writes the files that belong together under one name, all of them or none: when one cannot be written, those of this
 * call that are new are taken away again.
 *
 * @returns the paths, in order
 * @throws {PellucidError} as `writeFileSafely`
 */
export async function writeOutputs(
  folder: string,
  name: string,
  outputs: readonly Output[],
  { overwrite, ...options }: WriteOutputsOptions,
): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const shared = overwrite ? name : await freeName(folder, name, outputs);
    const written: string[] = [];
    try {
      for (const { extension, bytes } of outputs) {
        const path = join(folder, `${shared}${extension}`);
        await writeFileSafely(path, bytes, { ...options, overwrite });
        written.push(path);
      }
      return written;
    } catch (error) {
      if (!overwrite) await Promise.all(written.map((path) => rm(path, { force: true })));
      const wasTaken = error instanceof PellucidError && error.code === 'ALREADY_EXISTS';
      if (!wasTaken || overwrite || attempt >= maxAttempts) throw error;
    }
  }
}

/** Another program that takes the very names that were free, many times over, is no coincidence. */
const maxAttempts = 20;

/** The first of `name`, `name-1`, `name-2`, ... that is free with every extension. */
async function freeName(folder: string, name: string, outputs: readonly Output[]): Promise<string> {
  for (let counter = 0; ; counter++) {
    const candidate = counter === 0 ? name : `${name}-${counter}`;
    const wanted = outputs.map(({ extension }) => join(folder, `${candidate}${extension}`));
    const free = await Promise.all(outputs.map(({ extension }) => freeOutputPath(folder, candidate, extension)));
    if (wanted.every((path, index) => path === free[index])) return candidate;
  }
}
