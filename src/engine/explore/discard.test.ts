import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { discard } from './discard.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-bin-'));
  vi.stubEnv('XDG_DATA_HOME', join(folder, 'data'));
  await writeFile(join(folder, 'one*.jpg'), '1');
  await writeFile(join(folder, 'one more.jpg'), '2');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

// Elsewhere the bin is that of whoever runs the tests.
test.runIf(process.platform === 'linux')('files go to the bin, and those that are not there are named', async () => {
  const { signal } = new AbortController();
  const [chosen, missing] = [join(folder, 'one*.jpg'), join(folder, 'two.jpg')];
  const result = await discard([chosen, missing], signal);
  expect(result.moved).toEqual([chosen]);
  expect(result.failed.map(({ path, code }) => ({ path, code }))).toEqual([{ path: missing, code: 'FILE_NOT_FOUND' }]);
  // A name is a name and no pattern.
  expect(await readdir(folder)).toContain('one more.jpg');
  expect(await readdir(folder)).not.toContain('one*.jpg');
});
