import { dirname, extname, resolve } from 'node:path';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { readRegularFile } from './regular-file.ts';

/**
 * Replaces lists of files by what they name: text files (`.txt`) with one path a line, relative to the list's folder.
 * Empty lines and those that begin with `#` are passed over.
 *
 * @throws {PellucidError} `FILE_NOT_FOUND` and the like for a list that cannot be read, `EMPTY_FILE` for an empty one
 */
export async function expandLists(paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    if (extname(path).toLowerCase() === '.txt') expanded.push(...(await pathsIn(path)));
    else expanded.push(path);
  }
  return expanded;
}

async function pathsIn(list: string): Promise<string[]> {
  const bytes = await readRegularFile(list).catch((error: unknown) => {
    throw toPellucidError(error, list);
  });
  const lines = bytes
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.trim());
  const named = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (named.length === 0) {
    throw new PellucidError('EMPTY_FILE', `The list ${list} names no files. Write one path on each line.`, {
      subject: list,
    });
  }
  return named.map((line) => resolve(dirname(list), line));
}
