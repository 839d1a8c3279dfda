import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIdxSet } from './idx-set.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The format as its author describes it: two zeros, the type, the number of dimensions, sizes, values. */
function idx(shape: number[], values: number[], type = 8): Buffer {
  const sizes = shape.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Buffer.from([0, 0, type, shape.length, ...sizes, ...values]);
}

const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);

test('reads a folder of plain and compressed files, with labels, and its test part', async () => {
  await write('train-images-idx3-ubyte.gz', gzipSync(idx([2, 1, 3], [1, 2, 3, 4, 5, 6])));
  await write('train-labels-idx1-ubyte', idx([2], [7, 9]));
  await write('t10k-images.idx3-ubyte', idx([1, 1, 3], [8, 8, 8]));
  await write('notes.txt', Buffer.from('other files do not disturb'));
  const set = await readIdxSet([folder]);
  expect(set?.training).toMatchObject({ width: 3, height: 1, name: 'train-images-idx3-ubyte.gz' });
  expect(Array.from(set?.training.pictures ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Array.from(set?.training.labels ?? [])).toEqual([7, 9]);
  expect(Array.from(set?.test?.pictures ?? [])).toEqual([8, 8, 8]);
  expect(set?.test?.labels).toBeNull();
});

test('names a path that is not there, and what to give', async () => {
  const gone = join(folder, 'gone');
  const message = expect.stringMatching(/There is no .*gone\. Give /) as string;
  await expect(readIdxSet([gone])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: gone, message });
});

test('says that paths without IDX files are something else', async () => {
  await write('photo.jpg', Buffer.from('x'));
  expect(await readIdxSet([folder])).toBeNull();
  expect(await readIdxSet([join(folder, 'photo.jpg')])).toBeNull();
});

test.each([
  ['breaks off', idx([2, 2, 2], [1, 2, 3]), 'IMAGE_CORRUPT'],
  ['is something else', Buffer.from('not an array'), 'IMAGE_CORRUPT'],
  ['is broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 1]), 'IMAGE_CORRUPT'],
  ['holds floats', idx([1, 1, 1], [0, 0, 0, 0], 13), 'FORMAT_UNSUPPORTED'],
  ['holds no pictures', idx([3], [1, 2, 3]), 'INVALID_ARGUMENT'],
])('refuses a file that %s, by name', async (_fault, bytes, code) => {
  await write('train-images-idx3-ubyte', bytes);
  await expect(readIdxSet([folder])).rejects.toMatchObject({
    code,
    message: expect.stringContaining('train-images-idx3-ubyte') as unknown,
  });
});

test('refuses two training files, and a test part of another size', async () => {
  await write('a-idx3-ubyte', idx([1, 1, 1], [1]));
  await write('test-idx3-ubyte', idx([1, 1, 2], [1, 2]));
  await expect(readIdxSet([folder])).rejects.toThrow('files of one size');
  await write('b-idx3-ubyte', idx([1, 1, 1], [1]));
  await expect(readIdxSet([folder])).rejects.toThrow('one IDX file of training pictures');
});
