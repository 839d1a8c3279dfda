import { isAborted, toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { DataReport, TrainEstimate } from '../../../src/shared/training.ts';
import { LatestOnly } from '../canvas/latest-only.ts';
import type { Host, PhotoFile } from '../host/host.ts';
import {
  goals,
  toTrainParams,
  type AdvancedName,
  type AdvancedValue,
  type AdvancedValues,
  type Goal,
} from './train-goals.ts';

/** Photos that were added in one go. */
export interface PhotoGroup {
  label: string;
  count: number;
  paths: readonly string[];
}

const estimateDelayMs = 500;

/** What is to be trained: the photos with a report on them, the goal, and how. */
export class TrainingPlan {
  readonly #host: Host;
  #groups = $state.raw<readonly PhotoGroup[]>([]);
  #adding = $state(0);
  #report = $state.raw<DataReport | null>(null);
  #goal = $state<Goal>('restore');
  #minutes = $state<number>(goals.restore.minutes);
  #name = $state('');
  #advanced = $state.raw<AdvancedValues>({});
  #estimate = $state.raw<TrainEstimate | null>(null);
  #isEstimating = $state(false);
  #error = $state.raw<PellucidError | null>(null);
  readonly #measuring = new LatestOnly();

  constructor(host: Host) {
    this.#host = host;
  }

  get groups(): readonly PhotoGroup[] {
    return this.#groups;
  }

  /** Photos that are being taken in. */
  get adding(): number {
    return this.#adding;
  }

  /** What the photos are worth; null while it is not known. */
  get report(): DataReport | null {
    return this.#report;
  }

  get goal(): Goal {
    return this.#goal;
  }

  get minutes(): number {
    return this.#minutes;
  }

  get name(): string {
    return this.#name;
  }

  get advanced(): AdvancedValues {
    return this.#advanced;
  }

  get estimate(): TrainEstimate | null {
    return this.#estimate;
  }

  get isEstimating(): boolean {
    return this.#isEstimating;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  get params() {
    const data = this.#groups.flatMap(({ paths }) => paths);
    const { goal, minutes, name, advanced } = this;
    return toTrainParams({ goal, data, name, minutes, advanced });
  }

  /** True once everything is there that training needs. */
  get isReady(): boolean {
    return this.#report !== null && this.#report.verdict !== 'too-few' && this.#name !== '' && this.#adding === 0;
  }

  async add(files: readonly PhotoFile[], label: string): Promise<void> {
    if (files.length === 0) return;
    this.#adding += files.length;
    this.#error = null;
    try {
      const paths = await this.#host.trainingPaths(files);
      this.#groups = [...this.#groups, { label, count: files.length, paths }];
    } catch (error) {
      this.#error = toPellucidError(error, label);
    } finally {
      this.#adding -= files.length;
    }
    await this.#inspect();
  }

  async remove(group: PhotoGroup): Promise<void> {
    this.#groups = this.#groups.filter((other) => other !== group);
    await this.#inspect();
  }

  async setGoal(goal: Goal): Promise<void> {
    const before = goals[this.#goal].piecePx;
    this.#goal = goal;
    this.#minutes = goals[goal].minutes;
    this.#advanced = {};
    if (goals[goal].piecePx !== before) await this.#inspect();
  }

  setMinutes(minutes: number): void {
    this.#minutes = minutes;
  }

  setName(name: string): void {
    this.#name = name;
  }

  /** An absent value leaves the choice to the preset. */
  setAdvanced(name: AdvancedName, value: AdvancedValue | undefined): void {
    const { [name]: _before, ...others } = this.#advanced;
    this.#advanced = value === undefined ? others : { ...others, [name]: value };
  }

  /** Measures time and memory with the engine, soon; to be stopped when the plan changes. */
  estimateSoon(): () => void {
    let isCurrent = true;
    const timer = setTimeout(() => this.#measuring.run(() => this.#measure(() => isCurrent)), estimateDelayMs);
    return () => {
      clearTimeout(timer);
      this.#measuring.clear();
      isCurrent = false;
    };
  }

  async #inspect(): Promise<void> {
    this.#estimate = null;
    const data = this.#groups.flatMap(({ paths }) => paths);
    if (data.length === 0) {
      this.#report = null;
      return;
    }
    try {
      this.#report = await this.#host.call('data.inspect', { data, seed: 0, patch: goals[this.#goal].piecePx });
    } catch (error) {
      this.#report = null;
      this.#error = toPellucidError(error);
    }
  }

  /** A measurement that has begun runs to its end, which is near: to cancel it would end the engine's process. */
  async #measure(isCurrent: () => boolean): Promise<void> {
    this.#isEstimating = true;
    this.#error = null;
    try {
      const estimate = await this.#host.call('train.estimate', this.params);
      if (isCurrent()) this.#estimate = estimate;
    } catch (error) {
      if (!isCurrent() || isAborted(error)) return;
      this.#estimate = null;
      this.#error = toPellucidError(error);
    } finally {
      this.#isEstimating = false;
    }
  }
}
