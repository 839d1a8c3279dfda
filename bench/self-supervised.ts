/**
 * Trains the same denoiser twice for the same number of steps, on clean photos and on noisy ones alone, and measures
 * both on photos that neither has seen. The noise, of sigma 25, is added once; the second training gets its 8-bit files
 * and never reads the clean ones.
 *
 *     node_modules/.bin/node bench/self-supervised.ts --train FOLDER --test FOLDER [--steps 1500] [--batch 8] [--widths 16,32,48]
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngineClient } from '../src/engine-client/engine-client.ts';
import type { EngineClient } from '../src/engine-client/engine-client.ts';
import { encodePhoto } from '../src/image/encode-photo.ts';
import { listPhotos } from '../src/image/list-photos.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { writeFileSafely } from '../src/image/write-file.ts';
import { addGaussianNoise, toPixels } from '../src/ml/degradation/gaussian.ts';
import type { TrainingOptions } from '../src/shared/train-options.ts';

const sigma255 = 25;

interface Setting {
  steps: number;
  batch: number;
  patch: number;
  widths: number[];
}

async function writeNoisy(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const { files } = await listPhotos([from], { recursive: true });
  for (const [seed, path] of files.entries()) {
    const photo = await readPhoto({ path });
    const pixels = toPixels(addGaussianNoise(photo.pixels, sigma255, seed), photo.pixels);
    const bytes = await encodePhoto({ ...photo, pixels }, { format: 'png', metadata: 'strip' });
    await writeFileSafely(join(to, `${parse(basename(path)).name}.png`), bytes, { overwrite: false });
  }
}

async function trainOn(engine: EngineClient, name: string, folder: string, options: TrainingOptions, setting: Setting) {
  const { steps, batch, patch, widths } = setting;
  const { seconds, best } = await engine.call('train.start', {
    ...{ preset: 'denoiser', data: [folder], name, budget: { steps }, resume: false, seed: 1, batch, patch },
    options: { ...options, widths },
  });
  console.error(`${name}: ${Math.round(seconds)} s, best ${JSON.stringify(best)}`);
}

async function measure(engine: EngineClient, modelId: string, folder: string): Promise<number> {
  const { means } = await engine.call('evaluate.run', {
    ...{ task: 'denoise', data: [folder], sigmas255: [sigma255], seed: 0, modelId, qualities: [50], blind: false },
  });
  return means.find(({ method }) => method === 'model')?.psnr ?? Number.NaN;
}

const { values } = parseArgs({
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    steps: { type: 'string', default: '1500' },
    batch: { type: 'string', default: '8' },
    patch: { type: 'string', default: '64' },
    widths: { type: 'string', default: '16,32,48' },
  },
});
if (values.train === undefined || values.test === undefined) throw new Error('--train and --test are needed.');
const [train, test] = [resolve(values.train), resolve(values.test)];
const setting: Setting = {
  ...{ steps: Number(values.steps), batch: Number(values.batch), patch: Number(values.patch) },
  widths: values.widths.split(',').map(Number),
};
const folder = await mkdtemp(join(tmpdir(), 'pellucid-self-supervised-'));
const engine = createEngineClient({ env: { PELLUCID_DATA: join(folder, 'data') } });
try {
  const noisy = join(folder, 'noisy');
  await writeNoisy(train, noisy);
  await trainOn(engine, 'supervised', train, { sigmaMin255: sigma255, sigmaMax255: sigma255 }, setting);
  await trainOn(engine, 'noisy-only', noisy, { supervision: 'noisyOnly' }, setting);
  const supervised = await measure(engine, 'supervised', test);
  const noisyOnly = await measure(engine, 'noisy-only', test);
  console.log(JSON.stringify({ ...setting, sigma255, supervised, noisyOnly, difference: noisyOnly - supervised }));
} finally {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
}
