import { expect, it } from 'vitest';
import { flatSettings } from './flat-settings.ts';

it('lists settings within settings one by one', () => {
  const settings = {
    batch: 8,
    start: null,
    loss: { name: 'mae' },
    supervision: { degradation: { names: ['a', 'b'] } },
  };
  expect(flatSettings(settings)).toEqual([
    { path: ['batch'], value: '8' },
    { path: ['loss', 'name'], value: 'mae' },
    { path: ['supervision', 'degradation', 'names'], value: 'a, b' },
  ]);
});

it('lists nothing of a model whose training is not told', () => {
  expect(flatSettings(undefined)).toEqual([]);
  expect(flatSettings({ flips: true })).toEqual([{ path: ['flips'], value: 'true' }]);
});
