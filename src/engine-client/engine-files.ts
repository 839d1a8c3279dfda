import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PellucidError } from '../shared/errors.ts';

/** The content of a folder: the SHA-256 of every file and `link:TARGET` for every link, by path with forward slashes. */
export type FileHashes = Readonly<Record<string, string>>;

/** What file managers leave behind, which nothing reads as code. */
const litter = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/;
/** Files that are read at the same time, for disks that are faster so. */
const readers = 4;

/**
 * Takes stock of a folder. On macOS native files are left out: signing changes them, and the signature covers them.
 * @throws what the system throws when the folder cannot be read
 */
export async function hashFiles(folder: string): Promise<FileHashes> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes: Record<string, string> = {};
  const work = entries.values();
  const read = async (): Promise<void> => {
    for (const entry of work) {
      const file = path.join(entry.parentPath, entry.name);
      const place = path.relative(folder, file).split(path.sep).join('/');
      if (litter.test(place)) continue;
      if (entry.isSymbolicLink()) hashes[place] = `link:${await readlink(file)}`;
      else if (entry.isFile() && !isSigned(place)) hashes[place] = await hashOf(file);
    }
  };
  await Promise.all(Array.from({ length: readers }, read));
  return hashes;
}

/**
 * Compares a folder with what it is known to hold: nothing may be missing, changed or added.
 * @throws {PellucidError} ENGINE_START_FAILED, with the first file that differs as its subject
 */
export async function checkFiles(folder: string, expected: FileHashes): Promise<void> {
  const found = await hashFiles(folder).catch((error: unknown): FileHashes => {
    throw damaged(folder, 'cannot be read', error);
  });
  for (const [place, hash] of Object.entries(expected)) {
    if (found[place] === undefined) throw damaged(path.join(folder, place), 'is missing');
    if (found[place] !== hash) throw damaged(path.join(folder, place), 'has been changed');
  }
  const added = Object.keys(found).find((place) => !Object.hasOwn(expected, place));
  if (added !== undefined) throw damaged(path.join(folder, added), 'does not belong there');
}

function damaged(file: string, fault: string, cause?: unknown): PellucidError {
  const message = `Pellucid does not start its engine, because ${file} ${fault}. Install Pellucid again.`;
  return new PellucidError('ENGINE_START_FAILED', message, { subject: file, cause });
}

function isSigned(place: string): boolean {
  return process.platform === 'darwin' && /(\.node|\.dylib|\/bin\/node)$/.test(place);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
