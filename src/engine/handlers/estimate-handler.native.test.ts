import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tensorFlow } from '../../ml/runtime/tensorflow.ts';
import type { Params } from '../../shared/params.ts';
import { createEstimateHandler } from './estimate-handler.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  // Twelve pictures of 6 x 4 as an IDX file: its magic number, three sizes, and bytes.
  const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 4, 0, 0, 0, 6]);
  const bytes = Buffer.from({ length: 12 * 24 }).map((_, index) => (index * 37) % 256);
  await writeFile(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([header, bytes]));
});
afterAll(() => rm(folder, { recursive: true }));

async function estimate(changes: Partial<Params<'train.estimate'>> = {}) {
  const context = { signal: new AbortController().signal, send: () => undefined, progress: () => undefined };
  const params: Params<'train.estimate'> = {
    ...{ preset: 'dense', data: [folder], name: 'mine', budget: { epochs: 100 }, resume: false, seed: 1, batch: 4 },
    options: { hidden: [5], bottleneck: 2 },
    ...changes,
  };
  const handler = createEstimateHandler({ bundledDir: join(folder, 'none'), userDir: join(folder, 'models') });
  return await handler(params, context);
}

it('counts what follows from the network and the data, and measures the rest', async () => {
  const before = tensorFlow().memory().numTensors;
  const result = await estimate();
  // 24-5-2-5-24 with biases: 125 + 12 + 15 + 144. Adadelta keeps two averages for each.
  expect(result).toMatchObject({ parameters: 296, checkpointBytes: 4 * 3 * 296 });
  // Two of twelve pictures are held out, and ten make three steps of four.
  expect(result).toMatchObject({ stepsPerEpoch: 3, steps: 300 });
  expect(result.seconds).toBeGreaterThanOrEqual(300 * result.secondsPerStep);
  expect(result.examplesPerSecond).toBeCloseTo(4 / result.secondsPerStep, 6);
  expect(result.residentBytes).toBeGreaterThan(50e6);
  expect(tensorFlow().memory().numTensors).toBe(before);
});

it('takes as many steps as fit into minutes', async () => {
  const { steps, secondsPerStep, seconds } = await estimate({ budget: { minutes: 2 } });
  expect(Math.abs(steps - 120 / secondsPerStep)).toBeLessThanOrEqual(1);
  expect(seconds).toBeGreaterThanOrEqual(steps * secondsPerStep);
});

it('refuses what the training would refuse', async () => {
  const refusal = { code: 'INVALID_ARGUMENT', subject: 'widths' };
  await expect(estimate({ options: { widths: [8] } })).rejects.toMatchObject(refusal);
});
