import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A digest of the names and contents of files: the same exactly when nothing has changed.
 * @param {string} base folder to which the places are relative
 * @param {readonly string[]} places files and folders; those that do not exist count as absent
 * @param {(file: string) => boolean} matters says of a path relative to `base`, with forward slashes, if it counts
 * @returns {Promise<string>} hexadecimal SHA-256
 */
export async function digestOf(base, places, matters = () => true) {
  const files = (await Promise.all(places.map((place) => filesIn(base, place)))).flat();
  const hash = createHash('sha256');
  for (const file of files.filter(matters).sort()) {
    const content = await readFile(path.join(base, file)).catch(() => undefined);
    if (content === undefined) continue;
    hash.update(`${file}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} file where the stamp is kept
 * @param {string} digest
 * @returns {Promise<boolean>} true when the stamp is there and says the same
 */
export async function isStamped(file, digest) {
  return (await readFile(file, 'utf8').catch(() => '')) === digest;
}

/** @param {string} file @param {string} digest */
export async function writeStamp(file, digest) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, digest);
}

/** @param {string} base @param {string} place @returns {Promise<string[]>} paths relative to `base`, forward slashes */
async function filesIn(base, place) {
  const entries = await readdir(path.join(base, place), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return [place];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
