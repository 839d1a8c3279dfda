/** How long to train: by the clock, or by steps. */
export type Budget = { minutes: number } | { steps: number };

/** How the learning rate goes over a run. */
export interface Schedule {
  kind: 'cosine' | 'constant';
  /** Steps over which the rate rises from 0. */
  warmUpSteps: number;
}

const usualSchedule: Schedule = { kind: 'cosine', warmUpSteps: 200 };
/** The rate ends at this part of its peak. */
const floor = 0.01;

/** Part of a budget that is used up, 0..1. */
export function budgetUsed(budget: Budget, step: number, seconds: number): number {
  return Math.min(1, 'steps' in budget ? step / budget.steps : seconds / (60 * budget.minutes));
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
export function secondsLeft(budget: Budget, step: number, seconds: number): number | null {
  if ('minutes' in budget) return Math.max(0, 60 * budget.minutes - seconds);
  return step === 0 ? null : (seconds / step) * Math.max(0, budget.steps - step);
}
