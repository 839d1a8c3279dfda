/** How long to train: by the clock, or by steps. */
export type Budget = { minutes: number } | { steps: number };

const warmUpSteps = 200;
/** The rate ends at this part of its peak. */
const floor = 0.01;

/** Part of a budget that is used up, 0..1. */
export function budgetUsed(budget: Budget, step: number, seconds: number): number {
  return Math.min(1, 'steps' in budget ? step / budget.steps : seconds / (60 * budget.minutes));
}

/** Linear warm-up, then half a cosine down to a hundredth (Loshchilov and Hutter 2017). */
export function learningRateAt(peak: number, step: number, used: number): number {
  const warmth = Math.min(1, (step + 1) / warmUpSteps);
  return peak * warmth * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * used)));
}

/** Seconds that are left, from what has been used; null at the start. */
export function secondsLeft(budget: Budget, step: number, seconds: number): number | null {
  if ('minutes' in budget) return Math.max(0, 60 * budget.minutes - seconds);
  return step === 0 ? null : (seconds / step) * Math.max(0, budget.steps - step);
}
