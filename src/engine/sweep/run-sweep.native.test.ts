import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPhoto } from '../../image/read-photo.ts';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { Params } from '../../shared/params.ts';
import type { SweepEvent, SweepSummary } from '../../shared/training.ts';
import { createTrainHandlers } from '../handlers/train-handler.ts';
import { createLaneQueue } from '../server/lane-queue.ts';
import { listSweeps, removeSweep, sweepParamsOf } from './known-sweeps.ts';
import { runSweep } from './run-sweep.ts';

let folder: string;
let events: SweepEvent[];
beforeEach(async () => {
  events = [];
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  // Sixty pictures of 6 x 4 with one bright row or column, as an IDX file: magic number, three sizes, bytes.
  const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 4, 0, 0, 0, 6]);
  const isBright = (picture: number, x: number, y: number) =>
    picture % 10 < 6 ? picture % 10 === x : y === (picture % 10) - 6;
  const bytes = Buffer.from(
    Array.from({ length: 60 * 24 }, (_, at) =>
      isBright(Math.floor(at / 24), at % 6, Math.floor((at % 24) / 6)) ? 240 : 10,
    ),
  );
  await writeFile(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([header, bytes]));
});
afterEach(() => rm(folder, { recursive: true }));

function params(changes: Partial<Params<'sweep.start'>> = {}): Params<'sweep.start'> {
  return {
    base: {
      ...{ preset: 'dense', data: [folder], name: 'rows', budget: { steps: 120 }, resume: false, seed: 1, batch: 25 },
      learningRate: 0.02,
      options: { hidden: [16], optimiser: 'adam' },
    },
    option: 'bottleneck',
    values: [1, 4],
    ...changes,
  };
}

async function sweep(
  changed = params(),
  abort = new AbortController(),
  onEvent = (_event: SweepEvent): void => undefined,
) {
  const folders = { bundledDir: join(folder, 'none'), userDir: join(folder, 'models') };
  const options = { dataFolder: folder, assetsFolder: folder, pellucidVersion: '', lanes: createLaneQueue() };
  const { 'train.start': train } = createTrainHandlers(options, folders, () => undefined);
  const { signal } = abort;
  const send = (event: SweepEvent): void => {
    events.push(event);
    onEvent(event);
  };
  return await runSweep(changed, {
    ...{ sweepsDir: join(folder, 'sweeps'), store: createModelStore(folders), signal, send },
    train: (each, onTrainEvent) => train(each, { signal, progress: () => undefined, send: onTrainEvent }),
  });
}

const told = () =>
  events.filter(({ type }) => type !== 'training').map((event) => [event.type, 'index' in event ? event.index : null]);

describe('a sweep', () => {
  it('trains each value, finds that more code is better, and leaves models, table and plot', async () => {
    const result = await sweep();
    expect(told()).toEqual([
      ['valueStarted', 0],
      ['valueFinished', 0],
      ['valueStarted', 1],
      ['valueFinished', 1],
    ]);
    const [short, long] = result.rows;
    expect(result.rows.map(({ value, codeSize, steps }) => [value, codeSize, steps])).toEqual([
      [1, 1, 120],
      [4, 4, 120],
    ]);
    // 24-16-d-16-24, weights and biases of each layer.
    expect(result.rows.map(({ parameters }) => parameters)).toEqual([
      24 * 16 + 16 + 16 + 1 + 16 + 16 + 16 * 24 + 24,
      24 * 16 + 16 + 16 * 4 + 4 + 4 * 16 + 16 + 16 * 24 + 24,
    ]);
    expect(long?.metrics['psnr']).toBeGreaterThan((short?.metrics['psnr'] ?? 99) + 1);
    expect(long?.gap).toBeCloseTo((long?.trainMetrics['psnr'] ?? 0) - (long?.metrics['psnr'] ?? 0), 9);
    expect(result).toMatchObject({ metric: 'psnr', higherIsBetter: true, recommendation: { value: 4 } });
    const svg = await readFile(result.files.svg, 'utf8');
    for (const words of ['bottleneck', 'overfitting gap', 'validation']) expect(svg).toContain(words);
    const { pixels } = await readPhoto({ path: result.files.png });
    expect(pixels).toMatchObject({ width: 2080, height: 920 });
    const markdown = await readFile(result.files.markdown, 'utf8');
    expect(markdown.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(4);
    expect(markdown).toContain(result.recommendation.reason);
  });

  it('goes on where it stopped, in the middle of a value, and does nothing twice', async () => {
    const abort = new AbortController();
    const stopping = (event: SweepEvent): void => {
      if (event.type === 'training' && event.value === 4 && event.event.type === 'step') abort.abort();
    };
    await expect(sweep(params(), abort, stopping)).rejects.toMatchObject({ code: 'ABORTED' });
    events = [];
    const result = await sweep();
    expect(told()).toEqual([
      ['valueFinished', 0],
      ['valueStarted', 1],
      ['valueFinished', 1],
    ]);
    const started = events.flatMap((event) =>
      event.type === 'training' && event.event.type === 'started' ? [event.event.step] : [],
    );
    expect(started[0]).toBeGreaterThan(0);
    expect(result.rows[1]?.steps).toBe(120);
    events = [];
    const wider = await sweep(params({ values: [1, 4, 2] }));
    expect(wider.rows.map(({ value }) => value)).toEqual([1, 2, 4]);
    expect(events.filter(({ type }) => type === 'valueStarted')).toHaveLength(1);
  });

  it('is listed with what is done, goes on from its own record, and is removed with its runs but not its models', async () => {
    const places = { sweepsDir: join(folder, 'sweeps'), runsDir: join(folder, 'runs') };
    expect(await listSweeps(places)).toEqual([]);
    const abort = new AbortController();
    const whileTraining: Promise<SweepSummary[]>[] = [];
    const stopping = (event: SweepEvent): void => {
      if (event.type !== 'training' || event.value !== 4 || event.event.type !== 'step') return;
      whileTraining.push(listSweeps(places).finally(() => abort.abort()));
    };
    await expect(sweep(params(), abort, stopping)).rejects.toMatchObject({ code: 'ABORTED' });
    const known = { sweepId: 'rows', preset: 'dense', option: 'bottleneck', values: [1, 4], done: [1] };
    expect(await whileTraining[0]).toMatchObject([{ ...known, state: 'running', recommendation: null }]);
    expect(await listSweeps(places)).toMatchObject([{ ...known, state: 'interrupted', recommendation: null }]);
    expect(await sweepParamsOf('rows', places)).toEqual(params());
    const { recommendation } = await sweep(await sweepParamsOf('rows', places));
    expect(await listSweeps(places)).toMatchObject([{ ...known, done: [1, 4], state: 'finished', recommendation }]);
    await writeFile(join(places.sweepsDir, 'rows', 'notes.txt'), 'mine');
    await removeSweep('rows', places);
    expect(await readdir(join(places.sweepsDir, 'rows'))).toEqual(['notes.txt']);
    expect(await readdir(places.runsDir)).toEqual([]);
    expect((await readdir(join(folder, 'models'))).toSorted()).toEqual(['rows-1', 'rows-4']);
    for (const attempt of [() => removeSweep('rows', places), () => sweepParamsOf('other', places)])
      await expect(attempt()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('whose record was changed by hand is refused, and listed no more', async () => {
    const places = { sweepsDir: join(folder, 'sweeps'), runsDir: join(folder, 'runs') };
    await mkdir(join(places.sweepsDir, 'rows'), { recursive: true });
    await writeFile(join(places.sweepsDir, 'rows', 'sweep.json'), JSON.stringify({ ...params(), rows: 'none' }));
    expect(await listSweeps(places)).toEqual([]);
    const refusal = { code: 'INVALID_ARGUMENT', subject: join(places.sweepsDir, 'rows', 'sweep.json') };
    for (const attempt of [() => sweepParamsOf('rows', places), () => removeSweep('rows', places), () => sweep()])
      await expect(attempt()).rejects.toMatchObject(refusal);
  });

  it('is not mixed with one of other settings', async () => {
    const base = { ...params().base, budget: { steps: 2 } };
    await sweep(params({ base }));
    const refusal = { code: 'INVALID_ARGUMENT', subject: 'rows' };
    await expect(sweep(params({ base: { ...base, seed: 2 } }))).rejects.toMatchObject(refusal);
  });
});
