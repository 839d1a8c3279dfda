import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyCodec, tinyDenoiser } from '../tiny-models.test-support.ts';
import { modelHashOf } from './model-hash.ts';
import type { NewModel } from './model-package.ts';
import { writeModelPackage } from './model-package.ts';
import { createModelStore } from './model-store.ts';

let folder: string;
let bundledDir: string;
let userDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  bundledDir = join(folder, 'bundled');
  userDir = join(folder, 'user');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const store = () => createModelStore({ bundledDir, userDir });
const install = async (dir: string, model: NewModel) => await writeModelPackage(join(dir, model.manifest.id), model);

describe('an empty store', () => {
  it('lists nothing and says where models belong', async () => {
    expect(await store().list()).toEqual([]);
    const error = { code: 'MODEL_NOT_FOUND', message: expect.stringContaining(userDir) as string };
    await expect(store().load('denoiser')).rejects.toMatchObject(error);
    await expect(store().load('codec', 'mine')).rejects.toMatchObject({ ...error, subject: 'mine' });
  });
});

describe('a package that was edited by hand', () => {
  it.each([
    ['into no JSON', (json: string) => json.slice(1), 'not JSON'],
    ['with a field that there is not', (json: string) => json.replace('"version"', '"versions"'), 'version'],
    ['with layers that the weights do not fit', (json: string) => json.replace(/"filters":\d+/, '"filters":7'), 'tiny'],
  ])('%s is refused by name, and the others stay', async (_, change, words) => {
    await install(userDir, tinyDenoiser('intact'));
    await install(userDir, tinyDenoiser('tiny'));
    const path = join(userDir, 'tiny', 'manifest.json');
    await writeFile(path, change(await readFile(path, 'utf8')));
    const error = { code: 'MODEL_CORRUPT', message: expect.stringContaining(words) as string };
    await expect(store().find('tiny')).rejects.toMatchObject(error);
    await expect(store().load('denoiser', 'tiny')).rejects.toMatchObject(error);
    expect((await store().damaged()).map(({ id }) => id)).toEqual(['tiny']);
    expect((await store().list()).map(({ id }) => id)).toEqual(['intact']);
    expect((await store().load('denoiser')).manifest.id).toBe('intact');
  });
});

describe('the default of a kind', () => {
  it("is the newest bundled one, whatever the person's own are", async () => {
    await install(userDir, tinyDenoiser('a-own', 9));
    await install(bundledDir, tinyDenoiser('b-old', 1));
    await install(bundledDir, tinyDenoiser('c-new', 3));
    await install(bundledDir, tinyDenoiser('d-middle', 2));
    expect((await store().load('denoiser')).manifest.id).toBe('c-new');
    const listed = (await store().list()).map(({ id, bundled, isDefault }) => [id, bundled, isDefault]);
    expect(listed).toEqual([
      ['b-old', true, false],
      ['c-new', true, true],
      ['d-middle', true, false],
      ['a-own', false, false],
    ]);
  });

  it("is the first of the person's own where none is bundled", async () => {
    await install(userDir, tinyDenoiser('b'));
    await install(userDir, tinyDenoiser('a'));
    expect((await store().load('denoiser')).manifest.id).toBe('a');
  });

  it('is one for each kind', async () => {
    await install(bundledDir, tinyDenoiser());
    await install(bundledDir, tinyCodec());
    expect((await store().load('denoiser')).manifest.id).toBe('tiny-denoiser');
    expect((await store().load('codec')).manifest.id).toBe('tiny-codec');
    expect((await store().list()).every(({ isDefault }) => isDefault)).toBe(true);
  });
});

it('refuses a model of another kind by name', async () => {
  await install(userDir, tinyDenoiser('mine'));
  await expect(store().load('codec', 'mine')).rejects.toMatchObject({ code: 'MODEL_KIND_MISMATCH', subject: 'mine' });
});

it('shows sizes that can be worked out by hand', async () => {
  const manifest = await install(userDir, tinyDenoiser());
  const [summary] = await store().list();
  // Filters and biases of head, encode-0, down-1, encode-1, up-0, decode-0, tail, with 8 and 12 channels.
  const parameters = 1152 + 8 + 2 * (576 + 8) + (384 + 12) + 2 * (1296 + 12) + (384 + 8) + 2 * (576 + 8) + (864 + 12);
  // A quarter of the pixels at 1/2, a sixteenth at 1/4; the transpose uses one tap of four for each of its outputs.
  const macs = (1152 + 4 * 576 + 96 + 864) / 4 + (384 + 2 * 1296) / 16;
  expect(summary).toMatchObject({
    id: 'tiny-denoiser',
    kind: 'denoiser',
    parameters,
    kiloMacsPerPixel: macs / 1000,
    sizeBytes: 2 * parameters,
    weightsSha256: manifest.weightsSha256,
  });
});

describe('the model of a .pel file', () => {
  it('is found by id and hash, not by id alone', async () => {
    const bundled = await install(bundledDir, tinyCodec('codec', 2));
    const own = await install(userDir, tinyCodec('codec', 5));
    expect(modelHashOf(bundled)).not.toBe(modelHashOf(own));
    const loaded = await store().loadByHash('codec', modelHashOf(own));
    expect(loaded.manifest.weightsSha256).toBe(own.weightsSha256);
    await expect(store().loadByHash('other', modelHashOf(own))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('is named with its hash where it is missing', async () => {
    const message = expect.stringMatching(/codec.*0123456789abcdef/) as string;
    const refusal = { code: 'MODEL_NOT_FOUND', subject: 'codec', message };
    await expect(store().loadByHash('codec', '0123456789abcdef')).rejects.toMatchObject(refusal);
  });
});

describe('what is no model', () => {
  it('does not hide those that are', async () => {
    await install(userDir, tinyDenoiser('good'));
    await mkdir(join(userDir, 'empty'));
    await writeFile(join(userDir, 'notes.txt'), 'mine');
    await mkdir(join(userDir, 'broken'));
    await writeFile(join(userDir, 'broken', 'manifest.json'), '{}');
    await writeModelPackage(join(userDir, 'being-written.123.tmp'), tinyDenoiser('half'));
    await writeModelPackage(join(userDir, 'aside.123.old'), tinyDenoiser('old'));
    expect((await store().list()).map(({ id }) => id)).toEqual(['good']);
  });

  it('may be a manifest whose layers do not fit together', async () => {
    await install(userDir, tinyDenoiser('good'));
    const bad = tinyDenoiser('bad');
    if (bad.manifest.architecture.kind === 'denoiser') bad.manifest.architecture.network.layers.splice(0, 1);
    await install(userDir, bad);
    expect((await store().list()).map(({ id }) => id)).toEqual(['good']);
  });
});
