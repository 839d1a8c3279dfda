import { expect, test } from 'vitest';
import type { Params } from '../../shared/params.ts';
import { sweepRuns } from './sweep-runs.ts';

const base: Params<'sweep.start'>['base'] = {
  ...{ preset: 'dense', data: ['/photos'], name: 'digits', budget: { epochs: 3 }, resume: false, seed: 4 },
  options: { optimiser: 'adam' },
};

test('runs differ in one option and in their name, smallest value first, and go on where they stopped', () => {
  const runs = sweepRuns({ base, option: 'bottleneck', values: [16, 2, 4] });
  expect(runs.map(({ value }) => value)).toEqual([2, 4, 16]);
  expect(runs[1]?.params).toEqual({
    ...base,
    name: 'digits-4',
    resume: true,
    options: { optimiser: 'adam', bottleneck: 4 },
  });
});

test('fields of the training itself can be swept too', () => {
  const [first] = sweepRuns({ base, option: 'learningRate', values: [0.01, 0.001] });
  expect(first?.params).toMatchObject({ name: 'digits-0-001', learningRate: 0.001, options: base.options });
});

test.each([
  ['an option that there is not', { option: 'colour', values: [1, 2] }, 'colour'],
  ['the length of the training', { option: 'budget', values: [1, 2] }, 'budget'],
  ['a value that the option cannot have', { option: 'bottleneck', values: [2, 0] }, 'options.bottleneck'],
  ['a value twice', { option: 'bottleneck', values: [2, 4, 2] }, 'bottleneck'],
])('%s is refused by name', (_, { option, values }, subject) => {
  const attempt = () => sweepRuns({ base, option, values });
  expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', subject }) as Error);
});
