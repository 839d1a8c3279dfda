import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rawSharp, scatter } from '../../image/pictures.test-support.ts';
import { readPhoto } from '../../image/read-photo.ts';
import type { BatchEvent, BatchItem } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/params.ts';
import { createModels } from '../operations/models.ts';
import { Batches } from './batches.ts';

const models = createModels({ bundledDir: join(import.meta.dirname, '../../../assets/models'), userDir: '/nowhere' });
let folder: string;
let photos: string;
let out: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-batch-'));
  photos = join(folder, 'photos');
  out = join(folder, 'out');
  await mkdir(join(photos, 'sub'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Strength 0 changes no value, so that these tests are about files and not about models. */
function job(output: Partial<BatchJob['output']> = {}, rest: Partial<BatchJob> = {}): BatchJob {
  return {
    operation: 'denoise',
    settings: { mode: 'denoise', sigma: 10, quality: 50, strength: 0 },
    encoding: { format: 'same', metadata: 'keep' },
    output: {
      folder: out,
      template: '{name}.{ext}',
      existing: 'rename',
      skipLarger: false,
      again: false,
      keepDates: true,
      ...output,
    },
    ...rest,
  };
}

async function writePng(path: string, seed: number): Promise<Uint8Array> {
  const samples = scatter(24 * 16 * 3, 255).map((value) => (value + seed) & 255) as Uint8Array;
  await rawSharp(samples, 24, 16, 3).png().toFile(path);
  return samples;
}

function batches(): Batches {
  return new Batches({ dataFolder: join(folder, 'data'), models, letOthersGo: () => Promise.resolve() });
}

async function run(batch: BatchJob, paths = [photos]) {
  const items = new Map<string, BatchItem>();
  const send = (event: BatchEvent): void => {
    if (event.type === 'items') for (const item of event.items) items.set(item.itemId, item);
  };
  const { signal } = new AbortController();
  const summary = await batches().run({ paths, recursive: true, job: batch }, { signal, send });
  return { summary, items: [...items.values()] };
}

const filesBelow = async (path: string) => (await readdir(path, { recursive: true })).toSorted();

test('a folder keeps its tree, its values and its dates; a bad file is named and ends nothing', async () => {
  const samples = await writePng(join(photos, 'a.png'), 1);
  await writePng(join(photos, 'sub', 'a.png'), 2);
  await writeFile(join(photos, 'bad.png'), (await readFile(join(photos, 'a.png'))).subarray(0, 60));
  await writeFile(join(photos, 'notes.txt'), 'hello');
  await utimes(join(photos, 'a.png'), new Date(1e12), new Date(1e12));
  const { summary } = await run(job());
  expect(await filesBelow(out)).toEqual(['a.png', 'sub', 'sub/a.png']);
  expect((await readPhoto({ path: join(out, 'a.png') })).pixels.data).toEqual(samples);
  expect((await stat(join(out, 'a.png'))).mtimeMs).toBe(1e12);
  expect(summary.totals).toMatchObject({ done: 2, failed: 1, waiting: 0, running: 0 });
  expect(summary.failed).toMatchObject([{ path: join(photos, 'bad.png'), error: { code: 'IMAGE_CORRUPT' } }]);
  expect(summary.skipped).toMatchObject([{ path: join(photos, 'notes.txt'), code: 'NOT_AN_IMAGE' }]);
});

test('a second run does nothing but what is new, other in content, other in settings, or gone', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await writePng(join(photos, 'b.png'), 2);
  await run(job());
  await writePng(join(photos, 'c.png'), 3);
  await writePng(join(photos, 'b.png'), 4);
  const second = await run(job());
  expect(second.items.map(({ name, skipReason }) => [name, skipReason])).toEqual([
    ['a.png', 'finished'],
    ['b.png', null],
    ['c.png', null],
  ]);
  expect(second.items[0]?.outcome?.outputs).toEqual([join(out, 'a.png')]);
  expect(await filesBelow(out)).toEqual(['a.png', 'b-1.png', 'b.png', 'c.png']);
  const other = job({}, { encoding: { format: 'same', metadata: 'strip' } });
  expect((await run(other)).summary.totals).toMatchObject({ done: 3, skipped: 0 });
  await rm(join(out, 'a.png'));
  expect((await run(job())).summary.totals).toMatchObject({ done: 1, skipped: 2 });
  expect((await run(job({ again: true }))).summary.totals).toMatchObject({ done: 3 });
});

test('results are not taken for photos, wherever they are moved, unless they are asked for', async () => {
  await writePng(join(photos, 'a.png'), 1);
  const jpeg = { encoding: { format: 'jpeg', metadata: 'keep' } as const };
  await run(job({ folder: photos }, jpeg));
  const second = await run(job({ folder: photos }, jpeg));
  expect(second.items.map(({ name, skipReason }) => [name, skipReason])).toEqual([
    ['a.jpg', 'own-output'],
    ['a.png', 'finished'],
  ]);
  const named = await run(job({}, jpeg), [join(photos, 'a.jpg')]);
  expect(named.summary.totals).toMatchObject({ done: 1, skipped: 0 });
});

test('a copy of a photo whose result is the photo itself, bit for bit, is no result', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await run(job());
  const own = await readFile(join(out, 'a.png'));
  await rm(out, { recursive: true });
  await rm(join(folder, 'data'), { recursive: true });
  for (const name of ['a.png', 'b.png']) await writeFile(join(photos, name), own);
  expect((await run(job())).items.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(await readFile(join(out, 'b.png'))).toEqual(own);
  expect((await run(job())).items.map(({ skipReason }) => skipReason)).toEqual(['finished', 'finished']);
});

test('the folder of the results is not searched', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await mkdir(join(photos, 'out'));
  await writePng(join(photos, 'out', 'old.png'), 9);
  const { items } = await run(job({ folder: join(photos, 'out') }));
  expect(items.map(({ name }) => name)).toEqual(['a.png']);
});

test('what is there stays, is passed over, or is replaced, as the job says', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await mkdir(out);
  await writeFile(join(out, 'a.png'), 'mine');
  expect((await run(job({ existing: 'skip' }))).items[0]).toMatchObject({ state: 'skipped', skipReason: 'exists' });
  await run(job());
  expect(await filesBelow(out)).toEqual(['a-1.png', 'a.png']);
  expect(await readFile(join(out, 'a.png'), 'utf8')).toBe('mine');
  await run(job({ existing: 'overwrite', again: true }));
  expect((await readPhoto({ path: join(out, 'a.png') })).pixels.width).toBe(24);
});

test('a larger result is not written', async () => {
  await writePng(join(photos, 'a.png'), 1);
  const larger = job({ skipLarger: true }, { encoding: { format: 'tiff', bitDepth: 16, metadata: 'keep' } });
  const { items } = await run(larger);
  expect(items[0]).toMatchObject({ state: 'skipped', skipReason: 'larger' });
  expect(await filesBelow(folder)).not.toContain('out');
});

test('names follow the template', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await writePng(join(photos, 'b.png'), 2);
  await run(job({ template: '{counter}-{name}-{model}-s{sigma}.{ext}' }));
  expect(await filesBelow(out)).toEqual([
    expect.stringMatching(/^1-a-pellucid-denoiser-\d+-s10\.png$/),
    expect.stringMatching(/^2-b-pellucid-denoiser-\d+-s10\.png$/),
  ]);
});

test('a watched folder: each file is done once it is complete, and counters go on', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const done: string[] = [];
  const send = (event: BatchEvent): void => {
    if (event.type !== 'items') return;
    for (const { state, name } of event.items) if (state === 'done') done.push(name);
  };
  await writePng(join(photos, 'a.png'), 1);
  const following = batches().follow(
    { folder: photos, recursive: true, job: job({ template: '{counter}-{name}.{ext}' }) },
    { signal: controller.signal, send },
  );
  following.catch(() => undefined);
  await vi.waitUntil(() => done.includes('a.png'), { timeout: 30_000, interval: 100 });
  const whole = await readFile(join(photos, 'a.png'));
  await writePng(join(photos, 'sub', 'b.png'), 2);
  // Half of a file, which grows before it has been left alone for long enough.
  await writeFile(join(photos, 'c.png'), whole.subarray(0, 60));
  await delay(700);
  await writePng(join(photos, 'c.png'), 3);
  await vi.waitUntil(() => done.length === 3, { timeout: 30_000, interval: 100 });
  controller.abort();
  await expect(following).rejects.toThrow();
  expect(done.toSorted()).toEqual(['a.png', 'b.png', 'c.png']);
  expect(await filesBelow(out)).toEqual([
    '1-a.png',
    expect.stringMatching(/^[23]-c\.png$/),
    'sub',
    expect.stringMatching(/^sub.[23]-b\.png$/),
  ]);
});

test('the queue keeps bytes and results, and what it was told survives a new process', async () => {
  await writePng(join(photos, 'a.png'), 1);
  const bytes = new Uint8Array(await readFile(join(photos, 'a.png')));
  const first = batches();
  const { queue } = await first.open();
  await queue.setPaused(true);
  const { signal } = new AbortController();
  const sources = ['../../x.png', 'y.png', 'z.png'].map((name) => ({ bytes, name }));
  const added = await first.add({ sources, recursive: false, job: job({ folder: null }) }, signal);
  expect(added.items.map(({ name }) => name)).toEqual(['x.png', 'y.png', 'z.png']);
  const [x, y, z] = added.items.map(({ itemId }) => itemId) as [string, string, string];
  await queue.move([z], x);
  await first.cancel([y]);

  // What a killed process leaves is the same folder; this one's lock counts for nothing, since it is our own.
  const second = batches();
  const opened = await second.open();
  expect(opened.queue.state().items.map(({ itemId, state }) => [itemId, state])).toEqual([
    [z, 'waiting'],
    [x, 'waiting'],
    [y, 'cancelled'],
  ]);
  expect(opened.queue.isPaused).toBe(true);
  await opened.queue.setPaused(false);
  await opened.runner.run();
  await second.retry(undefined);
  await opened.runner.run();
  expect(opened.queue.totals()).toMatchObject({ done: 3, waiting: 0 });
  const result = await second.result({ itemId: x, index: 0 });
  expect(result).toMatchObject({ suggestedName: 'x.png', mediaType: 'image/png' });
  expect((await readPhoto({ bytes: result.bytes, name: 'x.png' })).pixels.width).toBe(24);
  await second.clear(undefined);
  expect(opened.queue.state().items).toEqual([]);
  expect(await filesBelow(join(folder, 'data', 'batch', 'results'))).toEqual([]);
  expect(await filesBelow(join(folder, 'data', 'batch', 'inbox'))).toEqual([]);
});

test('a photo that ended the engine three times is named and left out, and the others are done', async () => {
  await writePng(join(photos, 'a.png'), 1);
  await writePng(join(photos, 'b.png'), 2);
  const first = batches();
  const { queue } = await first.open();
  await queue.setPaused(true);
  const { signal } = new AbortController();
  await first.add({ sources: [{ path: photos }], recursive: true, job: job() }, signal);
  const [a] = queue.entries;
  if (a === undefined) throw new Error('nothing was added');
  a.crashes = 2;
  await queue.update(a, { state: 'running' });
  const { queue: after, runner } = await batches().open();
  await after.setPaused(false);
  await runner.run();
  expect(after.state().items).toMatchObject([
    { state: 'failed', error: { code: 'ENGINE_CRASHED' } },
    { state: 'done' },
  ]);
});
