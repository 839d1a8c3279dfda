import { describe, expect, it } from 'vitest';
import { budgetUsed, learningRateAt, secondsLeft, stepsOf } from './schedule.ts';

describe('the learning rate', () => {
  it('warms up over 200 steps', () => {
    expect(learningRateAt(1, 0, 0)).toBeCloseTo(1 / 200, 12);
    expect(learningRateAt(1, 99, 0)).toBeCloseTo(0.5, 12);
    expect(learningRateAt(1, 199, 0)).toBeCloseTo(1, 12);
    expect(learningRateAt(1, 5000, 0)).toBeCloseTo(1, 12);
  });

  it('falls along half a cosine to a hundredth', () => {
    expect(learningRateAt(2, 1000, 0.5)).toBeCloseTo(2 * 0.505, 12);
    expect(learningRateAt(2, 1000, 1)).toBeCloseTo(0.02, 12);
    // cos(pi / 3) = 1/2 : 0.01 + 0.99 * 0.75
    expect(learningRateAt(1, 1000, 1 / 3)).toBeCloseTo(0.7525, 12);
  });
});

describe('a budget', () => {
  it('in steps does not look at the clock', () => {
    expect(budgetUsed({ steps: 8 }, 3, { step: 2, seconds: 1e9 })).toBe(0.25);
    expect(budgetUsed({ steps: 8 }, 3, { step: 9, seconds: 0 })).toBe(1);
    expect(secondsLeft({ steps: 8 }, 3, { step: 2, seconds: 10 })).toBe(30);
    expect(secondsLeft({ steps: 8 }, 3, { step: 0, seconds: 0 })).toBeNull();
  });

  it('in minutes does not look at the steps', () => {
    expect(budgetUsed({ minutes: 2 }, 3, { step: 1e9, seconds: 30 })).toBe(0.25);
    expect(secondsLeft({ minutes: 2 }, 3, { step: 5, seconds: 30 })).toBe(90);
    expect(secondsLeft({ minutes: 2 }, 3, { step: 5, seconds: 300 })).toBe(0);
  });

  it('in epochs is one in steps', () => {
    expect(stepsOf({ epochs: 2.5 }, 4)).toBe(10);
    expect(stepsOf({ epochs: 0.01 }, 4)).toBe(1);
    expect(stepsOf({ minutes: 1 }, 4)).toBeNull();
    expect(budgetUsed({ epochs: 2 }, 4, { step: 2, seconds: 1e9 })).toBe(0.25);
    expect(secondsLeft({ epochs: 2 }, 4, { step: 2, seconds: 10 })).toBe(30);
  });
});
