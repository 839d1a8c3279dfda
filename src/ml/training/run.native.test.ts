import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SkippedFile } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { TrainEvent } from '../../shared/training.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';
import { readModelPackage } from '../store/model-package.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { largestDifference, smoothPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyDenoiser } from '../tiny-models.test-support.ts';
import { readLatestCheckpoint } from './checkpoint.ts';
import type { PatchSource } from './patch-source.ts';
import { trainModel } from './run.ts';
import type { TrainOptions } from './training-loop.ts';
import { TrainingControl } from './training-control.ts';

/** A small network to go on from, so that a step takes milliseconds. */
let start: ModelPackage;
beforeAll(async () => {
  start = await stored(tinyDenoiser());
});

let folder: string;
let events: TrainEvent[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  events = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const source: PatchSource = {
  nextBatch: async (index, batch, patch) => {
    await Promise.resolve();
    return smoothPicture({ width: patch, height: patch * batch }, 3, index).data as Uint8Array;
  },
};

/** A source that does something before each batch: what a person or a fault does in the middle of a run. */
function sourceThat(act: (index: number) => void): PatchSource {
  return {
    nextBatch: async (index, batch, patch) => {
      act(index);
      return await source.nextBatch(index, batch, patch);
    },
  };
}

const config: TrainOptions['config'] = {
  ...{ preset: 'denoiser', data: ['/photos'], name: 'tiny', budget: { steps: 4 }, resume: false, seed: 5 },
};

function options(changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    preset: 'denoiser',
    name: 'tiny',
    runDir: join(folder, 'runs', 'tiny'),
    modelsDir: join(folder, 'models'),
    budget: { steps: 4 },
    seed: 5,
    batch: 1,
    patch: 32,
    source,
    start,
    validation: [{ name: 'photo', pixels: smoothPicture({ width: 48, height: 32 }) }],
    resume: false,
    skipped: [],
    heldOut: ['/photos/held-out.png'],
    config,
    photoCounts: { training: 9, validation: 1 },
    onEvent: (event) => events.push(event),
    ...changes,
  };
}

const typesOf = (): string[] => events.map(({ type }) => type);

/** A run that is stopped by a fault after `steps` steps, with its last checkpoint after them. */
async function trainInPart(steps: number, changes: Partial<TrainOptions> = {}): Promise<void> {
  const controller = new AbortController();
  const stopping = sourceThat((index) => {
    if (index === steps - 1) controller.abort();
  });
  await trainModel(options({ source: stopping, signal: controller.signal, ...changes }));
}

describe('a training', () => {
  it('tells what happens in order, writes it down, and installs the best model', async () => {
    const result = await trainModel(options({ budget: { steps: 20 } }));
    // Nine patches an epoch, one a step.
    const epochs = ['epochEnded', 'step', 'epochEnded', 'step'];
    expect(typesOf()).toEqual(['started', ...epochs, 'validated', 'checkpointSaved', 'finished']);
    const { runDir, modelsDir } = options();
    expect(events[0]).toMatchObject({ runId: 'tiny', runDir, photos: 9, validationPhotos: 1, skipped: [] });
    expect(events[2]).toMatchObject({ step: 10, totalSteps: 20 });
    expect(events[5]).toMatchObject({ step: 20, isBest: true });
    expect(result).toMatchObject({
      modelId: 'tiny',
      modelPath: join(modelsDir, 'tiny'),
      steps: 20,
      stoppedBy: 'budget',
    });
    const files = [
      'best',
      'checkpoint-000000020.bin',
      'config.json',
      'events',
      'held-out.json',
      'log.jsonl',
      'samples',
    ];
    const names = (await readdir(runDir)).map((name) => name.replace(/^events\.out\.tfevents\..*/, 'events'));
    expect(names.sort()).toEqual(files);
    expect(JSON.parse(await readFile(join(runDir, 'config.json'), 'utf8'))).toEqual(config);
    const lines = (await readFile(join(runDir, 'log.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as TrainEvent).type)).toEqual(typesOf());
  });

  it('leaves a model whose record and weights are those of the best state', async () => {
    const { best, modelPath } = await trainModel(options());
    const { manifest, weights } = await readModelPackage(modelPath);
    expect(manifest).toMatchObject({
      id: 'tiny',
      metrics: best.metrics,
      training: { step: 4, photos: 9, settings: { preset: 'denoiser', seed: 5, batch: 1, patch: 32 } },
    });
    const state = (await readLatestCheckpoint(options().runDir))?.state;
    for (const [name, values] of weights) {
      const average = state?.get(`average/${name}`) ?? [];
      // Half precision on disk: eleven bits of numbers below 4.
      expect(largestDifference(values, average), name).toBeLessThan(2 ** -10);
    }
  });

  it('leaves no tensors behind', async () => {
    const before = tensorFlow().memory().numTensors;
    await trainModel(options());
    expect(tensorFlow().memory().numTensors).toBe(before);
  });

  it('that is stopped keeps what it has reached', async () => {
    const controller = new AbortController();
    const stopping = sourceThat((index) => {
      if (index === 6) controller.abort();
    });
    const result = await trainModel(options({ budget: { minutes: 60 }, source: stopping, signal: controller.signal }));
    expect(result).toMatchObject({ steps: 7, stoppedBy: 'user', best: { step: 7 } });
    expect((await readLatestCheckpoint(result.runDir))?.record.step).toBe(7);
    expect((await readModelPackage(result.modelPath)).manifest.id).toBe('tiny');
  });

  it('cannot run in a place that is a file', async () => {
    await writeFile(join(folder, 'runs'), 'in the way');
    await expect(trainModel(options())).rejects.toMatchObject({ name: 'PellucidError' });
  });
});

describe('a training that goes on', () => {
  it('ends with the weights of one that was never interrupted', async () => {
    const whole = options({ budget: { steps: 6 }, runDir: join(folder, 'runs', 'whole') });
    await trainModel(whole);
    await trainInPart(2, { budget: { steps: 6 } });
    // Killed in the fifth step: all since the checkpoint after the second one is lost.
    const failing = sourceThat((index) => {
      if (index === 4) throw new Error('killed');
    });
    const resumed = { budget: { steps: 6 }, resume: true };
    await expect(trainModel(options({ ...resumed, source: failing }))).rejects.toThrow('killed');
    expect((await readLatestCheckpoint(options().runDir))?.record.step).toBe(2);
    expect(await trainModel(options(resumed))).toMatchObject({ steps: 6, stoppedBy: 'budget' });
    const [first, second] = await Promise.all([whole.runDir, options().runDir].map(readLatestCheckpoint));
    expect(second?.record.step).toBe(6);
    expect([...(second?.state.keys() ?? [])]).toEqual([...(first?.state.keys() ?? [])]);
    for (const [name, values] of first?.state ?? []) {
      expect(largestDifference(values, second?.state.get(name) ?? []), name).toBeLessThan(1e-6);
    }
  });

  it('ends with the weights of one that was never paused, and saves its state at the pause', async () => {
    const whole = options({ budget: { steps: 6 }, runDir: join(folder, 'runs', 'whole') });
    await trainModel(whole);
    const control = new TrainingControl();
    const pausing = sourceThat((index) => {
      if (index === 2) control.pause();
    });
    events = [];
    const onEvent = (event: TrainEvent): void => {
      events.push(event);
      if (event.type === 'paused') control.resume();
    };
    await trainModel(options({ budget: { steps: 6 }, source: pausing, control, onEvent }));
    expect(typesOf()).toEqual([
      ...['started', 'checkpointSaved', 'paused', 'resumed'],
      ...['validated', 'checkpointSaved', 'finished'],
    ]);
    expect(events[2]).toMatchObject({ step: 3 });
    const paused = await readLatestCheckpoint(options().runDir);
    const expected = await readLatestCheckpoint(whole.runDir);
    for (const [name, values] of expected?.state ?? []) {
      expect(largestDifference(values, paused?.state.get(name) ?? []), name).toBeLessThan(1e-5);
    }
  });

  it('is stopped while it is paused, by a person or an abort, and keeps what it has reached', async () => {
    for (const how of ['stop', 'abort']) {
      const [control, controller] = [new TrainingControl(), new AbortController()];
      const pausing = sourceThat((index) => {
        if (index === 2) control.pause();
      });
      const onEvent = ({ type }: TrainEvent): void => {
        if (type === 'paused') setImmediate(() => (how === 'stop' ? control.stop() : controller.abort()));
      };
      const runDir = join(folder, 'runs', how);
      const budget = { minutes: 60 };
      const changes = { budget, runDir, source: pausing, control, signal: controller.signal, onEvent };
      expect(await trainModel(options(changes)), how).toMatchObject({ steps: 3, stoppedBy: 'user' });
    }
  });

  it('has nothing to do when its budget is used up', async () => {
    const before = await trainModel(options());
    events = [];
    const result = await trainModel(options({ resume: true }));
    expect(result).toMatchObject({ steps: 4, best: before.best });
    expect(typesOf()).toEqual(['started', 'checkpointSaved', 'finished']);
  });

  it('starts anew where there is nothing to go on from', async () => {
    expect(await trainModel(options({ resume: true }))).toMatchObject({ steps: 4 });
  });

  it('is refused with other settings, which are named', async () => {
    await trainModel(options());
    for (const change of [{ seed: 6 }, { patch: 16 }, { batch: 2 }, { learningRate: 1e-4 }]) {
      const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('"seed":5') as string };
      await expect(trainModel(options({ resume: true, ...change }))).rejects.toMatchObject(refusal);
    }
  });

  it('must be asked for, so that no run is overwritten', async () => {
    await trainInPart(2);
    const files = await readdir(options().runDir);
    await expect(trainModel(options())).rejects.toMatchObject({ code: 'ALREADY_EXISTS', subject: 'tiny' });
    expect(await readdir(options().runDir)).toEqual(files);
  });

  it('does not start anew when its checkpoints are damaged', async () => {
    await mkdir(options().runDir, { recursive: true });
    await writeFile(join(options().runDir, 'checkpoint-000000009.bin'), 'damaged');
    await expect(trainModel(options({ resume: true }))).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
  });
});

describe('a training that diverges', () => {
  it('goes back to its last good state with half the rate, and gives up after five times', async () => {
    const refusal = { code: 'TRAINING_DIVERGED', message: expect.stringContaining('--learning-rate') as string };
    await expect(trainModel(options({ learningRate: 1e20, budget: { steps: 50 } }))).rejects.toMatchObject(refusal);
    const recovered = events.filter((event) => event.type === 'recovered');
    expect(recovered.map(({ learningRate }) => learningRate / 1e20)).toEqual([0.5, 0.25, 0.125, 0.0625, 0.03125]);
    expect(typesOf().filter((type) => type === 'checkpointSaved')).toEqual([]);
  });

  it('once, goes on from there and ends with a model of finite weights', async () => {
    // Weights that are so large that the first loss is infinite, set right by the start that is remembered.
    const result = await trainModel(options({ learningRate: 1e9, budget: { steps: 3 } }));
    const { weights } = await readModelPackage(result.modelPath);
    for (const [name, values] of weights) {
      expect(
        values.every((value) => !Number.isNaN(value)),
        name,
      ).toBe(true);
    }
    expect(Number.isFinite(Object.values(result.best.metrics)[0])).toBe(true);
  });
});

describe('early stopping', () => {
  it('ends a training that gets no better, keeps the best step and says so in the log', async () => {
    // A rate of next to nothing: no validation differs from the first one by as much as counts.
    const earlyStopping = { patience: 2, minChange: 0.5 };
    const changes = { learningRate: 1e-9, validateEvery: 2, budget: { steps: 40 }, earlyStopping };
    const result = await trainModel(options(changes));
    expect(result).toMatchObject({ steps: 6, stoppedBy: 'early-stopping' });
    const log = await readFile(join(result.runDir, 'log.jsonl'), 'utf8');
    const logged = log.split('\n').filter((line) => line.includes('stoppedEarly'));
    expect(logged.map((line) => JSON.parse(line) as TrainEvent)).toMatchObject([
      { step: 6, restoredStep: result.best.step, metric: 'psnr' },
    ]);
  });

  it('goes by a metric that there is', async () => {
    await expect(trainModel(options({ metric: 'beauty' }))).rejects.toThrow('Choose psnr');
  });
});

describe('what happens around a training', () => {
  it('loses nothing when the folder of the run is removed', async () => {
    const { runDir } = options();
    const removing = sourceThat((index) => {
      if (index === 3) rmSync(runDir, { recursive: true, force: true });
    });
    const changes = { budget: { steps: 6 }, validateEvery: 2, checkpointMinutes: 1e-9, source: removing };
    const result = await trainModel(options(changes));
    expect((await readLatestCheckpoint(runDir))?.record.step).toBe(6);
    expect((await readModelPackage(result.modelPath)).manifest.training['step']).toBe(6);
    expect(await readdir(runDir)).toEqual(expect.arrayContaining(['best', 'config.json', 'log.jsonl', 'samples']));
    expect(await readdir(runDir)).not.toContain('running.json');
  });

  it('tells of photos that went wrong meanwhile', async () => {
    const file = { path: '/photos/gone.png', code: 'FILE_NOT_FOUND', reason: 'It is gone.' } as const;
    const gone: SkippedFile[] = [file];
    await trainModel(options({ takeSkipped: () => gone.splice(0) }));
    expect(events).toContainEqual({ type: 'photoSkipped', step: 0, file });
  });

  it('is written down when it fails, and the run goes on afterwards', async () => {
    await trainInPart(2);
    const failing = sourceThat(() => {
      throw new PellucidError('DISK_FULL', 'The disk is full.');
    });
    const resumed = { resume: true, budget: { steps: 6 } };
    await expect(trainModel(options({ ...resumed, source: failing }))).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(events.at(-1)).toMatchObject({ type: 'failed', step: 2, error: { code: 'DISK_FULL' } });
    // As a kill in the middle of writing the next checkpoint leaves it.
    await writeFile(join(options().runDir, 'checkpoint-000000004.bin.tmp'), 'half of i');
    expect(await trainModel(options(resumed))).toMatchObject({ steps: 6 });
  });

  it('holds as many tensors after many steps as after few', async () => {
    const counts: number[] = [];
    const counting = sourceThat((index) => {
      if (index % 50 === 49) counts.push(tensorFlow().memory().numTensors);
    });
    await trainModel(options({ budget: { steps: 200 }, validateEvery: 60, source: counting }));
    expect(new Set(counts).size).toBe(1);
  });

  it('is refused while another process trains the run', async () => {
    await mkdir(options().runDir, { recursive: true });
    await writeFile(join(options().runDir, 'running.json'), `${process.ppid}\n`);
    await expect(trainModel(options())).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: expect.stringContaining(`process ${process.ppid}`) as string,
    });
  });
});
