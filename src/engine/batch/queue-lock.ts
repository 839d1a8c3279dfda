import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../image/write-file.ts';
import { codeOfSystemError, PellucidError } from '../../shared/errors.ts';

/** An engine whose window was just closed takes a moment to go. */
const patienceMs = 4000;
const stepMs = 200;

/**
 * Makes this process the only one that works on the queue. The lock is a file with the process's id, which counts for
 * nothing when there is no such process any more, or when the computer was started since.
 *
 * @throws {PellucidError} `QUEUE_IN_USE`
 */
export async function lockQueue(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  for (let waitedMs = 0; ; waitedMs += stepMs) {
    if (await take(path)) return;
    if (waitedMs >= patienceMs) break;
    await delay(stepMs);
  }
  const message = 'Another window of Pellucid works on the queue. Close it, or use the queue there.';
  throw new PellucidError('QUEUE_IN_USE', message, { subject: path });
}

async function take(path: string): Promise<boolean> {
  if (await isAbandoned(path)) await rm(path, { force: true });
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOfSystemError(error) === 'ALREADY_EXISTS') return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const processId = Number(await readFile(path, 'utf8').catch(() => ''));
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  if (mtimeMs < Date.now() - uptime() * 1000) return true;
  // One that has only just been made has no content yet.
  return processId > 0 ? processId === process.pid || !isAlive(processId) : mtimeMs < Date.now() - patienceMs;
}
