import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { createModelStore } from '../../ml/store/model-store.ts';
import { writeModelPackage } from '../../ml/store/model-package.ts';
import type { NewModel } from '../../ml/store/model-package.ts';
import { smoothPicture } from '../../ml/synthetic-pictures.test-support.ts';
import { tinyAutoencoder, tinyCodec, tinyDenoiser } from '../../ml/tiny-models.test-support.ts';
import type { CallName, Params } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { createModels } from '../operations/models.ts';
import type { Handlers } from '../server/handlers.ts';
import { createModelChangers, createModelReaders } from './model-handlers.ts';

let photos: string;
beforeAll(async () => {
  photos = await mkdtemp(join(tmpdir(), 'pellucid-photos-'));
  for (let number = 0; number < 5; number++)
    await writePicture(`photo-${number}.png`, smoothPicture({ width: 64, height: 48 }, 2, number));
});
afterAll(() => rm(photos, { recursive: true }));

let folder: string;
let handlers: Pick<Handlers, Extract<CallName, `models.${string}`> & keyof ReturnType<typeof served>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  handlers = served();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writePicture(name: string, pixels: Pixels): Promise<void> {
  await writeFile(join(photos, name), await encodePhoto({ pixels, metadata: {} }, { format: 'png' }));
}

const foldersOf = () => ({
  bundledDir: join(folder, 'bundled'),
  userDir: join(folder, 'models'),
  runsDir: join(folder, 'runs'),
});

/** As after a start of the engine: nothing is in memory. */
function served() {
  const models = createModels(foldersOf());
  return { ...createModelReaders(foldersOf(), models), ...createModelChangers(foldersOf(), () => models.forget()) };
}

async function call<K extends keyof typeof handlers>(name: K, params: Params<K>) {
  const context = { signal: new AbortController().signal, send: () => undefined, progress: () => undefined };
  return await handlers[name](params, context);
}

async function install(where: 'bundled' | 'models', model: NewModel): Promise<void> {
  await writeModelPackage(join(folder, where, model.manifest.id), model);
}

/** With all weights zero: such a denoiser finds no noise, and such an autoencoder gives grey. */
function blank(model: NewModel): NewModel {
  return { ...model, arrays: model.arrays.map((array) => ({ ...array, values: array.values.map(() => 0) })) };
}

async function damage(id: string): Promise<void> {
  const path = join(folder, 'models', id, 'weights.bin');
  const bytes = await readFile(path);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

const defaultOf = async (kind: 'denoiser' | 'dense') =>
  (await createModelStore(foldersOf()).defaultOf(kind))?.manifest.id;

describe('a comparison of denoisers', () => {
  it('says what each leaves of the noise, and which is better', async () => {
    await install('bundled', tinyDenoiser('noisier'));
    await install('models', blank(tinyDenoiser('mine')));
    const result = await call('models.compare', { id: 'mine', data: [photos], limit: 3 });
    expect(result).toMatchObject({ id: 'mine', against: 'noisier', kind: 'denoiser', photos: 3, isBetter: true });
    expect(result.rows.map(({ sigma255 }) => sigma255)).toEqual([15, 25, 50]);
    for (const { sigma255, own, other } of result.rows) {
      // A denoiser that finds no noise leaves 20 log10(255 / sigma) dB, and a little more where values are clipped.
      const untouched = 20 * Math.log10(255 / sigma255);
      expect(own.psnr).toBeGreaterThan(untouched - 0.1);
      expect(own.psnr).toBeLessThan(untouched + 1);
      expect(other.psnr).toBeLessThan(own.psnr);
    }
    expect((await call('models.info', { id: 'mine' })).comparison).toEqual(result);
  });

  it('finds no difference between equal ones, and measures on what the run of the model held out', async () => {
    await install('bundled', tinyDenoiser('same'));
    await install('models', tinyDenoiser('mine'));
    await mkdir(join(folder, 'runs', 'mine'), { recursive: true });
    const config: Params<'train.start'> = {
      ...{ preset: 'denoiser', data: [photos], name: 'mine', seed: 3, resume: false, budget: { steps: 1 }, patch: 32 },
    };
    await writeFile(join(folder, 'runs', 'mine', 'config.json'), JSON.stringify(config));
    const result = await call('models.compare', { id: 'mine' });
    expect(result).toMatchObject({ photos: 1, psnrGain: 0, isBetter: false });
  });

  it('needs photos where the run is gone, and another model of the kind', async () => {
    await install('models', tinyDenoiser('mine'));
    await expect(call('models.compare', { id: 'mine' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await install('bundled', tinyDenoiser('other'));
    await expect(call('models.compare', { id: 'mine' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await install('models', tinyCodec('codec'));
    const refusal = { code: 'MODEL_KIND_MISMATCH', subject: 'codec' };
    await expect(call('models.compare', { id: 'mine', against: 'codec' })).rejects.toMatchObject(refusal);
  });
});

describe('a comparison', () => {
  it('of codecs has sizes, and none between equal ones', async () => {
    await install('bundled', tinyCodec('same'));
    await install('models', tinyCodec('mine'));
    const result = await call('models.compare', { id: 'mine', data: [photos], limit: 1 });
    expect(result).toMatchObject({ kind: 'codec', psnrGain: 0, isBetter: false });
    expect(result.rows).toHaveLength(10);
    for (const { own, other } of result.rows) {
      expect(own.bpp).toBeGreaterThan(0);
      expect(own).toEqual(other);
    }
  });

  it('of autoencoders is one of losses', async () => {
    await install('models', blank(tinyAutoencoder('dense', 'grey')));
    await install('models', tinyAutoencoder('dense', 'lively'));
    const result = await call('models.compare', { id: 'grey', against: 'lively', data: [photos] });
    expect(result).toMatchObject({ kind: 'dense', photos: 5, bdRatePercent: null });
    const [row] = result.rows;
    // The cross-entropy of one half is ln 2, whatever the picture.
    expect(row?.own.loss).toBeCloseTo(Math.LN2, 5);
    expect(result.isBetter).toBe((row?.other.loss ?? 0) > Math.LN2);
  });
});

describe('the default of a kind', () => {
  it('changes once the model was found better, stays after a start, and goes back', async () => {
    await install('bundled', tinyDenoiser('bundled'));
    await install('models', blank(tinyDenoiser('mine')));
    const choose = (id: string | null, force = false) => call('models.setDefault', { kind: 'denoiser', id, force });
    const uncompared = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('not been compared') as string };
    await expect(choose('mine')).rejects.toMatchObject(uncompared);
    await call('models.compare', { id: 'mine', data: [photos], limit: 1 });
    const list = await choose('mine');
    expect(list.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['mine']);
    handlers = served();
    expect((await createModels(foldersOf()).denoiser()).modelId).toBe('mine');
    await call('models.rename', { id: 'mine', newId: 'ours' });
    expect(await defaultOf('denoiser')).toBe('ours');
    expect((await call('models.info', { id: 'ours' })).comparison?.isBetter).toBe(true);
    await choose(null);
    expect(await defaultOf('denoiser')).toBe('bundled');
  });

  it('is not a worse model unless that is forced, and not one that is gone', async () => {
    await install('bundled', blank(tinyDenoiser('bundled')));
    await install('models', tinyDenoiser('worse'));
    await call('models.compare', { id: 'worse', data: [photos], limit: 1 });
    const choose = (force: boolean) => call('models.setDefault', { kind: 'denoiser', id: 'worse', force });
    await expect(choose(false)).rejects.toMatchObject({ message: expect.stringContaining('not better') as string });
    await choose(true);
    expect(await defaultOf('denoiser')).toBe('worse');
    await call('models.remove', { id: 'worse' });
    await install('models', tinyDenoiser('worse'));
    expect(await defaultOf('denoiser')).toBe('bundled');
  });

  it('needs no comparison where there is nothing to compare with, and cannot be of another kind', async () => {
    await install('models', tinyAutoencoder('dense', 'first'));
    await call('models.setDefault', { kind: 'dense', id: 'first', force: false });
    expect(await defaultOf('dense')).toBe('first');
    const wrong = call('models.setDefault', { kind: 'denoiser', id: 'first', force: true });
    await expect(wrong).rejects.toMatchObject({ code: 'MODEL_KIND_MISMATCH', subject: 'first' });
  });
});

describe('a model with other weights than its hash says', () => {
  it('is refused by name wherever it would be used', async () => {
    await install('bundled', tinyDenoiser('bundled'));
    await install('models', tinyDenoiser('damaged'));
    await damage('damaged');
    const refusal = { code: 'MODEL_HASH_MISMATCH', subject: 'damaged' };
    const path = join(folder, 'damaged.zip');
    for (const attempt of [
      () => call('models.setDefault', { kind: 'denoiser', id: 'damaged', force: true }),
      () => call('models.compare', { id: 'damaged', data: [photos] }),
      () => call('models.exportTo', { id: 'damaged', path, overwrite: false }),
    ])
      await expect(attempt()).rejects.toMatchObject(refusal);
    expect(await defaultOf('denoiser')).toBe('bundled');
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    const verdicts = await call('models.verify', {});
    expect(verdicts.map(({ id, isIntact }) => [id, isIntact])).toEqual([
      ['bundled', true],
      ['damaged', false],
    ]);
  });
});

describe('an export to a file', () => {
  it('comes back whole, and replaces nothing unless it may', async () => {
    await install('models', tinyDenoiser('mine'));
    const path = join(folder, 'out', 'mine.zip');
    const { sizeBytes } = await call('models.exportTo', { id: 'mine', path, overwrite: false });
    expect((await readFile(path)).length).toBe(sizeBytes);
    const again = call('models.exportTo', { id: 'mine', path, overwrite: false });
    await expect(again).rejects.toMatchObject({ code: 'ALREADY_EXISTS', subject: path });
    const before = await call('models.info', { id: 'mine' });
    await call('models.remove', { id: 'mine' });
    expect(await call('models.import', { source: { path } })).toMatchObject({ id: 'mine', bundled: false });
    expect(await call('models.info', { id: 'mine' })).toEqual(before);
  });
});
