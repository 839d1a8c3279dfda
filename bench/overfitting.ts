/**
 * Makes a dense autoencoder overfit on few photos, shows the gap between training and validation, and what early
 * stopping, L2 and dropout do about it. Prints a Markdown table.
 *
 *     node_modules/.bin/node bench/overfitting.ts --data FOLDER [--photos 30] [--epochs 400]
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngineClient } from '../src/engine-client/engine-client.ts';
import { listPhotos } from '../src/image/list-photos.ts';
import type { Params } from '../src/shared/params.ts';
import type { TrainEvent } from '../src/shared/training.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    photos: { type: 'string', default: '30' },
    epochs: { type: 'string', default: '400' },
  },
});
if (values.data === undefined) throw new Error('--data is needed.');
const folder = await mkdtemp(join(tmpdir(), 'pellucid-overfitting-'));
const photos = join(folder, 'photos');
await mkdir(photos);
const { files } = await listPhotos([resolve(values.data)], { recursive: true });
for (const path of files.slice(0, Number(values.photos))) await cp(path, join(photos, basename(path)));

const settings: Record<string, Partial<Params<'train.start'>>> = {
  plain: {},
  'early stopping': { earlyStopping: { patience: 20, minChange: 0 } },
  'l2 0.0003': { options: { l2: 3e-4 } },
  'dropout 0.3': { options: { dropout: 0.3 } },
};

const engine = createEngineClient({ env: { PELLUCID_DATA: join(folder, 'data') } });
console.log(
  '| setting | last epoch | training loss | validation loss | gap | best epoch | its validation loss | ended by |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
try {
  for (const [name, changes] of Object.entries(settings)) {
    let last: Extract<TrainEvent, { type: 'validated' }> | undefined;
    const { best, steps, stoppedBy } = await engine.call(
      'train.start',
      {
        ...{ preset: 'dense', data: [photos], name: name.replace(/[^a-z0-9]+/g, '-'), resume: false, seed: 1 },
        ...{ budget: { epochs: Number(values.epochs) }, batch: 8, validateEvery: 3, learningRate: 1e-3 },
        ...changes,
        options: {
          ...{ width: 16, channels: 1, hidden: [256], bottleneck: 64, optimiser: 'adam', loss: 'mse' },
          ...changes.options,
        },
      },
      {
        onEvent: (message) => {
          if (message.type === 'event' && message.event.type === 'validated') last = message.event;
          if (message.type === 'event' && message.event.type === 'stoppedEarly') console.error(message.event.reason);
        },
      },
    );
    const [training = NaN, validation = NaN] = [last?.trainMetrics['loss'], last?.metrics['loss']];
    const numbers = [training, validation, validation - training].map((value) => value.toFixed(5));
    const bestLoss = (best.metrics['loss'] ?? NaN).toFixed(5);
    console.log(`| ${[name, steps / 3, ...numbers, best.step / 3, bestLoss, stoppedBy].join(' | ')} |`);
  }
} finally {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
}
