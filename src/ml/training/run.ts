import { appendFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SkippedFile } from '../../shared/contract.ts';
import type { TrainEvent, TrainResult } from '../../shared/training.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { TrainBudget } from '../../shared/params.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { fastestComputeType } from '../graph/compute-choice.ts';
import { readModelPackage, writeModelPackage } from '../store/model-package.ts';
import type { NewModel } from '../store/model-package.ts';
import type { Checkpoint, CheckpointRecord } from './checkpoint.ts';
import { hasCheckpoint, readLatestCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createPresetRun } from './presets/registry.ts';
import type { PresetName } from './presets/registry.ts';
import type { PresetOptions, PresetRun } from './presets/preset.ts';
import { budgetUsed, learningRateAt, secondsLeft, stepsOf } from './schedule.ts';
import type { TrainingControl } from './training-control.ts';
import { TrainingSession, weightsOf } from './training-session.ts';
import type { TrainingState } from './training-session.ts';

export interface TrainOptions extends PresetOptions {
  preset: PresetName;
  /** Id of the model that comes out. */
  name: string;
  /** Folder of the run: log, checkpoints, and the best model so far. */
  runDir: string;
  /** Folder of models, where the best one is put at the end. */
  modelsDir: string;
  budget: TrainBudget;
  /** Go on from the newest checkpoint in the run's folder, where there is one. */
  resume: boolean;
  skipped: SkippedFile[];
  signal?: AbortSignal;
  /** Pauses and stops it from outside. */
  control?: TrainingControl;
  onEvent: (event: TrainEvent) => void;
}

const stepsBetweenEvents = 10;
const usualStepsBetweenValidations = 500;
const secondsBetweenCheckpoints = 120;
const mostRecoveries = 5;
/** A step draws this many independent sets of random numbers at most. */
const seedsPerStep = 4;

/**
 * Trains a model and puts the best state of it into the models folder. An abort is a stop: what has been reached is
 * checkpointed and kept. A run that was killed goes on from its last checkpoint with `resume` and, with a budget in
 * steps, ends with the weights that it would have had.
 * @throws {PellucidError} ALREADY_EXISTS without `resume` where there is a run, INVALID_ARGUMENT for a resumed run with
 * other settings, TRAINING_DIVERGED, DISK_FULL, ...
 */
export async function trainModel(options: TrainOptions): Promise<TrainResult> {
  if (!options.resume) await refuseExistingRun(options.runDir);
  const run = await createPresetRun(options.preset, options);
  await mkdir(options.runDir, { recursive: true }).catch((error: unknown) => {
    throw toPellucidError(error, options.runDir);
  });
  const checkpoint = options.resume ? await readLatestCheckpoint(options.runDir) : null;
  const computeType = checkpoint?.record.computeType ?? (await fastestComputeType());
  const session = await TrainingSession.create(run.program, computeType);
  try {
    return await new Run(options, run, session, computeType).execute(checkpoint);
  } finally {
    session.dispose();
    run.dispose?.();
  }
}

/** A run that is there is not overwritten: its checkpoints may be hours of work. */
async function refuseExistingRun(runDir: string): Promise<void> {
  if (!(await hasCheckpoint(runDir))) return;
  const name = basename(runDir);
  const message = `There is already a run ${name} in ${runDir}. Resume it, or choose another name.`;
  throw new PellucidError('ALREADY_EXISTS', message, { subject: name });
}

/** One training from its start or its last checkpoint to its end. */
class Run {
  readonly #options: TrainOptions;
  readonly #run: PresetRun;
  readonly #session: TrainingSession;
  readonly #runId: string;
  #record: CheckpointRecord;
  #lastGood: TrainingState;
  #recoveries = 0;
  #checkpointAt = 0;

  constructor(options: TrainOptions, run: PresetRun, session: TrainingSession, computeType: ComputeType) {
    this.#options = options;
    this.#run = run;
    this.#session = session;
    this.#runId = basename(options.runDir);
    this.#record = { step: 0, seconds: 0, rateFactor: 1, best: null, computeType, settings: run.settings };
    this.#lastGood = session.readState();
  }

  async execute(checkpoint: Checkpoint | null): Promise<TrainResult> {
    const { runDir, photoCounts, skipped } = this.#options;
    if (checkpoint !== null) this.#resume(checkpoint);
    const { training: photos, validation: validationPhotos } = photoCounts;
    await this.#tell({
      type: 'started',
      runId: this.#runId,
      runDir,
      photos,
      validationPhotos,
      skipped,
      step: this.#record.step,
      totalSteps: stepsOf(this.#options.budget, this.#stepsPerEpoch()),
      stepsPerEpoch: this.#stepsPerEpoch(),
    });
    this.#checkpointAt = this.#record.seconds;
    const stepsBetweenValidations = this.#run.stepsBetweenValidations ?? usualStepsBetweenValidations;
    while (!this.#isOver() && !this.#isStopped()) {
      if (this.#options.control?.isPaused === true) await this.#pause();
      if (this.#isStopped()) break;
      await this.#step();
      if (this.#record.step % stepsBetweenValidations === 0) await this.#validate();
      if (this.#record.seconds - this.#checkpointAt > secondsBetweenCheckpoints) await this.#checkpoint();
    }
    if (this.#record.best?.step !== this.#record.step) await this.#validate();
    await this.#checkpoint();
    return await this.#finish();
  }

  #isStopped(): boolean {
    return this.#options.signal?.aborted === true || this.#options.control?.isStopped === true;
  }

  /** Saves its state, since a pause may last, and waits. */
  async #pause(): Promise<void> {
    const { control, signal } = this.#options;
    if (control === undefined) return;
    // Listened to before anything is awaited: an abort must end the wait even if it comes while the pause is told.
    const stop = (): void => control.stop();
    signal?.addEventListener('abort', stop, { once: true });
    const { step } = this.#record;
    try {
      await this.#checkpoint();
      await this.#tell({ type: 'paused', step });
      await control.released();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    if (!this.#isStopped()) await this.#tell({ type: 'resumed', step });
  }

  #isOver(): boolean {
    return budgetUsed(this.#options.budget, this.#stepsPerEpoch(), this.#record) >= 1;
  }

  #stepsPerEpoch(): number {
    return Math.max(1, Math.ceil(this.#options.photoCounts.training / this.#run.program.batch));
  }

  async #step(): Promise<void> {
    const { program } = this.#run;
    const { budget, seed, source } = this.#options;
    const { step, seconds, rateFactor } = this.#record;
    const started = performance.now();
    const photos = await source.nextBatch(step, program.batch, program.patch);
    const used = budgetUsed(budget, this.#stepsPerEpoch(), { step, seconds });
    const learningRate = rateFactor * learningRateAt(program.learningRate, step, used, program.schedule);
    const { loss = Number.NaN } = this.#session.step(step, photos, [seed, seedsPerStep * step], learningRate);
    // The graph holds the thread, so messages are let in between two steps.
    await setImmediate();
    const elapsed = (performance.now() - started) / 1000;
    if (!Number.isFinite(loss)) return await this.#recover();
    this.#record = { ...this.#record, step: step + 1, seconds: seconds + elapsed };
    if ((step + 1) % stepsBetweenEvents === 0) await this.#tellStep(loss, learningRate, elapsed);
  }

  async #tellStep(loss: number, learningRate: number, elapsed: number): Promise<void> {
    const { budget } = this.#options;
    const { step, seconds } = this.#record;
    await this.#tell({
      type: 'step',
      step,
      totalSteps: stepsOf(budget, this.#stepsPerEpoch()),
      epoch: step / this.#stepsPerEpoch(),
      loss,
      learningRate,
      stepsPerSecond: 1 / elapsed,
      examplesPerSecond: this.#run.program.batch / elapsed,
      seconds,
      residentBytes: process.memoryUsage.rss(),
      etaSeconds: secondsLeft(budget, this.#stepsPerEpoch(), this.#record),
    });
  }

  /** Back to the last good state with half the rate. */
  async #recover(): Promise<void> {
    this.#recoveries += 1;
    if (this.#recoveries > mostRecoveries) {
      const message = `The training ${this.#runId} diverged ${this.#recoveries} times in spite of lower learning rates. Start it with a lower --learning-rate.`;
      throw new PellucidError('TRAINING_DIVERGED', message, { subject: this.#runId });
    }
    const rateFactor = this.#record.rateFactor / 2;
    this.#record = { ...this.#record, rateFactor };
    this.#session.writeState(this.#lastGood);
    const learningRate = rateFactor * this.#run.program.learningRate;
    await this.#tell({
      type: 'recovered',
      step: this.#record.step,
      learningRate,
      reason: 'The loss was not a number.',
    });
  }

  async #validate(): Promise<void> {
    const state = this.#session.readState();
    const weights = weightsOf(this.#run.program, state);
    const { metrics, trainMetrics = {}, score } = await this.#run.validate(weights);
    const { step } = this.#record;
    const isBest = this.#record.best === null || score > this.#record.best.score;
    if (isBest) {
      this.#record = { ...this.#record, best: { step, metrics, trainMetrics, score } };
      await this.#keepBest(weights, metrics);
    }
    this.#lastGood = state;
    const epoch = step / this.#stepsPerEpoch();
    const figures = { metrics, trainMetrics, trainLoss: null };
    await this.#tell({ type: 'validated', step, epoch, ...figures, isBest, samplePng: null });
  }

  async #keepBest(weights: Map<string, Float32Array>, metrics: Record<string, number>): Promise<void> {
    await writeModelPackage(this.#bestPath(), await this.#modelOf(weights, metrics, false));
  }

  async #modelOf(
    weights: Map<string, Float32Array>,
    metrics: Record<string, number>,
    isFinal: boolean,
  ): Promise<NewModel> {
    const { step, seconds } = this.#record;
    const training = { step, seconds: Math.round(seconds), photos: this.#options.photoCounts.training };
    return await this.#run.toModel(weights, { id: this.#options.name, training, metrics, isFinal });
  }

  #bestPath(): string {
    return join(this.#options.runDir, 'best');
  }

  async #checkpoint(): Promise<void> {
    this.#lastGood = this.#session.readState();
    const path = await writeCheckpoint(this.#options.runDir, { record: this.#record, state: this.#lastGood });
    this.#checkpointAt = this.#record.seconds;
    await this.#tell({ type: 'checkpointSaved', step: this.#record.step, path });
  }

  #resume(checkpoint: Checkpoint): void {
    const before = JSON.stringify(checkpoint.record.settings);
    if (before !== JSON.stringify(this.#run.settings)) {
      const message = `The run ${this.#runId} was started with other settings (${before}); resume it with those, or choose another name.`;
      throw new PellucidError('INVALID_ARGUMENT', message, { subject: this.#runId });
    }
    this.#record = checkpoint.record;
    this.#lastGood = checkpoint.state;
    this.#session.writeState(checkpoint.state);
  }

  async #finish(): Promise<TrainResult> {
    const { modelsDir, name, runDir } = this.#options;
    const { best, step, seconds } = this.#record;
    if (best === null) throw new PellucidError('INTERNAL', `The run ${this.#runId} ended without a validated state.`);
    const modelPath = join(modelsDir, name);
    const { weights } = await readModelPackage(this.#bestPath());
    const { id: modelId } = await writeModelPackage(modelPath, await this.#modelOf(weights, best.metrics, true));
    const stoppedBy = this.#isStopped() ? 'user' : 'budget';
    return { runId: this.#runId, runDir, modelId, modelPath, steps: step, seconds, best, stoppedBy };
  }

  async #tell(event: TrainEvent): Promise<void> {
    this.#options.onEvent(event);
    const line = JSON.stringify({ time: new Date().toISOString(), ...event });
    await appendFile(join(this.#options.runDir, 'log.jsonl'), `${line}\n`).catch((error: unknown) => {
      throw toPellucidError(error, this.#options.runDir);
    });
  }
}
