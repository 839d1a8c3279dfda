import { describe, expect, it } from 'vitest';
import { budgetUsed, learningRateAt, secondsLeft } from './schedule.ts';

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
    expect(budgetUsed({ steps: 8 }, 2, 1e9)).toBe(0.25);
    expect(budgetUsed({ steps: 8 }, 9, 0)).toBe(1);
    expect(secondsLeft({ steps: 8 }, 2, 10)).toBe(30);
    expect(secondsLeft({ steps: 8 }, 0, 0)).toBeNull();
  });

  it('in minutes does not look at the steps', () => {
    expect(budgetUsed({ minutes: 2 }, 1e9, 30)).toBe(0.25);
    expect(secondsLeft({ minutes: 2 }, 5, 30)).toBe(90);
    expect(secondsLeft({ minutes: 2 }, 5, 300)).toBe(0);
  });
});
