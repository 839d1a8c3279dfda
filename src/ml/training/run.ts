import { basename } from 'node:path';
import type { TrainResult } from '../../shared/training.ts';
import { PellucidError, toErrorPayload } from '../../shared/errors.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { fastestComputeType } from '../graph/compute-choice.ts';
import type { CheckpointRecord } from './checkpoint.ts';
import { hasCheckpoint, noLosses, readLatestCheckpoint } from './checkpoint.ts';
import { createPresetRun } from './presets/registry.ts';
import type { PresetRun } from './presets/preset.ts';
import { lockRun } from './run-folder.ts';
import { RunJournal } from './run-journal.ts';
import { TrainingLoop } from './training-loop.ts';
import type { TrainOptions } from './training-loop.ts';
import { TrainingSession } from './training-session.ts';

/**
 * Trains a model and puts the best state of it into the models folder. An abort is a stop: what has been reached is
 * checkpointed and kept. A run that was killed goes on from its last checkpoint with `resume` and, with a budget in
 * steps or epochs, ends with the weights that it would have had.
 * @throws {PellucidError} ALREADY_EXISTS without `resume` where there is a run, or where another process trains it;
 * INVALID_ARGUMENT for a resumed run with other settings, or a metric that there is not; TRAINING_DIVERGED, DISK_FULL, ...
 */
export async function trainModel(options: TrainOptions): Promise<TrainResult> {
  if (!options.resume) await refuseExistingRun(options.runDir);
  const run = await createPresetRun(options.preset, options);
  try {
    const metric = metricOf(run, options);
    const unlock = await lockRun(options.runDir);
    try {
      return await trainLocked(options, run, metric);
    } finally {
      await unlock();
    }
  } finally {
    run.dispose?.();
  }
}

async function trainLocked(options: TrainOptions, run: PresetRun, metric: string): Promise<TrainResult> {
  const { runDir, config, heldOut, onEvent } = options;
  const checkpoint = options.resume ? await readLatestCheckpoint(runDir) : null;
  if (checkpoint !== null) refuseOtherSettings(checkpoint.record, run, metric, runDir);
  const computeType = checkpoint?.record.computeType ?? (await fastestComputeType());
  const session = await TrainingSession.create(run.program, computeType);
  try {
    const journal = await RunJournal.open(runDir, { config, heldOut }, checkpoint?.record.step ?? 0, onEvent);
    const training = new TrainingLoop(options, run, session, journal, firstRecord(run, metric, computeType));
    try {
      return await training.execute(checkpoint);
    } catch (error) {
      // Where it cannot be written down either, the error itself still says what happened.
      await journal.tell({ type: 'failed', step: training.step, error: toErrorPayload(error) }).catch(() => undefined);
      throw error;
    } finally {
      await journal.close();
    }
  } finally {
    session.dispose();
  }
}

/** A run that is there is not overwritten: its checkpoints may be hours of work. */
async function refuseExistingRun(runDir: string): Promise<void> {
  if (!(await hasCheckpoint(runDir))) return;
  const name = basename(runDir);
  const message = `There is already a run ${name} in ${runDir}. Resume it, or choose another name.`;
  throw new PellucidError('ALREADY_EXISTS', message, { subject: name });
}

function metricOf({ metrics }: PresetRun, { metric, preset }: TrainOptions): string {
  if (metric === undefined || metrics.includes(metric)) return metric ?? metrics[0];
  const message = `The training of a ${preset} measures no ${metric}. Choose ${metrics.join(', ')}.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: 'metric' });
}

function refuseOtherSettings(record: CheckpointRecord, run: PresetRun, metric: string, runDir: string): void {
  const before = JSON.stringify(record.settings);
  const isSame = before === JSON.stringify(run.settings) && record.metric === metric;
  if (isSame) return;
  const runId = basename(runDir);
  const message = `The run ${runId} was started with other settings (${before}, metric ${record.metric}); resume it with those, or choose another name.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: runId });
}

function firstRecord(run: PresetRun, metric: string, computeType: ComputeType): CheckpointRecord {
  return {
    ...{ step: 0, seconds: 0, rateFactor: 1, best: null, computeType, settings: run.settings, metric },
    ...{ earlyStopping: { reference: null, waited: 0 }, sinceValidation: noLosses, sinceEpoch: noLosses },
  };
}
