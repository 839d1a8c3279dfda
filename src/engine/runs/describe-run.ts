import { hasCheckpoint } from '../../ml/training/checkpoint.ts';
import { folderBytes, latestSample, trainingProcess } from '../../ml/training/run-folder.ts';
import { curvesOf, readLog } from '../../ml/training/run-history.ts';
import type { LoggedEvent } from '../../ml/training/run-history.ts';
import type { Params } from '../../shared/params.ts';
import type { RunDetails, RunSummary, TrainEvent } from '../../shared/training.ts';
import { listRunIds, readRunConfig, runFolderOf, runIdOf } from './run-folders.ts';

const mostHappenings = 200;
/** Events that curves show, or that come all the time. */
const usualEvents: readonly TrainEvent['type'][] = ['step', 'epochEnded', 'validated', 'checkpointSaved'];

/** What a run's log says of its state; later events replace what earlier ones said. */
type Standing = Pick<RunSummary, 'step' | 'totalSteps' | 'seconds' | 'best' | 'modelId' | 'message'> & {
  ended: 'finished' | 'stopped' | 'failed' | null;
  isPaused: boolean;
};

/** All runs of a folder, the one that was started last first. Folders without a whole `config.json` are left out. */
export async function listRuns(runsDir: string): Promise<RunSummary[]> {
  const found = await Promise.all(
    (await listRunIds(runsDir)).map(async (runId) => {
      const runDir = runFolderOf(runsDir, runId);
      const config = await readRunConfig(runDir).catch(() => null);
      return config === null ? null : await summaryOf(runId, runDir, config, await readLog(runDir));
    }),
  );
  const runs = found.filter((run) => run !== null);
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/**
 * A run with its curves, events and newest sample.
 * @throws {PellucidError} as `readRunConfig`
 */
export async function showRun(runsDir: string, runId: string): Promise<RunDetails> {
  const runDir = runFolderOf(runsDir, runId);
  const config = await readRunConfig(runDir);
  const log = await readLog(runDir);
  return {
    ...(await summaryOf(runIdOf(runsDir, runDir), runDir, config, log)),
    config,
    curves: curvesOf(log),
    happenings: log.filter(({ event }) => !usualEvents.includes(event.type)).slice(-mostHappenings),
    samplePng: await latestSample(runDir),
  };
}

async function summaryOf(
  runId: string,
  runDir: string,
  { preset }: Params<'train.start'>,
  log: readonly LoggedEvent[],
): Promise<RunSummary> {
  const isTrained = (await trainingProcess(runDir)) !== null;
  const { ended, isPaused, ...standing } = standingOf(log);
  return {
    runId,
    runDir,
    preset,
    state: isTrained ? (isPaused ? 'paused' : 'running') : (ended ?? 'interrupted'),
    startedAt: log[0]?.time ?? new Date(0).toISOString(),
    ...standing,
    canResume: !isTrained && (await hasCheckpoint(runDir)),
    sizeBytes: await folderBytes(runDir),
  };
}

const beginning: Standing = {
  ...{ step: 0, totalSteps: null, seconds: 0, best: null, modelId: null, message: '' },
  ...{ ended: null, isPaused: false },
};

function standingOf(log: readonly LoggedEvent[]): Standing {
  return log.reduce((standing, { event }) => ({ ...standing, ...changesOf(event, standing) }), beginning);
}

function changesOf(event: TrainEvent, { best }: Standing): Partial<Standing> {
  const { step } = event;
  switch (event.type) {
    case 'started': {
      // What was done beyond the checkpoint that it goes on from is done again.
      const kept = best !== null && best.step <= step ? best : null;
      return { step, totalSteps: event.totalSteps, best: kept, ended: null, isPaused: false, message: '' };
    }
    case 'step':
      return { step, totalSteps: event.totalSteps, seconds: event.seconds };
    case 'validated':
      return { step, ...(event.isBest ? { best: { step, metrics: event.metrics } } : {}) };
    case 'paused':
      return { isPaused: true };
    case 'resumed':
      return { isPaused: false };
    case 'finished':
      return { step, modelId: event.modelId, ended: event.stoppedBy === 'user' ? 'stopped' : 'finished' };
    case 'failed':
      return { step, ended: 'failed', message: event.error.message };
    default:
      return { step };
  }
}
