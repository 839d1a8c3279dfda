import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noLosses, readLatestCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function checkpointAt(step: number): Checkpoint {
  return {
    record: {
      step,
      seconds: 12.5,
      rateFactor: 0.5,
      best: { step: 3, metrics: { psnr: 30.25 }, trainMetrics: {}, score: 30.25 },
      computeType: 'bfloat16',
      settings: { preset: 'denoiser', seed: 7 },
      metric: 'psnr',
      earlyStopping: { reference: 30.25, waited: 1 },
      sinceValidation: { sum: 0.5, steps: 2 },
      sinceEpoch: noLosses,
    },
    state: new Map([
      ['a/filter', Float32Array.of(step, -0, 1e-42, 3.4e38, Number.NaN)],
      ['empty', new Float32Array()],
      ['average/a/filter', Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i))],
    ]),
  };
}

describe('a checkpoint', () => {
  it('comes back as it was written', async () => {
    const written = checkpointAt(42);
    const path = await writeCheckpoint(folder, written);
    expect(path).toBe(join(folder, 'checkpoint-000000042.bin'));
    const read = await readLatestCheckpoint(folder);
    expect(read).toEqual(written);
    expect([...(read?.state.keys() ?? [])]).toEqual(['a/filter', 'empty', 'average/a/filter']);
    expect(Object.is(read?.state.get('a/filter')?.[1], -0)).toBe(true);
  });

  it('is kept with the one before it, and no others', async () => {
    for (const step of [5, 10, 15, 20]) await writeCheckpoint(folder, checkpointAt(step));
    expect((await readdir(folder)).sort()).toEqual(['checkpoint-000000015.bin', 'checkpoint-000000020.bin']);
    expect((await readLatestCheckpoint(folder))?.record.step).toBe(20);
  });

  it('replaces one of the same step', async () => {
    await writeCheckpoint(folder, checkpointAt(5));
    const changed = checkpointAt(5);
    changed.record.seconds = 99;
    await writeCheckpoint(folder, changed);
    expect((await readLatestCheckpoint(folder))?.record.seconds).toBe(99);
  });
});

describe('a damaged checkpoint', () => {
  beforeEach(async () => {
    await writeCheckpoint(folder, checkpointAt(1));
    await writeCheckpoint(folder, checkpointAt(2));
  });
  const newest = (): string => join(folder, 'checkpoint-000000002.bin');

  it('is passed over for the one before it, wherever it was cut', async () => {
    const bytes = await readFile(newest());
    for (const length of [bytes.length - 1, bytes.length - 4, 500, 100, 12, 11, 8, 1, 0]) {
      await writeFile(newest(), bytes.subarray(0, length));
      expect((await readLatestCheckpoint(folder))?.record.step, `${length} bytes`).toBe(1);
    }
  });

  it('is passed over for the one before it, whichever byte changed', async () => {
    const bytes = await readFile(newest());
    const headerLength = bytes.readUInt32LE(8);
    const everywhere = Array.from({ length: 12 + headerLength }, (_, i) => i);
    for (const position of [...everywhere, bytes.length - 1, bytes.length - 2001]) {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] as number) ^ 1;
      await writeFile(newest(), changed);
      expect((await readLatestCheckpoint(folder))?.record.step, `byte ${position}`).toBe(1);
    }
  });

  it('is an error where there is no whole one, so that no run starts anew unasked', async () => {
    await truncate(newest(), 100);
    await truncate(join(folder, 'checkpoint-000000001.bin'), 50);
    await expect(readLatestCheckpoint(folder)).rejects.toMatchObject({ code: 'MODEL_CORRUPT', subject: newest() });
  });
});

it('there is no checkpoint in an empty folder, nor in one that does not exist', async () => {
  expect(await readLatestCheckpoint(folder)).toBeNull();
  expect(await readLatestCheckpoint(join(folder, 'nowhere'))).toBeNull();
});

describe('a checkpoint that cannot be written', () => {
  it('says where, when the folder is a file', async () => {
    const file = join(folder, 'run');
    await writeFile(file, 'not a folder');
    await expect(writeCheckpoint(file, checkpointAt(1))).rejects.toMatchObject({
      name: 'PellucidError',
      subject: join(file, 'checkpoint-000000001.bin'),
    });
    await expect(writeCheckpoint(join(file, 'below'), checkpointAt(1))).rejects.toMatchObject({
      name: 'PellucidError',
    });
    expect(await readFile(file, 'utf8')).toBe('not a folder');
  });

  it('leaves nothing behind, and the older ones as they were', async () => {
    await writeCheckpoint(folder, checkpointAt(1));
    // Nothing can be renamed over a folder that has something in it.
    await mkdir(join(folder, 'checkpoint-000000002.bin', 'inside'), { recursive: true });
    await expect(writeCheckpoint(folder, checkpointAt(2))).rejects.toMatchObject({ name: 'PellucidError' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await readLatestCheckpoint(folder))?.record.step).toBe(1);
  });
});
