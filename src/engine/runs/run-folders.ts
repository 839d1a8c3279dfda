import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { runFiles, trainingProcess } from '../../ml/training/run-folder.ts';
import { codeOfSystemError, PellucidError, toPellucidError } from '../../shared/errors.ts';
import { paramSchemas } from '../../shared/params.ts';
import type { Params } from '../../shared/params.ts';

/** Folder of a run: of that name among the others, or the folder whose path was given. */
export function runFolderOf(runsDir: string, runId: string): string {
  return isAbsolute(runId) || runId !== basename(runId) ? resolve(runId) : join(runsDir, runId);
}

/** By which a run is called: its name among the others, or its path. */
export function runIdOf(runsDir: string, runDir: string): string {
  return resolve(dirname(runDir)) === resolve(runsDir) ? basename(runDir) : resolve(runDir);
}

const heldOutFile = z.array(z.string());

/**
 * What a run was started with.
 * @throws {PellucidError} RUN_NOT_FOUND, INVALID_ARGUMENT for a file that was changed by hand into something else
 */
export async function readRunConfig(runDir: string): Promise<Params<'train.start'>> {
  const path = join(runDir, runFiles.config);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOfSystemError(error) !== 'FILE_NOT_FOUND') throw toPellucidError(error, path);
    const message = `There is no run in ${runDir}. List the runs that there are with: pellucid runs list.`;
    throw new PellucidError('RUN_NOT_FOUND', message, { subject: runDir, cause: error });
  });
  const parsed = paramSchemas['train.start'].safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const message = `${path} does not hold the settings of a training any more. Undo what was changed in it; the checkpoints beside it are as they were.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: path, cause: parsed.error });
}

/** Paths of the photos that a run has held out; none where it has not been started. */
export async function readHeldOut(runDir: string): Promise<string[]> {
  const text = await readFile(join(runDir, runFiles.heldOut), 'utf8').catch(() => '[]');
  const parsed = heldOutFile.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Ids of the runs in the folder of runs. */
export async function listRunIds(runsDir: string): Promise<string[]> {
  const entries = await readdir(runsDir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** What training writes into a run's folder; all else in it is the person's own. */
const ownFiles =
  /^(config\.json|log\.jsonl|held-out\.json|running\.json|samples|best|checkpoint-\d{9}\.bin|events\.out\.tfevents\..+)(\.tmp)?$/;

/**
 * Removes what a run has left, and its folder if nothing else is in it. The model that came out stays.
 * @throws {PellucidError} RUN_NOT_FOUND, INVALID_ARGUMENT while it is being trained
 */
export async function removeRun(runDir: string): Promise<void> {
  await readRunConfig(runDir);
  const owner = await trainingProcess(runDir);
  if (owner !== null) {
    const message = `The run in ${runDir} is being trained by process ${owner}. Stop it before you remove it.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: runDir });
  }
  try {
    for (const name of await readdir(runDir)) {
      if (ownFiles.test(name)) await rm(join(runDir, name), { recursive: true, force: true });
    }
    await rmdir(runDir).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
    });
  } catch (error) {
    throw toPellucidError(error, runDir);
  }
}
