import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropRemoved, readIndex, writeIndex } from './code-index.ts';

const codeLength = 5;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-index-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const entry = (path: string) => ({
  path,
  sizeBytes: 12,
  modifiedMs: 1.5,
  sha256: 'a'.repeat(64),
  psnr: 31.5,
  detailBytes: 2000,
  code: Float32Array.from({ length: codeLength }, (_, at) => Math.sin(at)),
});

test('an index comes back as it was written', async () => {
  const path = join(folder, 'explore', 'index.json');
  await writeIndex(path, [entry('one.jpg'), entry('two.jpg')]);
  const { entries, wasCorrupt } = await readIndex(path, codeLength);
  expect([...entries.values()]).toEqual([entry('one.jpg'), entry('two.jpg')]);
  expect(wasCorrupt).toBe(false);
});

test('a missing index is empty, and a damaged one is empty and said to be damaged', async () => {
  const path = join(folder, 'index.json');
  expect(await readIndex(path, codeLength)).toEqual({ entries: new Map(), wasCorrupt: false });
  await writeFile(path, '{"formatVersion":1,"entries":[{"path":"one');
  expect(await readIndex(path, codeLength)).toEqual({ entries: new Map(), wasCorrupt: true });
  await writeIndex(path, [{ ...entry('one.jpg'), code: new Float32Array(3) }]);
  expect((await readIndex(path, codeLength)).wasCorrupt).toBe(true);
});

test('photos that have gone from the disk vanish', async () => {
  const there = join(folder, 'there.jpg');
  await writeFile(there, 'x');
  const entries = new Map([there, join(folder, 'gone.jpg')].map((path) => [path, entry(path)]));
  expect(await dropRemoved(entries)).toBe(1);
  expect([...entries.keys()]).toEqual([there]);
});
