import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Params } from '../../src/shared/params.ts';
import { sampleFile } from './pictures.ts';
import { trainingMemory } from './training-memory.ts';

const settings: Pick<Params<'train.start'>, 'preset' | 'patch' | 'options'>[] = [
  { preset: 'denoiser', patch: 32, options: { widths: [4, 8, 8] } },
  { preset: 'variational', options: { width: 16, channels: 1, bottleneck: 4 } },
];

test.each(settings)('a training of the $preset holds as many tensors after 200 steps as after 20', async (own) => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-memory-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const data = [];
  for (const width of [96, 100, 104, 108]) data.push(await sampleFile(folder, width, 80, 'png'));
  const samples = await trainingMemory(
    {
      ...{ data, name: 'memory', budget: { steps: 200 }, resume: false, seed: 1, batch: 2 },
      ...{ validateEvery: 40, checkpointMinutes: 0.01 },
      ...own,
    },
    folder,
    20,
  );
  expect(samples.map(({ step }) => step)).toEqual(Array.from({ length: 10 }, (_, index) => 20 * (index + 1)));
  const [{ tensors } = { tensors: -1 }] = samples;
  expect(samples.map((sample) => sample.tensors)).toEqual(samples.map(() => tensors));
});
