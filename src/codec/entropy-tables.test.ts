import { expect, test } from 'vitest';
import { defaultTables, parseEntropyTables } from './entropy-tables.ts';

test.each([1, 3, 192, 1024])('the default tables of %i channels pass the check', (channels) => {
  expect(parseEntropyTables(JSON.parse(JSON.stringify(defaultTables(channels))))).toEqual(defaultTables(channels));
});

const sound = defaultTables(3);
test.each([
  ['no object', null],
  ['another version', { ...sound, version: 2 }],
  [
    'a fraction',
    {
      ...sound,
      values: [
        [0.5, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    },
  ],
  ['too few rows', { ...sound, channels: 4 }],
  [
    'a reference to itself',
    {
      ...sound,
      values: [
        [0, 0, 0, 0, 0, 4, 1],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    },
  ],
  [
    'a place that is not one of nine',
    {
      ...sound,
      values: [
        [0, 0, 0, 0],
        [0, 0, 0, 0, 0, 9, 1],
        [0, 0, 0, 0],
      ],
    },
  ],
  [
    'weights that overflow 32 bits',
    {
      ...sound,
      values: [
        [2 ** 20, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    },
  ],
  ['a negative magnitude', { ...sound, magnitudes: [[-1, 0, 0, 0, 0, 0, 0, 0], ...sound.magnitudes.slice(1)] }],
  ['counters of a wrong length', { ...sound, counters: [1, 2, 3] }],
  ['a mixer that is text', { ...sound, mixer: 'abc' }],
])('tables with %s are refused', (_name, tables) => {
  expect(() => parseEntropyTables(tables)).toThrow(expect.objectContaining({ code: 'MODEL_CORRUPT' }) as Error);
});
