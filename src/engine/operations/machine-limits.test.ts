import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryLimit, pixelsWithinLimit, setMemoryLimit } from '../../shared/memory-limit.ts';
import { applyMemoryLimitOfStart, keepMachineLimits, readMachineLimits } from './machine-limits.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-limits-'));
});
afterEach(async () => {
  setMemoryLimit(null);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test('what is kept is read again, the memory counts at once, and nothing else is left in the folder', async () => {
  const data = join(folder, 'data');
  expect(await readMachineLimits(data)).toEqual({ threads: null, memoryLimitBytes: null });
  const settings = { threads: 2, memoryLimitBytes: 2 ** 30 };
  await keepMachineLimits(data, settings);
  expect(await readMachineLimits(data)).toEqual(settings);
  expect(memoryLimit()).toBe(2 ** 30);
  expect(await readdir(data)).toEqual(['machine.json']);
});

test('what cannot be kept is told, with the place', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const keeping = keepMachineLimits(file, { threads: null, memoryLimitBytes: null });
  await expect(keeping).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
});

test.each([
  ['1073741824', 2 ** 30],
  ['', null],
  ['much', null],
  ['-5', null],
])('a process that starts with a limit of "%s" has %s', (text, expected) => {
  vi.stubEnv('PELLUCID_MEMORY_LIMIT', text);
  applyMemoryLimitOfStart();
  expect(memoryLimit()).toBe(expected);
});

test('a limit holds very large photos back, and no others', () => {
  expect(pixelsWithinLimit(200e6)).toBe(200e6);
  setMemoryLimit(2 ** 30);
  expect(pixelsWithinLimit(200e6)).toBeGreaterThan(50e6);
  expect(pixelsWithinLimit(200e6)).toBeLessThan(100e6);
  expect(pixelsWithinLimit(1e6)).toBe(1e6);
});
