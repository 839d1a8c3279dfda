import { setImmediate } from 'node:timers/promises';
import { createBoundedCache } from '../memory/bounded-cache.ts';
import { copyCrop, symmetriesOf } from './patch-crop.ts';
import { createPatchOrder } from './patch-order.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import { createRandom } from '../../shared/random.ts';
import { invalidArgument, PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { PatchCrop } from './patch-crop.ts';
import type { PatchOrder } from './patch-order.ts';
import type { PatchSource } from '../../ml/training/patch-source.ts';
import type { RgbPhoto } from './rgb-photo.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { TurningOptions } from './training-data.ts';

/** A photo for training whose header has been read. */
export interface TrainingFile {
  path: string;
  width: number;
  height: number;
}

export interface PatchSourceOptions extends TurningOptions {
  seed: number;
  /** Reads and decodes a file, upright. */
  decode: (path: string) => Promise<RgbPhoto>;
  /** Decoded photos that are kept, in bytes; over it, photos are decoded again when their turn comes. */
  cacheBytes?: number;
  /** Batches that are made before they are asked for, while the processor trains on the one before. */
  batchesAhead?: number;
  /** Told once of every file that turns out to be unreadable; its patches then come from other photos. */
  onSkipped?: (file: SkippedFile) => void;
}

const defaultCacheBytes = 1024 ** 3;
const patchesPerVisitOverCache = 8;
/** Separates the numbers of crops from those of the order. */
const cropSeed = 0x63726f70;

/**
 * Random square crops of photos, turned at random, for training. The bytes of a batch depend on the files, the seed,
 * the size of the cache and the index of the batch alone, whatever was asked before, so that a training which resumes
 * sees what an uninterrupted one would.
 *
 * @param files at least one; those with a side below that of the patch are passed over
 * @throws {PellucidError} `INVALID_ARGUMENT`; `IMAGE_CORRUPT` from `nextBatch` when hardly a file can be decoded
 */
export function createPatchSource(files: readonly TrainingFile[], options: PatchSourceOptions): PatchSource {
  if (files.length === 0) throw invalidArgument('files', 'at least one photo', files);
  const { seed, cacheBytes = defaultCacheBytes, batchesAhead = 2, onSkipped, decode } = options;
  const readable = createReadablePhotos(files, keepingDecoder(files, decode, cacheBytes), onSkipped);
  const order = createPatchOrder({ photos: files.length, seed, ...visitsFor(files, cacheBytes) });
  const symmetries = symmetriesOf(options);
  const largestPatch = Math.max(...files.map(({ width, height }) => Math.min(width, height)));
  const prepared = new Map<string, Promise<PatchBatch>>();
  const noise = createNoiseLevels(readable);

  const prepare = (batchIndex: number, batch: number, patch: number): Promise<PatchBatch> => {
    const key = `${batchIndex}/${batch}/${patch}`;
    const running = prepared.get(key) ?? makeBatch({ readable, order, seed, symmetries }, batchIndex, batch, patch);
    // A failure is told to whoever asks for the batch, which may be nobody.
    running.catch(() => undefined);
    prepared.set(key, running);
    return running;
  };
  /** A batch, with those after it on their way. */
  const batchAt = async (batchIndex: number, batch: number, patch: number): Promise<PatchBatch> => {
    if (patch > largestPatch) throw invalidArgument('patch', `at most ${largestPatch} pixels`, patch);
    const wanted = Array.from({ length: batchesAhead + 1 }, (_, ahead) => batchIndex + ahead);
    const keys = new Set(wanted.map((index) => `${index}/${batch}/${patch}`));
    for (const key of prepared.keys()) if (!keys.has(key)) prepared.delete(key);
    const [current = prepare(batchIndex, batch, patch)] = wanted.map((index) => prepare(index, batch, patch));
    return await current;
  };
  return {
    async nextBatch(batchIndex, batch, patch) {
      const { bytes } = await batchAt(batchIndex, batch, patch);
      prepared.delete(`${batchIndex}/${batch}/${patch}`);
      return bytes;
    },
    async noiseOf(batchIndex, batch, patch) {
      const { photos } = await batchAt(batchIndex, batch, patch);
      return Float32Array.from(await Promise.all(photos.map((index) => noise(index, patch))));
    },
  };
}

interface PatchBatch {
  bytes: Uint8Array;
  /** Index of the photo that each patch comes from. */
  photos: number[];
}

/** The noise of photos by their index, 0..1, estimated once each. */
function createNoiseLevels(readable: ReadablePhotos): (index: number, patch: number) => Promise<number> {
  const known = new Map<number, Promise<number>>();
  const estimate = async (index: number, patch: number): Promise<number> => {
    const photo = await readable.read(index, patch);
    // An estimate holds the thread for a tenth of a second, so messages are let in between two of them.
    await setImmediate();
    return photo === undefined ? 0 : estimateSigma255({ ...photo, channels: 3 }) / 255;
  };
  return (index, patch) => {
    const level = known.get(index) ?? estimate(index, patch);
    known.set(index, level);
    return level;
  };
}

interface ReadablePhotos {
  count: number;
  /** The photo of an index, or undefined where it is too small or unreadable, which is the same at every try. */
  read(index: number, patch: number): Promise<RgbPhoto | undefined>;
}

interface BatchParts {
  readable: ReadablePhotos;
  order: PatchOrder;
  seed: number;
  /** One of these is drawn for each patch. */
  symmetries: readonly number[];
}

function keepingDecoder(
  files: readonly TrainingFile[],
  decode: (path: string) => Promise<RgbPhoto>,
  cacheBytes: number,
) {
  const cache = createBoundedCache<number, RgbPhoto>(cacheBytes, ({ data }) => data.byteLength);
  const load = async ({ path, width, height }: TrainingFile): Promise<RgbPhoto> => {
    const photo = await decode(path);
    if (photo.width === width && photo.height === height) return photo;
    const message = `${path} was ${width} x ${height} pixels and is now ${photo.width} x ${photo.height}: it changed while training.`;
    throw new PellucidError('IMAGE_CORRUPT', message, { subject: path });
  };
  return (index: number, file: TrainingFile): Promise<RgbPhoto> => cache.get(index, () => load(file));
}

function createReadablePhotos(
  files: readonly TrainingFile[],
  load: (index: number, file: TrainingFile) => Promise<RgbPhoto>,
  onSkipped: ((file: SkippedFile) => void) | undefined,
): ReadablePhotos {
  const unreadable = new Set<number>();
  return {
    count: files.length,
    async read(index, patch) {
      const file = files[index];
      if (file === undefined || unreadable.has(index) || Math.min(file.width, file.height) < patch) return undefined;
      try {
        return await load(index, file);
      } catch (error) {
        const { code, message } = toPellucidError(error);
        const isNew = !unreadable.has(index);
        unreadable.add(index);
        if (isNew) onSkipped?.({ path: file.path, code, reason: message });
        return undefined;
      }
    },
  };
}

/** All photos once an epoch where they fit into memory; else groups of half the cache, so that the next one can load. */
function visitsFor(files: readonly TrainingFile[], cacheBytes: number): { groupSize: number; patchesPerVisit: number } {
  const totalBytes = files.reduce((sum, { width, height }) => sum + width * height * 3, 0);
  if (totalBytes <= cacheBytes) return { groupSize: files.length, patchesPerVisit: 1 };
  const groupSize = Math.max(1, Math.floor((files.length * cacheBytes) / (2 * totalBytes)));
  return { groupSize, patchesPerVisit: patchesPerVisitOverCache };
}

async function makeBatch(parts: BatchParts, batchIndex: number, batch: number, patch: number): Promise<PatchBatch> {
  const bytes = new Uint8Array(batch * patch * patch * 3);
  const patches = Array.from({ length: batch }, (_, index) => index);
  const photos = await Promise.all(
    patches.map(async (index) => {
      const { photo, photoIndex, crop } = await choosePatch(parts, batchIndex * batch + index, patch);
      copyCrop(photo, crop, bytes, index * patch * patch * 3);
      return photoIndex;
    }),
  );
  return { bytes, photos };
}

async function choosePatch(
  { readable, order, seed, symmetries }: BatchParts,
  position: number,
  size: number,
): Promise<{ photo: RgbPhoto; photoIndex: number; crop: PatchCrop }> {
  const random = createRandom(seed ^ cropSeed, position);
  let photoIndex = order.photoAt(position);
  let photo = await readable.read(photoIndex, size);
  // Another photo in place of an unreadable one, drawn from the patch's own numbers: the same at every run.
  for (let attempt = 0; photo === undefined && attempt < 1000; attempt++) {
    photoIndex = random.integer(readable.count);
    photo = await readable.read(photoIndex, size);
  }
  if (photo === undefined) {
    throw new PellucidError('IMAGE_CORRUPT', 'Hardly any of the photos can be decoded. Give other photos to train on.');
  }
  const left = random.integer(photo.width - size + 1);
  const top = random.integer(photo.height - size + 1);
  const symmetry = symmetries[random.integer(symmetries.length)] ?? 0;
  return { photo, photoIndex, crop: { left, top, size, symmetry } };
}
