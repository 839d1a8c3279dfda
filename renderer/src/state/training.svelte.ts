import type { CallEvent, ModelComparison } from '../../../src/shared/contract.ts';
import { isAborted, toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { RunSummary, SweepResult, TrainResult } from '../../../src/shared/training.ts';
import type { Host } from '../host/host.ts';
import { LiveRun } from './live-run.svelte.ts';
import { TrainingPlan } from './training-plan.svelte.ts';

/** Everything of the view that trains: the plan, the run that is watched, the runs that there are, a sweep. */
export class Training {
  readonly #host: Host;
  readonly #installed: () => void;
  readonly plan: TrainingPlan;
  #run = $state.raw<LiveRun | null>(null);
  #runs = $state.raw<readonly RunSummary[]>([]);
  #comparison = $state.raw<ModelComparison | null>(null);
  #isComparing = $state(false);
  #isChosen = $state(false);
  #sweep = $state.raw<SweepResult | null>(null);
  #sweepProgress = $state.raw<{ index: number; count: number } | null>(null);
  #sweepAbort: AbortController | null = null;
  #error = $state.raw<PellucidError | null>(null);

  /** @param installed is told when the models of the installation have changed */
  constructor(host: Host, installed: () => void) {
    this.#host = host;
    this.#installed = installed;
    this.plan = new TrainingPlan(host);
  }

  /** The run that is shown. */
  get run(): LiveRun | null {
    return this.#run;
  }

  get runs(): readonly RunSummary[] {
    return this.#runs;
  }

  /** The model of the run against the bundled one. */
  get comparison(): ModelComparison | null {
    return this.#comparison;
  }

  get isComparing(): boolean {
    return this.#isComparing;
  }

  /** True once the model of the run is the one in use. */
  get isChosen(): boolean {
    return this.#isChosen;
  }

  get sweep(): SweepResult | null {
    return this.#sweep;
  }

  /** Which value of a sweep is being trained; null without a sweep. */
  get sweepProgress(): { index: number; count: number } | null {
    return this.#sweepProgress;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  get isBusy(): boolean {
    return this.#run?.isActive === true || this.#sweepProgress !== null;
  }

  async loadRuns(): Promise<void> {
    await this.#try(async () => {
      this.#runs = await this.#host.call('runs.list', {});
    });
  }

  start(): Promise<void> {
    const { params } = this.plan;
    return this.#watch((onEvent) => this.#host.call('train.start', params, { onEvent }));
  }

  /** Goes on with a run from its last checkpoint. */
  continueRun(runId: string): Promise<void> {
    return this.#watch((onEvent) => this.#host.call<'runs.resume'>('runs.resume', { runId }, { onEvent }));
  }

  async show(runId: string): Promise<void> {
    await this.#try(async () => {
      const run = new LiveRun();
      await run.load(await this.#host.call('runs.show', { runId }));
      this.#present(run);
    });
  }

  /** Back to the plan. */
  leave(): void {
    if (this.#run?.isActive !== true) this.#present(null);
  }

  async remove(runId: string): Promise<void> {
    await this.#try(() => this.#host.call('runs.remove', { runId }));
    await this.loadRuns();
  }

  async control(verb: 'pause' | 'resume' | 'stop'): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    if (verb === 'stop') run.stopping();
    await this.#try(() => this.#host.call(`train.${verb}`, { runId: run.runId }));
  }

  async compare(): Promise<void> {
    const id = this.#run?.modelId;
    if (id == null) return;
    this.#isComparing = true;
    await this.#try(async () => {
      this.#comparison = await this.#host.call('models.compare', { id });
    });
    this.#isComparing = false;
  }

  async use({ kind, id, isBetter }: ModelComparison): Promise<void> {
    await this.#try(async () => {
      await this.#host.call('models.setDefault', { kind, id, force: !isBetter });
      this.#isChosen = true;
      this.#installed();
    });
  }

  async startSweep(values: readonly number[]): Promise<void> {
    const abort = new AbortController();
    this.#sweepAbort = abort;
    this.#sweep = null;
    this.#sweepProgress = { index: 0, count: values.length };
    const onEvent = (message: CallEvent<'sweep.start'>): void => {
      if (message.type !== 'event' || message.event.type === 'training') return;
      const { index, count } = message.event;
      this.#sweepProgress = { index, count };
    };
    await this.#try(async () => {
      const params = { base: this.plan.params, option: 'bottleneck', values: [...values] };
      this.#sweep = await this.#host.call('sweep.start', params, { signal: abort.signal, onEvent });
      this.#installed();
    });
    this.#sweepProgress = null;
    await this.loadRuns();
  }

  stopSweep(): void {
    this.#sweepAbort?.abort();
  }

  async #watch(train: (onEvent: (message: CallEvent<'train.start'>) => void) => Promise<TrainResult>): Promise<void> {
    const run = new LiveRun();
    this.#present(run);
    try {
      const result = await train((message) => {
        if (message.type === 'event') run.take(message.event);
      });
      run.finished(result.modelId, result.stoppedBy === 'user');
      this.#installed();
    } catch (error) {
      if (!isAborted(error)) this.#error = toPellucidError(error);
      run.failed('');
    }
    await this.loadRuns();
  }

  #present(run: LiveRun | null): void {
    this.#run = run;
    this.#comparison = null;
    this.#isChosen = false;
    this.#error = null;
  }

  /** Does something of the engine; a failure is kept to be shown. */
  async #try(action: () => Promise<unknown>): Promise<void> {
    this.#error = null;
    try {
      await action();
    } catch (error) {
      if (!isAborted(error)) this.#error = toPellucidError(error);
    }
  }
}
