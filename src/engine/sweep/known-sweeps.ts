import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { trainingProcess } from '../../ml/training/run-folder.ts';
import { isHigherBetter } from '../../shared/metric-direction.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { SweepSummary } from '../../shared/training.ts';
import { removeRun, runFolderOf, runIdOf } from '../runs/run-folders.ts';
import { recommend } from './recommend.ts';
import { metricOf } from './run-sweep.ts';
import { readSweep, sweepFiles } from './sweep-files.ts';
import type { SweepRecord } from './sweep-files.ts';
import { sweepRuns } from './sweep-runs.ts';

/** Where sweeps and their runs are. */
export interface SweepFolders {
  sweepsDir: string;
  runsDir: string;
}

/** All sweeps of the data folder, by name. Folders without a whole `sweep.json` are left out. */
export async function listSweeps({ sweepsDir, runsDir }: SweepFolders): Promise<SweepSummary[]> {
  const entries = await readdir(sweepsDir, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(
    names.toSorted().map(async (name) => {
      const folder = join(sweepsDir, name);
      const record = await readSweep(folder).catch(() => null);
      return record === null ? null : await summaryOf(runIdOf(sweepsDir, folder), folder, record, runsDir);
    }),
  );
  return found.filter((sweep) => sweep !== null);
}

/**
 * What a sweep was started with, to start it again.
 * @throws {PellucidError} RUN_NOT_FOUND, INVALID_ARGUMENT for a damaged `sweep.json`
 */
export async function sweepParamsOf(sweepId: string, { sweepsDir }: SweepFolders): Promise<Params<'sweep.start'>> {
  const { base, option, values } = await recordOf(runFolderOf(sweepsDir, sweepId));
  return { base, option, values };
}

/**
 * Removes table and plot of a sweep, its folder if nothing else is in it, and log and checkpoints of its runs. The
 * models that came out stay.
 * @throws {PellucidError} RUN_NOT_FOUND, INVALID_ARGUMENT while one of its values is trained
 */
export async function removeSweep(sweepId: string, { sweepsDir, runsDir }: SweepFolders): Promise<void> {
  const folder = runFolderOf(sweepsDir, sweepId);
  const record = await recordOf(folder);
  const runDirs = runDirsOf(record, runsDir);
  if ((await trainerOf(runDirs)) !== null) {
    const message = `The sweep ${sweepId} is being trained. Stop it before you remove it.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: sweepId });
  }
  for (const runDir of runDirs) await removeRun(runDir).catch(unlessGone);
  try {
    for (const path of Object.values(sweepFiles(folder))) await rm(path, { force: true });
    await rmdir(folder).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
    });
  } catch (error) {
    throw toPellucidError(error, folder);
  }
}

async function recordOf(folder: string): Promise<SweepRecord> {
  const record = await readSweep(folder);
  if (record !== null) return record;
  const message = `There is no sweep in ${folder}. List the sweeps that there are with: pellucid sweep list.`;
  throw new PellucidError('RUN_NOT_FOUND', message, { subject: folder });
}

async function summaryOf(sweepId: string, folder: string, record: SweepRecord, runsDir: string): Promise<SweepSummary> {
  const { base, option, values, rows } = record;
  const wanted = rows.filter(({ value }) => values.includes(value));
  const isDone = wanted.length === values.length;
  const isTrained = (await trainerOf(runDirsOf(record, runsDir))) !== null;
  const metric = metricOf(record, wanted);
  const judged = { option, metric, higherIsBetter: isHigherBetter(metric), rows: wanted };
  return {
    ...{ sweepId, folder, preset: base.preset, option, values, done: wanted.map(({ value }) => value) },
    state: isTrained ? 'running' : isDone ? 'finished' : 'interrupted',
    recommendation: isDone ? recommend(judged) : null,
  };
}

function runDirsOf(record: SweepRecord, runsDir: string): string[] {
  return sweepRuns(record).map(({ params }) => join(runsDir, params.name));
}

/** The process that trains one of the runs. */
async function trainerOf(runDirs: readonly string[]): Promise<number | null> {
  const processes = await Promise.all(runDirs.map((runDir) => trainingProcess(runDir)));
  return processes.find((process) => process !== null) ?? null;
}

/** A run that was never started, or is removed already. */
function unlessGone(error: unknown): void {
  if (!(error instanceof PellucidError && error.code === 'RUN_NOT_FOUND')) throw error;
}
