import { expect, it } from 'vitest';
import { turned, turnedBack, turns } from './turns.ts';

/** Two rows of three pixels, told by their first value. */
const picture = Float32Array.from([1, 2, 3, 4, 5, 6].flatMap((value) => [value, value + 10, value + 20]));
const firsts = (values: Float32Array): number[] => Array.from(values).filter((_, i) => i % 3 === 0);

it('are eight different ones, as drawn by hand', () => {
  expect(turns.map((turn) => firsts(turned(picture, 3, 2, turn)))).toEqual([
    [1, 2, 3, 4, 5, 6],
    [3, 2, 1, 6, 5, 4],
    [4, 5, 6, 1, 2, 3],
    [6, 5, 4, 3, 2, 1],
    [1, 4, 2, 5, 3, 6],
    [3, 6, 2, 5, 1, 4],
    [4, 1, 5, 2, 6, 3],
    [6, 3, 5, 2, 4, 1],
  ]);
});

it('are undone', () => {
  for (const turn of turns) expect(turnedBack(turned(picture, 3, 2, turn), 3, 2, turn)).toEqual(picture);
});
