import { expect, test } from 'vitest';
import { parseMachineSettings } from './machine-settings.ts';

test('what was kept is what is allowed', () => {
  const settings = { threads: 3, memoryLimitBytes: 2 ** 31 };
  expect(parseMachineSettings(JSON.stringify(settings))).toEqual(settings);
});

test.each([
  '',
  'null',
  '[]',
  '{"threads":',
  '{"threads":0,"memoryLimitBytes":12}',
  '{"threads":"2"}',
  '{"threads":1.5}',
])('Pellucid decides where the file holds %s', (text) => {
  expect(parseMachineSettings(text)).toEqual({ threads: null, memoryLimitBytes: null });
});
