import { freemem } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { TrainBudget } from '../../shared/params.ts';
import type { TrainEstimate } from '../../shared/training.ts';
import { fastestComputeType } from '../graph/compute-choice.ts';
import type { PresetOptions, PresetRun } from './presets/preset.ts';
import { createPresetRun } from './presets/registry.ts';
import type { PresetName } from './presets/registry.ts';
import { stepsOf } from './schedule.ts';
import { TrainingSession, weightsOf } from './training-session.ts';

export interface EstimateOptions extends PresetOptions {
  preset: PresetName;
  budget: TrainBudget;
  /** Steps from one validation to the next; the preset's own when absent. */
  validateEvery?: number;
  signal: AbortSignal;
}

/** The first steps of a graph choose their algorithms and fill their memory. */
const warmUpSteps = 2;
const fewestSteps = 3;
const mostSteps = 50;
const measuredMs = 2000;
const usualStepsBetweenValidations = 500;

/**
 * What a training will take: its graph is made, some steps and one validation are done, and all of it is thrown away.
 * @throws {PellucidError} as the training itself would at its start, ABORTED
 */
export async function estimateTraining(options: EstimateOptions): Promise<TrainEstimate> {
  const { preset, budget, signal, photoCounts } = options;
  const run = await createPresetRun(preset, options);
  const session = await TrainingSession.create(run.program, await fastestComputeType());
  try {
    const { secondsPerStep, peakBytes } = await measureSteps(run, session, options);
    signal.throwIfAborted();
    const state = session.readState();
    const weights = weightsOf(run.program, state);
    const started = performance.now();
    await run.validate(weights);
    const secondsPerValidation = (performance.now() - started) / 1000;
    const stepsPerEpoch = Math.max(1, Math.ceil(photoCounts.training / run.program.batch));
    // A budget of minutes counts training alone, and validations come on top.
    const steps = stepsOf(budget, stepsPerEpoch) ?? Math.max(1, Math.floor((60 * minutesOf(budget)) / secondsPerStep));
    const interval = options.validateEvery ?? run.stepsBetweenValidations ?? usualStepsBetweenValidations;
    return {
      parameters: valuesIn(weights),
      secondsPerStep,
      examplesPerSecond: run.program.batch / secondsPerStep,
      stepsPerEpoch,
      steps,
      seconds: steps * secondsPerStep + Math.ceil(steps / interval) * secondsPerValidation,
      residentBytes: Math.max(peakBytes, process.memoryUsage.rss()),
      memoryFreeBytes: freemem(),
      checkpointBytes: 4 * valuesIn(state),
    };
  } finally {
    session.dispose();
    run.dispose?.();
  }
}

async function measureSteps(
  { program }: PresetRun,
  session: TrainingSession,
  { source, seed, signal }: EstimateOptions,
): Promise<{ secondsPerStep: number; peakBytes: number }> {
  const seconds: number[] = [];
  let peakBytes = 0;
  const began = performance.now();
  for (let step = 0; step < warmUpSteps + mostSteps; step++) {
    signal.throwIfAborted();
    if (seconds.length >= fewestSteps && performance.now() - began > measuredMs) break;
    const started = performance.now();
    const measured = await program.measuredInputs?.(step);
    const photos = await source.nextBatch(step, program.batch, program.patch);
    session.step(step, photos, [seed, step], 0, measured);
    // The graph holds the thread, so messages are let in between two steps.
    await setImmediate();
    if (step >= warmUpSteps) seconds.push((performance.now() - started) / 1000);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }
  // The median, because a moment in which the machine was busy with something else is not the training's.
  const secondsPerStep = seconds.sort((a, b) => a - b)[seconds.length >> 1] ?? 0;
  return { secondsPerStep, peakBytes };
}

function minutesOf(budget: TrainBudget): number {
  return 'minutes' in budget ? budget.minutes : 0;
}

function valuesIn(arrays: ReadonlyMap<string, Float32Array>): number {
  return [...arrays.values()].reduce((sum, { length }) => sum + length, 0);
}
