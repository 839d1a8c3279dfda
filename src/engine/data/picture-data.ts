import { basename } from 'node:path';
import { toExactSize } from '../../image/exact-size.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { invalidArgument, PellucidError } from '../../shared/errors.ts';
import { heldOutOf, readIdxSet } from './idx-set.ts';
import { shuffle } from './patch-order.ts';
import { createPictureSource } from './picture-source.ts';
import { splitPhotos } from './split-photos.ts';
import { findUsablePhotos, skippedFor, tooFewPhotos } from './usable-photos.ts';
import type { IdxSet } from './idx-set.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { ValidationPhoto } from '../../ml/training/patch-source.ts';
import type { TrainingFile } from './patch-source.ts';
import type { TrainingData, TurningOptions } from './training-data.ts';

export interface PictureDataOptions extends TurningOptions {
  seed: number;
  /** Size that photos are brought to; IDX files have their own. */
  width?: number | undefined;
  height?: number | undefined;
  channels?: 1 | 3 | undefined;
  /** Paths that the run has held out before. */
  heldOut?: readonly string[] | undefined;
  /** Side where no width is chosen. */
  sidePx: number;
  signal?: AbortSignal;
}

interface Shape {
  width: number;
  height: number;
  channels: 1 | 3;
}

/** Pictures as one array, [n, height, width, channels]. */
interface PictureSet extends Shape {
  training: Uint8Array;
  validation: ValidationPhoto[];
  skipped: SkippedFile[];
  heldOut: string[];
}

/** All pictures are held in memory. */
const maxBytes = 1024 ** 3;
const mostHeldOutPhotos = 1000;
const photosAtOnce = 4;

/**
 * Small pictures of one size for training, all in memory: IDX files as they are, or photos resized exactly.
 *
 * @throws {PellucidError} `EMPTY_FOLDER`, `IMAGE_TOO_LARGE` for more pictures than memory is meant to hold,
 *   `INVALID_ARGUMENT` for a size that IDX files do not have, `IMAGE_CORRUPT`, `ABORTED`
 */
export async function preparePictureData(paths: readonly string[], options: PictureDataOptions): Promise<TrainingData> {
  const { seed, flips = false, rotations = false } = options;
  const idx = await readIdxSet(paths);
  const set = idx === null ? await photoSet(paths, options) : idxPictures(idx, options);
  const { width, height, channels, training, validation, skipped, heldOut } = set;
  if (rotations && width !== height) {
    throw invalidArgument('rotations', `off for pictures of ${width} x ${height}, which are not square`, rotations);
  }
  return {
    source: createPictureSource(training, {
      seed,
      flips: flips && width === height,
      rotations,
      width,
      height,
      channels,
    }),
    validation,
    skipped,
    heldOut,
    photoCounts: { training: training.length / (width * height * channels), validation: validation.length },
  };
}

function idxPictures({ training, test }: IdxSet, options: PictureDataOptions): PictureSet {
  const { width, height } = training;
  const shape: Shape = { width, height, channels: 1 };
  const chosen = { width: options.width ?? width, height: options.height ?? options.width ?? height };
  if (chosen.width !== width || chosen.height !== height || options.channels === 3) {
    throw invalidArgument('width, height and channels', `${width}, ${height} and 1, as in ${training.name}`, options);
  }
  if (test !== null) {
    const validation = photosOf(test.pictures, shape, test.name);
    return { ...shape, training: training.pictures, validation, skipped: [], heldOut: [] };
  }
  const size = width * height;
  const count = training.pictures.length / size;
  if (count < 2) throw tooFewPhotos([training.name], count, []);
  const held = heldOutOf(count);
  const mixed = new Uint8Array(training.pictures.length);
  shuffle(count, options.seed, 0).forEach((index, place) => {
    mixed.set(training.pictures.subarray(index * size, (index + 1) * size), place * size);
  });
  const validation = photosOf(mixed.subarray(0, held * size), shape, training.name);
  return { ...shape, training: mixed.subarray(held * size), validation, skipped: [], heldOut: [] };
}

function photosOf(pictures: Uint8Array, shape: Shape, name: string): ValidationPhoto[] {
  const size = shape.width * shape.height * shape.channels;
  return Array.from({ length: pictures.length / size }, (_, index) => ({
    name: `${name} ${index}`,
    pixels: { ...shape, data: pictures.subarray(index * size, (index + 1) * size) },
  }));
}

async function photoSet(paths: readonly string[], options: PictureDataOptions): Promise<PictureSet> {
  const { seed, signal, width = options.sidePx, channels = 3 } = options;
  const shape: Shape = { width, height: options.height ?? width, channels };
  const { files, skipped } = await findUsablePhotos(paths, { leastSide: 1, signal });
  const size = shape.width * shape.height * channels;
  if (files.length * size > maxBytes) {
    const most = Math.floor(maxBytes / size);
    const message = `${files.length} pictures of ${shape.width} x ${shape.height} are more than memory is meant to hold, which is ${most}. Choose a smaller size, or fewer photos.`;
    throw new PellucidError('IMAGE_TOO_LARGE', message, { subject: paths.join(', ') });
  }
  const split = splitPhotos(files, { seed, roots: paths, most: mostHeldOutPhotos, heldOut: options.heldOut });
  const held = await resized(split.validation, shape, skipped, signal);
  const seen = await resized(split.training, shape, skipped, signal);
  if (held.length === 0 || seen.length === 0) throw tooFewPhotos(paths, held.length + seen.length, skipped);
  const training = new Uint8Array(seen.length * size);
  seen.forEach(({ pixels }, index) => training.set(pixels.data, index * size));
  return { ...shape, training, validation: held, skipped, heldOut: split.validation.map(({ path }) => path) };
}

/** Photos at the size of the training, in their order, a few at a time. */
async function resized(
  files: readonly TrainingFile[],
  shape: Shape,
  skipped: SkippedFile[],
  signal: AbortSignal | undefined,
): Promise<ValidationPhoto[]> {
  const photos: ValidationPhoto[] = [];
  for (let first = 0; first < files.length; first += photosAtOnce) {
    signal?.throwIfAborted();
    const some = files.slice(first, first + photosAtOnce).map(async ({ path }) => {
      try {
        const { pixels } = await readPhoto({ path });
        return { name: basename(path), pixels: await toExactSize(pixels, shape) };
      } catch (error) {
        return skippedFor(path, error);
      }
    });
    for (const result of await Promise.all(some)) {
      if ('pixels' in result) photos.push(result);
      else skipped.push(result);
    }
  }
  return photos;
}
