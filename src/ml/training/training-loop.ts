import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SkippedFile } from '../../shared/contract.ts';
import type { TrainEvent, TrainResult } from '../../shared/training.ts';
import { PellucidError } from '../../shared/errors.ts';
import { isHigherBetter } from '../../shared/metric-direction.ts';
import type { Params, TrainBudget } from '../../shared/params.ts';
import { readModelPackage, writeModelPackage } from '../store/model-package.ts';
import type { NewModel } from '../store/model-package.ts';
import type { Checkpoint, CheckpointRecord, LossSum } from './checkpoint.ts';
import { noLosses, writeCheckpoint } from './checkpoint.ts';
import { afterValidation } from './early-stopping.ts';
import type { EarlyStoppingSettings } from './early-stopping.ts';
import type { PresetName } from './presets/registry.ts';
import type { PresetOptions, PresetRun } from './presets/preset.ts';
import type { RunJournal } from './run-journal.ts';
import { pngOf } from './sample-picture.ts';
import { budgetUsed, learningRateAt, secondsLeft, stepsOf } from './schedule.ts';
import type { TrainingControl } from './training-control.ts';
import { weightsOf } from './training-session.ts';
import type { TrainingSession, TrainingState } from './training-session.ts';

export interface TrainOptions extends PresetOptions {
  preset: PresetName;
  /** Id of the model that comes out. */
  name: string;
  /** By which the run is called; the name of its folder when absent. */
  runId?: string;
  /** Folder of the run: log, checkpoints, samples, and the best model so far. */
  runDir: string;
  /** What the run was asked for, for its folder. */
  config: Params<'train.start'>;
  /** Folder of models, where the best one is put at the end. */
  modelsDir: string;
  budget: TrainBudget;
  /** Go on from the newest checkpoint in the run's folder, where there is one. */
  resume: boolean;
  /** Steps from one validation to the next; the preset's own when absent. */
  validateEvery?: number | undefined;
  /** Minutes from one checkpoint to the next; 2 when absent. */
  checkpointMinutes?: number | undefined;
  earlyStopping?: EarlyStoppingSettings | undefined;
  /** The validation metric that decides what is best; the preset's first one when absent. */
  metric?: string | undefined;
  /** Photos that are never trained on. */
  heldOut: readonly string[];
  skipped: SkippedFile[];
  /** Files that have turned out to be unreadable or changed since it was last asked. */
  takeSkipped?: () => SkippedFile[];
  signal?: AbortSignal;
  /** Pauses and stops it from outside. */
  control?: TrainingControl;
  onEvent: (event: TrainEvent) => void;
}

const stepsBetweenEvents = 10;
const usualStepsBetweenValidations = 500;
const usualCheckpointMinutes = 2;
const mostRecoveries = 5;
/** A step draws this many independent sets of random numbers at most. */
const seedsPerStep = 4;

/** One training from its start or its last checkpoint to its end. */
export class TrainingLoop {
  readonly #options: TrainOptions;
  readonly #run: PresetRun;
  readonly #session: TrainingSession;
  readonly #journal: RunJournal;
  readonly #runId: string;
  #record: CheckpointRecord;
  #lastGood: TrainingState;
  /** The best package, should its folder be removed. */
  #best: NewModel | null = null;
  #validatedStep = -1;
  #recoveries = 0;
  #checkpointAt = 0;

  constructor(
    options: TrainOptions,
    run: PresetRun,
    session: TrainingSession,
    journal: RunJournal,
    record: CheckpointRecord,
  ) {
    this.#options = options;
    this.#run = run;
    this.#session = session;
    this.#journal = journal;
    this.#runId = options.runId ?? basename(options.runDir);
    this.#record = record;
    this.#lastGood = session.readState();
  }

  /** Steps that are done. */
  get step(): number {
    return this.#record.step;
  }

  async execute(checkpoint: Checkpoint | null): Promise<TrainResult> {
    const { runDir, photoCounts, skipped, checkpointMinutes = usualCheckpointMinutes } = this.#options;
    if (checkpoint !== null) await this.#resume(checkpoint);
    const { training: photos, validation: validationPhotos } = photoCounts;
    await this.#journal.tell({
      type: 'started',
      runId: this.#runId,
      runDir,
      photos,
      validationPhotos,
      skipped,
      step: this.step,
      totalSteps: stepsOf(this.#options.budget, this.#stepsPerEpoch()),
      stepsPerEpoch: this.#stepsPerEpoch(),
    });
    this.#checkpointAt = this.#record.seconds;
    const { stepsBetweenValidations = usualStepsBetweenValidations } = this.#run;
    const validateEvery = this.#options.validateEvery ?? stepsBetweenValidations;
    while (!this.#isOver() && !this.#isStopped() && !this.#hasStoppedEarly()) {
      if (this.#options.control?.isPaused === true) await this.#pause();
      if (this.#isStopped()) break;
      const isDone = await this.#step();
      if (isDone && this.step % validateEvery === 0) await this.#validate(true);
      if (this.#record.seconds - this.#checkpointAt > 60 * checkpointMinutes) await this.#checkpoint();
    }
    if (this.#validatedStep !== this.step) await this.#validate(false);
    await this.#checkpoint();
    return await this.#finish();
  }

  #isStopped(): boolean {
    return this.#options.signal?.aborted === true || this.#options.control?.isStopped === true;
  }

  #hasStoppedEarly(): boolean {
    const { earlyStopping } = this.#options;
    return earlyStopping !== undefined && this.#record.earlyStopping.waited >= earlyStopping.patience;
  }

  /** Saves its state, since a pause may last, and waits. */
  async #pause(): Promise<void> {
    const { control, signal } = this.#options;
    if (control === undefined) return;
    // Listened to before anything is awaited: an abort must end the wait even if it comes while the pause is told.
    const stop = (): void => control.stop();
    signal?.addEventListener('abort', stop, { once: true });
    const { step } = this;
    try {
      await this.#checkpoint();
      await this.#journal.tell({ type: 'paused', step });
      await control.released();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    if (!this.#isStopped()) await this.#journal.tell({ type: 'resumed', step });
  }

  #isOver(): boolean {
    return budgetUsed(this.#options.budget, this.#stepsPerEpoch(), this.#record) >= 1;
  }

  #stepsPerEpoch(): number {
    return Math.max(1, Math.ceil(this.#options.photoCounts.training / this.#run.program.batch));
  }

  /** One step; false where it came to nothing and the run went back to its last good state. */
  async #step(): Promise<boolean> {
    const { program } = this.#run;
    const { budget, seed, source } = this.#options;
    const { step, seconds, rateFactor } = this.#record;
    const started = performance.now();
    const measured = await program.measuredInputs?.(step);
    const photos = await source.nextBatch(step, program.batch, program.patch);
    const used = budgetUsed(budget, this.#stepsPerEpoch(), { step, seconds });
    const learningRate = rateFactor * learningRateAt(program.learningRate, step, used, program.schedule);
    const report = this.#session.step(step, photos, [seed, seedsPerStep * step], learningRate, measured);
    const { loss = Number.NaN, gradientNorm = Number.NaN } = report;
    // The graph holds the thread, so messages are let in between two steps.
    await setImmediate();
    const elapsed = (performance.now() - started) / 1000;
    await this.#tellSkipped();
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      await this.#recover(`The ${Number.isFinite(loss) ? 'gradient' : 'loss'} was not a number.`);
      return false;
    }
    this.#record = {
      ...this.#record,
      step: step + 1,
      seconds: seconds + elapsed,
      sinceValidation: withLoss(this.#record.sinceValidation, loss),
      sinceEpoch: withLoss(this.#record.sinceEpoch, loss),
    };
    if (this.step % stepsBetweenEvents === 0) await this.#tellStep(loss, learningRate, elapsed);
    if (this.step % this.#stepsPerEpoch() === 0) await this.#tellEpoch();
    return true;
  }

  async #tellStep(loss: number, learningRate: number, elapsed: number): Promise<void> {
    const { budget } = this.#options;
    const { step, seconds } = this.#record;
    await this.#journal.tell({
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

  async #tellEpoch(): Promise<void> {
    const loss = meanOf(this.#record.sinceEpoch);
    this.#record = { ...this.#record, sinceEpoch: noLosses };
    if (loss === null) return;
    await this.#journal.tell({ type: 'epochEnded', step: this.step, epoch: this.step / this.#stepsPerEpoch(), loss });
  }

  async #tellSkipped(): Promise<void> {
    for (const file of this.#options.takeSkipped?.() ?? []) {
      await this.#journal.tell({ type: 'photoSkipped', step: this.step, file });
    }
  }

  /** Back to the last good state with half the rate. */
  async #recover(reason: string): Promise<void> {
    this.#recoveries += 1;
    if (this.#recoveries > mostRecoveries) {
      const message = `The training ${this.#runId} diverged ${this.#recoveries} times in spite of lower learning rates. Start it with a lower --learning-rate.`;
      throw new PellucidError('TRAINING_DIVERGED', message, { subject: this.#runId });
    }
    const rateFactor = this.#record.rateFactor / 2;
    this.#record = { ...this.#record, rateFactor };
    this.#session.writeState(this.#lastGood);
    const learningRate = rateFactor * this.#run.program.learningRate;
    await this.#journal.tell({ type: 'recovered', step: this.step, learningRate, reason });
  }

  /** The state of the session, if all of it is finite; else that of before, to which it then goes back. */
  async #goodState(): Promise<TrainingState> {
    const state = this.#session.readState();
    if ([...state.values()].every((values) => values.every(Number.isFinite))) this.#lastGood = state;
    else await this.#recover('The weights were not numbers.');
    return this.#lastGood;
  }

  /** @param counts whether early stopping counts it: only those do that come at their time */
  async #validate(counts: boolean): Promise<void> {
    const weights = weightsOf(this.#run.program, await this.#goodState());
    const { metrics, trainMetrics = {}, sample } = await this.#run.validate(weights);
    const { step } = this;
    const { metric, best, sinceValidation } = this.#record;
    const value = metrics[metric] ?? Number.NaN;
    const score = isHigherBetter(metric) ? value : -value;
    const isBest = best === null || score > best.score;
    this.#validatedStep = step;
    this.#record = { ...this.#record, sinceValidation: noLosses };
    if (isBest) {
      this.#record = { ...this.#record, best: { step, metrics, trainMetrics, score } };
      this.#best = await this.#modelOf(weights, metrics, false);
      await writeModelPackage(this.#bestPath(), this.#best);
    }
    const { earlyStopping } = this.#options;
    if (counts && earlyStopping !== undefined) {
      const state = afterValidation(this.#record.earlyStopping, score, earlyStopping);
      this.#record = { ...this.#record, earlyStopping: state };
    }
    const epoch = step / this.#stepsPerEpoch();
    const figures = { metrics, trainMetrics, trainLoss: meanOf(sinceValidation) };
    const samplePng = sample === null ? null : await pngOf(sample);
    await this.#journal.tell({ type: 'validated', step, epoch, ...figures, isBest, samplePng });
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
    const state = await this.#goodState();
    await this.#mendFolder();
    const path = await writeCheckpoint(this.#options.runDir, { record: this.#record, state });
    this.#checkpointAt = this.#record.seconds;
    await this.#journal.tell({ type: 'checkpointSaved', step: this.step, path });
  }

  /** A folder that somebody has removed while training is made again, with the best model in it. */
  async #mendFolder(): Promise<void> {
    const wasGone = await this.#journal.mend(this.step);
    if (wasGone && this.#best !== null) await writeModelPackage(this.#bestPath(), this.#best);
  }

  async #resume(checkpoint: Checkpoint): Promise<void> {
    this.#record = checkpoint.record;
    this.#lastGood = checkpoint.state;
    this.#session.writeState(checkpoint.state);
    if (this.#record.best === null) return;
    // Without its package, what was best cannot be had again: the next validated state takes its place.
    const isThere = await readModelPackage(this.#bestPath()).then(
      () => true,
      () => false,
    );
    if (!isThere) this.#record = { ...this.#record, best: null };
    else this.#validatedStep = this.#record.best.step;
  }

  async #finish(): Promise<TrainResult> {
    const { modelsDir, name, runDir, earlyStopping } = this.#options;
    const { best, step, seconds, metric } = this.#record;
    if (best === null) throw new PellucidError('INTERNAL', `The run ${this.#runId} ended without a validated state.`);
    const stoppedBy = this.#isStopped() ? 'user' : this.#hasStoppedEarly() ? 'early-stopping' : 'budget';
    if (stoppedBy === 'early-stopping') {
      const reason = `The ${metric} has not become better for ${earlyStopping?.patience ?? 0} validations; the weights of step ${best.step} are kept.`;
      await this.#journal.tell({ type: 'stoppedEarly', step, restoredStep: best.step, metric, reason });
    }
    const modelPath = join(modelsDir, name);
    const { weights } = await readModelPackage(this.#bestPath());
    const { id: modelId } = await writeModelPackage(modelPath, await this.#modelOf(weights, best.metrics, true));
    await this.#journal.tell({ type: 'finished', step, stoppedBy, modelId });
    return { runId: this.#runId, runDir, modelId, modelPath, steps: step, seconds, best, stoppedBy };
  }
}

function withLoss({ sum, steps }: LossSum, loss: number): LossSum {
  return { sum: sum + loss, steps: steps + 1 };
}

function meanOf({ sum, steps }: LossSum): number | null {
  return steps === 0 ? null : sum / steps;
}
