/**
 * Trains for many steps and prints how many tensors there are and how much memory the process holds every hundred
 * steps. Exit status 1 where the number of tensors changes, or memory grows by 50 MB or more after the first hundred.
 *
 *     node_modules/.bin/node bench/training-memory.ts --data FOLDER [--preset denoiser] [--steps 2000] [--validate-every 50]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Params } from '../src/shared/params.ts';
import { trainingMemory } from './harness/training-memory.ts';

const mostGrowthMb = 50;
const presets = ['denoiser', 'codec', 'dense', 'variational'] as const;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    preset: { type: 'string', default: 'denoiser' },
    steps: { type: 'string', default: '2000' },
    'validate-every': { type: 'string', default: '50' },
  },
});
const preset = presets.find((each) => each === values.preset);
if (values.data === undefined || preset === undefined) throw new Error(`--data is needed; ${presets.join(', ')}.`);

/** Small steps, so that 2,000 of them take minutes. */
const sizes: Partial<Params<'train.start'>> =
  preset === 'denoiser' ? { batch: 4, patch: 48, options: { widths: [8, 16, 24] } } : {};
const folder = await mkdtemp(join(tmpdir(), 'pellucid-memory-'));
try {
  const samples = await trainingMemory(
    {
      ...{ preset, data: [resolve(values.data)], name: 'memory', budget: { steps: Number(values.steps) } },
      ...{ resume: false, seed: 3, validateEvery: Number(values['validate-every']), checkpointMinutes: 0.25, ...sizes },
    },
    folder,
    100,
  );
  console.log('| step | tensors | resident, MB |\n| --- | --- | --- |');
  for (const { step, tensors, residentMb } of samples)
    console.log(`| ${step} | ${tensors} | ${residentMb.toFixed(0)} |`);
  const [first] = samples;
  const resident = samples.map(({ residentMb }) => residentMb);
  const growthMb = Math.max(...resident) - (first?.residentMb ?? 0);
  const isConstant = samples.every(({ tensors }) => tensors === first?.tensors);
  console.log(`Tensors ${isConstant ? 'constant' : 'NOT constant'}; memory grew by ${growthMb.toFixed(0)} MB at most.`);
  process.exitCode = isConstant && growthMb < mostGrowthMb ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
