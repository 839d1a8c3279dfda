import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SettledFiles } from './settled-files.ts';

test('a file is taken once when it has been left alone, and again when it has changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-settled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a.png');
  const files = new SettledFiles(2000);
  await writeFile(path, 'half');
  expect(await files.take(path, 0)).toBe(false);
  expect(await files.take(path, 1500)).toBe(false);
  await appendFile(path, 'whole');
  expect(await files.take(path, 2500)).toBe(false);
  expect(await files.take(path, 4400)).toBe(false);
  expect(await files.take(path, 4500)).toBe(true);
  expect(await files.take(path, 9000)).toBe(false);
  await appendFile(path, 'edited');
  expect(await files.take(path, 10_000)).toBe(false);
  expect(await files.take(path, 12_000)).toBe(true);
  await expect(files.take(join(folder, 'gone.png'), 0)).rejects.toThrow('ENOENT');
});
