import { expect, it } from 'vitest';
import { afterValidation } from './early-stopping.ts';
import type { EarlyStoppingState } from './early-stopping.ts';

function waits(scores: number[], minChange: number): number[] {
  let state: EarlyStoppingState = { reference: null, waited: 0 };
  return scores.map((score) => {
    state = afterValidation(state, score, { patience: 3, minChange });
    return state.waited;
  });
}

it('counts the validations since the last change for the better', () => {
  expect(waits([1, 2, 1.5, 2, 2.1, 0], 0)).toEqual([0, 0, 1, 2, 0, 1]);
});

it('does not take small changes for progress, however many', () => {
  expect(waits([1, 1.05, 1.09, 1.11, 1.15, 1.22], 0.1)).toEqual([0, 1, 2, 0, 1, 0]);
});

it('works with scores below 0, as those of losses are', () => {
  expect(waits([-0.7, -0.6, -0.65], 0)).toEqual([0, 0, 1]);
});
