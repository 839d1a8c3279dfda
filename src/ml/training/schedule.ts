import type { TrainBudget } from '../../shared/params.ts';

/** How the learning rate goes over a run. */
export interface Schedule {
  kind: 'cosine' | 'constant';
  /** Steps over which the rate rises from 0. */
  warmUpSteps: number;
}

const usualSchedule: Schedule = { kind: 'cosine', warmUpSteps: 200 };
/** The rate ends at this part of its peak. */
const floor = 0.01;

/**
 * Steps of a budget; null where the clock decides.
 * @param stepsPerEpoch steps of one pass over the training data
 */
export function stepsOf(budget: TrainBudget, stepsPerEpoch: number): number | null {
  if ('steps' in budget) return budget.steps;
  return 'epochs' in budget ? Math.max(1, Math.round(budget.epochs * stepsPerEpoch)) : null;
}

/** How far a training is. */
export interface Position {
  step: number;
  /** Seconds of training, pauses not counted. */
  seconds: number;
}

/** Part of a budget that is used up, 0..1. */
export function budgetUsed(budget: TrainBudget, stepsPerEpoch: number, { step, seconds }: Position): number {
  if ('minutes' in budget) return Math.min(1, seconds / (60 * budget.minutes));
  return Math.min(1, step / (stepsOf(budget, stepsPerEpoch) ?? 1));
}

/**
 * Linear warm-up, then half a cosine down to a hundredth (Loshchilov and Hutter 2017), or no change.
 * @param used part of the budget that is used up, 0..1
 */
export function learningRateAt(peak: number, step: number, used: number, schedule: Schedule = usualSchedule): number {
  const warmth = schedule.warmUpSteps === 0 ? 1 : Math.min(1, (step + 1) / schedule.warmUpSteps);
  const height = schedule.kind === 'constant' ? 1 : floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * used));
  return peak * warmth * height;
}

/** Seconds that are left, from what has been used; null at the start. */
export function secondsLeft(budget: TrainBudget, stepsPerEpoch: number, { step, seconds }: Position): number | null {
  if ('minutes' in budget) return Math.max(0, 60 * budget.minutes - seconds);
  if (step === 0) return null;
  return (seconds / step) * Math.max(0, (stepsOf(budget, stepsPerEpoch) ?? 0) - step);
}
