import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * The content of a folder as one record: the SHA-256 of every file, and `link:TARGET` for every link, by path with
 * forward slashes. On macOS native files are left out: signing changes them, and the signature covers them.
 * @param {string} folder
 * @returns {Promise<Record<string, string>>}
 */
export async function hashFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  /** @type {Record<string, string>} */
  const hashes = {};
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const place = path.relative(folder, file).split(path.sep).join('/');
    if (entry.isSymbolicLink()) hashes[place] = `link:${await readlink(file)}`;
    else if (entry.isFile() && !isSigned(place)) hashes[place] = await hashOf(file);
  }
  return hashes;
}

/** @param {string} place */
function isSigned(place) {
  return process.platform === 'darwin' && /(\.node|\.dylib|\/bin\/node)$/.test(place);
}

/** @param {string} file @returns {Promise<string>} */
async function hashOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
