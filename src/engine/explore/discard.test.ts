import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
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
  const result = await discard([chosen, missing], () => true, signal);
  expect(result.moved).toEqual([chosen]);
  expect(result.failed.map(({ path, code }) => ({ path, code }))).toEqual([{ path: missing, code: 'FILE_NOT_FOUND' }]);
  // A name is a name and no pattern.
  expect(await readdir(folder)).toContain('one more.jpg');
  expect(await readdir(folder)).not.toContain('one*.jpg');
});

test('what is not open, and what is no plain file, stays where it is', async () => {
  const { signal } = new AbortController();
  const plain = join(folder, 'one more.jpg');
  await symlink(plain, join(folder, 'link.jpg'));
  const paths = [plain, folder, join(folder, 'link.jpg')];
  const { moved, failed } = await discard(paths, (path) => path !== plain, signal);
  expect(moved).toEqual([]);
  expect(failed.map(({ code }) => code)).toEqual(paths.map(() => 'PERMISSION_DENIED'));
  expect(await readdir(folder)).toContain('one more.jpg');
});
