import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { prepareData } from '../../src/engine/data/prepare-data.ts';
import type { TrainingData } from '../../src/engine/data/training-data.ts';
import { createPresetRun } from '../../src/ml/training/presets/registry.ts';
import type { PresetName } from '../../src/ml/training/presets/registry.ts';
import { TrainingSession } from '../../src/ml/training/training-session.ts';
import { sampleFile, samplePixels } from './pictures.ts';
import type { Peer } from './peers.ts';
import type { Case } from './rounds.ts';
import { timed } from './rounds.ts';

export const denseEpoch = 'dense epoch with its data';
export const loadedStep = 'denoiser step with its data';

/** Pictures, side and batch of the classic example. */
const digits = { count: 60_000, side: 28, batch: 256 };
/** The size of the photos of BSD. */
const photo = { count: 16, width: 481, height: 321 };
const step = { batch: 16, patch: 64 };
const seed = 1;

/** Trainings with all that feeds them, from files on the disk: those of Pellucid, and the same of the peers. */
export interface LoadedTrainings {
  cases: Case[];
  dispose: () => void;
}

/** An epoch of the dense autoencoder, and a denoiser's step with its random crops, each with the way of its data. */
export async function loadedTrainings(workFolder: string): Promise<LoadedTrainings> {
  const folders = { digits: join(workFolder, 'digits'), photos: join(workFolder, 'loaded-photos') };
  await mkdir(folders.digits);
  await mkdir(folders.photos);
  await writeFile(join(folders.digits, 'train-images-idx3-ubyte'), idxOf(digits.count));
  await writeFile(join(folders.digits, 't10k-images-idx3-ubyte'), idxOf(digits.batch));
  // Sizes a little apart, since photos with the same content count once.
  for (let index = 0; index < photo.count; index++)
    await sampleFile(folders.photos, photo.width + index, photo.height, 'jpeg');
  const dense = await trainingOf('dense', folders.digits);
  const denoiser = await trainingOf('denoiser', folders.photos);
  const stepsPerEpoch = Math.ceil(digits.count / digits.batch);
  const cases = [
    { id: denseEpoch, unit: 'ms', better: 'lower', run: () => timed(() => dense.train(stepsPerEpoch)) },
    { id: loadedStep, unit: 'ms', better: 'lower', run: () => timed(() => denoiser.train(1)) },
  ] as const;
  return {
    cases: [...cases],
    dispose: () => {
      dense.dispose();
      denoiser.dispose();
    },
  };
}

/** The same by Keras and PyTorch, whose photos lie decoded in memory. */
export async function loadedPeers(peer: Peer, workFolder: string, denoiserFolder: string): Promise<Case[]> {
  const pictures = join(workFolder, 'digits.bin');
  await writeFile(pictures, pixelsOf(digits.count));
  const photos = join(workFolder, 'photos.bin');
  await writeFile(photos, (await samplePixels(photo.width, photo.height * photo.count)).data);
  return [
    await peer.prepare(`${denseEpoch}: Keras`, { kind: 'kerasEpoch', pictures, batch: digits.batch }),
    await peer.prepare(`${loadedStep}: PyTorch`, {
      ...{ kind: 'loadedDenoiser', photos, folder: denoiserFolder, learningRate: 1e-4, dtype: 'float32', ...step },
      shape: [photo.count, photo.height, photo.width, 3],
    }),
  ];
}

async function trainingOf(preset: PresetName, folder: string) {
  const options = preset === 'denoiser' ? { flips: true, rotations: false } : {};
  const data: TrainingData = await prepareData(preset, [folder], {
    ...{ seed, options, signal: new AbortController().signal, onSkipped: () => undefined },
    ...(preset === 'denoiser' ? { patch: step.patch } : {}),
  });
  const sizes = preset === 'denoiser' ? step : { batch: digits.batch };
  const { program, dispose } = await createPresetRun(preset, { ...data, ...sizes, seed, options });
  const session = await TrainingSession.create(program, 'float32');
  let done = 0;
  /** As the training loop does it. */
  const train = async (steps: number): Promise<void> => {
    for (let index = 0; index < steps; index++, done++) {
      const photos = await data.source.nextBatch(done, program.batch, program.patch);
      session.step(done, photos, [seed, 64 * done], program.learningRate);
      await setImmediate();
    }
  };
  return {
    train,
    dispose: () => {
      session.dispose();
      dispose?.();
    },
  };
}

/** Pictures of one bright spot each, which is as much work as digits are. */
function pixelsOf(count: number): Uint8Array {
  const { side } = digits;
  const pixels = new Uint8Array(count * side * side);
  for (let index = 0; index < count; index++) {
    const [left, top] = [index % (side - 8), Math.floor(index / side) % (side - 8)];
    for (let y = top; y < top + 8; y++)
      pixels.fill(255, (index * side + y) * side + left, (index * side + y) * side + left + 8);
  }
  return pixels;
}

/** An IDX file: magic number of bytes in three dimensions, sizes, values. */
function idxOf(count: number): Buffer {
  const header = Buffer.alloc(16);
  for (const [index, value] of [0x803, count, digits.side, digits.side].entries())
    header.writeUInt32BE(value, 4 * index);
  return Buffer.concat([header, pixelsOf(count)]);
}
