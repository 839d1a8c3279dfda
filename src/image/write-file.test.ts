import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freeOutputPath, writeFileSafely, writeFreeFile } from './write-file.ts';

/** A disk that fills up in the middle of a file, and one without hard links. */
const disk = vi.hoisted(() => ({ isFull: false, hasLinks: true }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>();
  const failure = (code: string) => Object.assign(new Error(`${code}: refused by the test`), { code });
  const open: typeof fs.open = async (...parameters) => {
    const file = await fs.open(...parameters);
    if (disk.isFull) {
      file.writeFile = async () => {
        await file.write('the first part');
        throw failure('ENOSPC');
      };
    }
    return file;
  };
  const link: typeof fs.link = (from, to) => (disk.hasLinks ? fs.link(from, to) : Promise.reject(failure('EPERM')));
  return { ...fs, open, link };
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-write-'));
});
afterEach(async () => {
  Object.assign(disk, { isFull: false, hasLinks: true });
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe.each([true, false])('on a disk with hard links: %s', (hasLinks) => {
  beforeEach(() => {
    disk.hasLinks = hasLinks;
  });

  it('writes a file and leaves nothing else', async () => {
    const path = join(folder, 'deep', 'er', 'a.jpg');
    await writeFileSafely(path, bytes('picture'), { overwrite: false, modifiedMs: 1_600_000_000_000 });
    expect(await readFile(path, 'utf8')).toBe('picture');
    expect((await stat(path)).mtimeMs).toBe(1_600_000_000_000);
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['a.jpg']);
  });

  it('never touches a file that exists, unless it may', async () => {
    const path = join(folder, 'a.jpg');
    await writeFile(path, 'original', { mode: 0o640 });
    const refused = writeFileSafely(path, bytes('new'), { overwrite: false });
    await expect(refused).rejects.toMatchObject({ code: 'ALREADY_EXISTS', subject: path });
    expect(await readFile(path, 'utf8')).toBe('original');
    await writeFileSafely(path, bytes('new'), { overwrite: true });
    expect(await readFile(path, 'utf8')).toBe('new');
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['a.jpg']);
  });

  it('lets one of many writers have the name, and the others the next names', async () => {
    const path = join(folder, 'a.jpg');
    const writers = ['one', 'two', 'three', 'four'].map((text) =>
      writeFileSafely(path, bytes(text), { overwrite: false }),
    );
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const paths = await Promise.all(['x', 'y', 'z'].map((text) => writeFreeFile(folder, 'a', '.jpg', bytes(text))));
    expect(paths.toSorted()).toEqual([1, 2, 3].map((counter) => join(folder, `a-${counter}.jpg`)));
    const contents = await Promise.all(paths.map((written) => readFile(written, 'utf8')));
    expect(contents).toEqual(['x', 'y', 'z']);
    expect(await readdir(folder)).toHaveLength(4);
  });
});

it('leaves the old file and no part of the new one when the disk is full', async () => {
  const path = join(folder, 'a.jpg');
  await writeFile(path, 'original');
  disk.isFull = true;
  await expect(writeFileSafely(path, bytes('new'), { overwrite: true })).rejects.toMatchObject({ code: 'DISK_FULL' });
  const fresh = join(folder, 'b.jpg');
  await expect(writeFileSafely(fresh, bytes('new'), { overwrite: false })).rejects.toMatchObject({ code: 'DISK_FULL' });
  disk.isFull = false;
  expect(await readdir(folder)).toEqual(['a.jpg']);
  expect(await readFile(path, 'utf8')).toBe('original');
});

it('replaces what a symbolic link points to and keeps the link', async () => {
  const target = join(folder, 'target.jpg');
  const shortcut = join(folder, 'link.jpg');
  await writeFile(target, 'original');
  await symlink(target, shortcut);
  await writeFileSafely(shortcut, bytes('new'), { overwrite: true });
  expect(await readFile(target, 'utf8')).toBe('new');
  expect((await readdir(folder)).toSorted()).toEqual(['link.jpg', 'target.jpg']);
});

it('says so when a folder on the way is a file, or the name is a folder', async () => {
  await writeFile(join(folder, 'file'), '');
  const below = writeFileSafely(join(folder, 'file', 'a.jpg'), bytes('x'), { overwrite: false });
  await expect(below).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  await mkdir(join(folder, 'sub.jpg'));
  await expect(writeFileSafely(join(folder, 'sub.jpg'), bytes('x'), { overwrite: true })).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
  expect((await readdir(folder)).toSorted()).toEqual(['file', 'sub.jpg']);
});

it('finds the next free name', async () => {
  expect(await freeOutputPath(folder, 'a', '.jpg')).toBe(join(folder, 'a.jpg'));
  await writeFile(join(folder, 'a.jpg'), '');
  await writeFile(join(folder, 'a-1.jpg'), '');
  expect(await freeOutputPath(folder, 'a', '.jpg')).toBe(join(folder, 'a-2.jpg'));
});
