import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listPhotos } from './list-photos.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-list-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const jpeg = '\xff\xd8\xff\xe0 begins like a JPEG';
const path = (name: string) => join(folder, name);

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content, 'latin1');
  }
}

async function list(paths: string[], recursive = true) {
  const { files, skipped } = await listPhotos(paths.map(path), { recursive });
  return {
    files: files.map((file) => relative(folder, file)),
    skipped: skipped.map((entry) => `${relative(folder, entry.path)} ${entry.code}`),
  };
}

it('finds pictures by content, in natural order, and says what it passed over', async () => {
  await put({
    'photo10.jpg': jpeg,
    'photo2.jpg': jpeg,
    'Photo1.txt': jpeg,
    'notes.jpg': 'only text',
    'empty.png': '',
    'phone.heic': '\0\0\0\x10ftypheic\0\0\0\0',
    '.hidden.jpg': jpeg,
    '.thumbnails/a.jpg': jpeg,
    'sub/b.jpg': jpeg,
  });
  const found = await list(['.']);
  expect(found.files).toEqual(['Photo1.txt', 'photo2.jpg', 'photo10.jpg', join('sub', 'b.jpg')]);
  expect(found.skipped).toEqual(['empty.png EMPTY_FILE', 'notes.jpg NOT_AN_IMAGE', 'phone.heic FORMAT_UNSUPPORTED']);
  expect((await list(['.'], false)).files).not.toContain(join('sub', 'b.jpg'));
});

it('keeps the order of files as given and takes each once', async () => {
  await put({ 'b.jpg': jpeg, 'a.jpg': jpeg });
  expect((await list(['b.jpg', 'a.jpg', 'b.jpg', '.'])).files).toEqual(['b.jpg', 'a.jpg']);
  expect((await list(['.hidden/x.jpg', 'a.jpg'])).skipped).toEqual([`${join('.hidden', 'x.jpg')} FILE_NOT_FOUND`]);
});

it('follows links and gets out of loops', async () => {
  await put({ 'in/a.jpg': jpeg, 'outside/c.jpg': jpeg });
  await symlink(path('in'), path('in/loop'));
  await symlink(path('outside'), path('in/more'));
  await symlink(path('nowhere'), path('in/broken'));
  const found = await list(['in']);
  expect(found.files).toEqual([join('in', 'a.jpg'), join('in', 'more', 'c.jpg')]);
  expect(found.skipped).toEqual([`${join('in', 'broken')} FILE_NOT_FOUND`]);
});

it('refuses folders without a picture, and only those', async () => {
  await put({ 'none/readme.txt': 'text', 'deep/sub/a.jpg': jpeg });
  await expect(list(['none'])).rejects.toMatchObject({ code: 'EMPTY_FOLDER' });
  await expect(list(['deep'], false)).rejects.toThrow('Folders inside it were not searched');
  expect((await list(['none', 'deep'])).files).toEqual([join('deep', 'sub', 'a.jpg')]);
  expect((await list(['none', 'missing.jpg'])).skipped).toContain('missing.jpg FILE_NOT_FOUND');
});

it('stops when it is cancelled', async () => {
  await put({ 'a.jpg': jpeg });
  const search = listPhotos([folder], { recursive: true, signal: AbortSignal.abort() });
  await expect(search).rejects.toMatchObject({ name: 'AbortError' });
});
