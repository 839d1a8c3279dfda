import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyDenoiser } from '../tiny-models.test-support.ts';
import { packModel, renameModel, unpackModel } from './model-archive.ts';
import { readModelPackage, writeModelPackage } from './model-package.ts';

let folder: string;
let userDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  userDir = join(folder, 'user');
  await writeModelPackage(join(folder, 'mine'), tinyDenoiser('mine'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a packed model', () => {
  it('is the same model where it is unpacked, and is not written over', async () => {
    const bytes = await packModel(join(folder, 'mine'));
    expect(await unpackModel(bytes, 'mine.zip', userDir, [])).toBe('mine');
    expect(await readModelPackage(join(userDir, 'mine'))).toEqual(await readModelPackage(join(folder, 'mine')));
    await expect(unpackModel(bytes, 'mine.zip', userDir, [])).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const elsewhere = unpackModel(bytes, 'mine.zip', join(folder, 'other'), ['mine']);
    await expect(elsewhere).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await readdir(userDir)).toEqual(['mine']);
  });

  it('leaves nothing behind where it is broken, and says what is wrong', async () => {
    const entries = unzipSync(await packModel(join(folder, 'mine')));
    entries['weights.bin']?.fill(1, 0, 4);
    const changed = unpackModel(zipSync(entries), 'changed.zip', userDir, []);
    await expect(changed).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    const message = expect.stringContaining('broken.zip') as string;
    const broken = { code: 'MODEL_CORRUPT', message };
    await expect(unpackModel(Buffer.from('no zip'), 'broken.zip', userDir, [])).rejects.toMatchObject(broken);
    await expect(unpackModel(zipSync({}), 'broken.zip', userDir, [])).rejects.toMatchObject(broken);
    expect(await readdir(userDir)).toEqual([]);
  });
});

describe('renaming a model', () => {
  it('changes its id and keeps its weights', async () => {
    const before = await readModelPackage(join(folder, 'mine'));
    await renameModel(join(folder, 'mine'), 'yours', folder, []);
    const after = await readModelPackage(join(folder, 'yours'));
    expect([after.manifest.id, after.weights]).toEqual(['yours', before.weights]);
    expect(await readdir(folder)).toEqual(['yours']);
  });
});
