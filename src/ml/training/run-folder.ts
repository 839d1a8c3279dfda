import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOfSystemError, PellucidError, toPellucidError } from '../../shared/errors.ts';

/** Files of a run's folder beside its checkpoints and its best model. */
export const runFiles = {
  config: 'config.json',
  log: 'log.jsonl',
  heldOut: 'held-out.json',
  lock: 'running.json',
  samples: 'samples',
} as const;

/** Pictures of samples that are kept. */
const samplesKept = 40;

/** An error from writing into a run's folder, with what to do about it. */
export function runWriteError(error: unknown, path: string): PellucidError {
  if (error instanceof PellucidError) return error;
  const reasons: Partial<Record<string, string>> = {
    DISK_FULL: `The disk is full: ${path} was not written. The checkpoints before it are whole; make room and resume the run.`,
    PERMISSION_DENIED: `${path} may not be written. Change its permissions and resume the run, or choose another folder.`,
    FILE_NOT_FOUND: `${path} cannot be written: its folder is gone, or something on the way to it is a file.`,
  };
  const code = codeOfSystemError(error);
  const message = code === undefined ? undefined : reasons[code];
  if (code === undefined || message === undefined) return toPellucidError(error, path);
  return new PellucidError(code, message, { subject: path, cause: error });
}

/** Writes a file of a run under a temporary name, syncs and renames it; makes its folder where it is gone. */
export async function writeRunFile(runDir: string, name: string, bytes: Uint8Array | string): Promise<void> {
  const path = join(runDir, name);
  const temporary = `${path}.tmp`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw runWriteError(error, path);
  }
}

/** Adds a line to the log of a run; makes the folder again where somebody has removed it. */
export async function appendToLog(runDir: string, line: string): Promise<void> {
  const path = join(runDir, runFiles.log);
  try {
    await appendFile(path, `${line}\n`).catch(async (error: unknown) => {
      if (codeOfSystemError(error) !== 'FILE_NOT_FOUND') throw error;
      await mkdir(runDir, { recursive: true });
      await appendFile(path, `${line}\n`);
    });
  } catch (error) {
    throw runWriteError(error, path);
  }
}

/** Ends a line that a kill has left unfinished, so that the next one is read as a line of its own. */
export async function mendLog(runDir: string): Promise<void> {
  const text = await readFile(join(runDir, runFiles.log), 'utf8').catch(() => '');
  if (text !== '' && !text.endsWith('\n')) await appendFile(join(runDir, runFiles.log), '\n');
}

/** Keeps a sample picture of a step, and the newest forty of all. */
export async function writeSample(runDir: string, step: number, png: Uint8Array): Promise<void> {
  await writeRunFile(runDir, join(runFiles.samples, `step-${String(step).padStart(9, '0')}.png`), png);
  for (const name of (await sampleNames(runDir)).slice(0, -samplesKept))
    await rm(join(runDir, runFiles.samples, name), { force: true });
}

/** The newest sample picture of a run, or null. */
export async function latestSample(runDir: string): Promise<Uint8Array | null> {
  const name = (await sampleNames(runDir)).at(-1);
  return name === undefined ? null : await readFile(join(runDir, runFiles.samples, name)).catch(() => null);
}

async function sampleNames(runDir: string): Promise<string[]> {
  const names = await readdir(join(runDir, runFiles.samples)).catch(() => []);
  return names.filter((name) => /^step-\d{9}\.png$/.test(name)).sort();
}

/** The process that is training a run now, or null. A lock whose process is gone counts as none. */
export async function trainingProcess(runDir: string): Promise<number | null> {
  const text = await readFile(join(runDir, runFiles.lock), 'utf8').catch(() => null);
  const pid = text === null ? null : Number.parseInt(text, 10);
  return pid !== null && isAlive(pid) ? pid : null;
}

/**
 * Takes a run for this process, so that no two train it at once.
 * @returns gives it back
 * @throws {PellucidError} ALREADY_EXISTS while another process trains it
 */
export async function lockRun(runDir: string): Promise<() => Promise<void>> {
  const path = join(runDir, runFiles.lock);
  const owner = await trainingProcess(runDir);
  if (owner !== null && owner !== process.pid) {
    const message = `The run in ${runDir} is being trained by process ${owner}. Stop that first, or remove ${path} if that process is not Pellucid.`;
    throw new PellucidError('ALREADY_EXISTS', message, { subject: runDir });
  }
  try {
    await mkdir(runDir, { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    throw runWriteError(error, path);
  }
  return () => rm(path, { force: true }).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOfSystemError(error) === 'PERMISSION_DENIED';
  }
}

/** Bytes of all files of a folder and those below it. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
