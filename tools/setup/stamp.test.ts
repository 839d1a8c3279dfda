import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, isStamped, writeStamp } from './stamp.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-stamp-'));
  await mkdir(path.join(folder, 'src/deep'), { recursive: true });
  await writeFile(path.join(folder, 'src/deep/a.ts'), 'a');
  await writeFile(path.join(folder, 'lock.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true }));

const digest = () => digestOf(folder, ['src', 'lock.json', 'absent.ts'], (file) => !file.endsWith('.test.ts'));

describe('digestOf', () => {
  it('stays the same when only times change, or files that do not matter', async () => {
    const before = await digest();
    await utimes(path.join(folder, 'src/deep/a.ts'), 1, 1);
    await writeFile(path.join(folder, 'src/a.test.ts'), 'test');
    expect(await digest()).toBe(before);
  });

  it.each([
    ['content', () => writeFile(path.join(folder, 'src/deep/a.ts'), 'b')],
    ['a name', () => rename(path.join(folder, 'src/deep/a.ts'), path.join(folder, 'src/deep/b.ts'))],
    ['a single file', () => writeFile(path.join(folder, 'lock.json'), '[]')],
    ['a new file', () => writeFile(path.join(folder, 'src/new.ts'), '')],
    ['a removed file', () => rm(path.join(folder, 'src/deep/a.ts'))],
    ['a file that was absent', () => writeFile(path.join(folder, 'absent.ts'), '')],
  ])('changes with %s', async (_what, change) => {
    const before = await digest();
    await change();
    expect(await digest()).not.toBe(before);
  });
});

describe('isStamped', () => {
  it('is true only for the digest that was stamped', async () => {
    const file = path.join(folder, 'dist/.stamp');
    expect(await isStamped(file, 'one')).toBe(false);
    await writeStamp(file, 'one');
    expect(await isStamped(file, 'one')).toBe(true);
    expect(await isStamped(file, 'two')).toBe(false);
  });
});
