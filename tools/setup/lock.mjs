import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder, root } from './paths.mjs';
import { report } from './progress.mjs';

/**
 * Does a piece of work while no other set-up works on the same tree. A lock whose process is gone counts for nothing.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  const folder = path.join(cacheFolder(), 'locks');
  // It is kept in the cache, because `npm ci` deletes node_modules.
  const file = path.join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.pid`);
  await mkdir(folder, { recursive: true });
  let hasSaidSo = false;
  while (!(await take(file))) {
    if (!hasSaidSo) report('Another set-up is at work here; waiting for it.');
    hasSaidSo = true;
    await delay(500);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** @param {string} file @returns {Promise<boolean>} */
async function take(file) {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  // An empty file is one that is just being written.
  if (holder > 0 && !isRunning(holder)) await rm(file, { force: true });
  return false;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
