import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileSafely } from './safe-write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pellucid-save-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the file has the new content, and nothing else is left', async () => {
  const file = path.join(folder, 'photo.pel');
  await writeFile(file, 'the old one, which is longer');
  await writeFileSafely(file, Buffer.from('new'));
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['photo.pel']);
});

test('a name of the greatest length can be written', async () => {
  const file = path.join(folder, `${'n'.repeat(251)}.pel`);
  await writeFileSafely(file, Buffer.from('new'));
  expect(await readFile(file, 'utf8')).toBe('new');
});

test('when it fails, what was there stays and nothing is left beside it', async () => {
  const file = path.join(folder, 'taken');
  await mkdir(path.join(file, 'inside'), { recursive: true });
  await expect(writeFileSafely(file, Buffer.from('new'))).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['taken']);
  expect(await readdir(file)).toEqual(['inside']);
});

test('a folder that is not there is told as the system does', async () => {
  const write = writeFileSafely(path.join(folder, 'missing', 'a.pel'), Buffer.from('new'));
  await expect(write).rejects.toMatchObject({ code: 'ENOENT' });
});
