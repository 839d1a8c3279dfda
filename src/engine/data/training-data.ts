import { basename } from 'node:path';
import { createPatchSource } from './patch-source.ts';
import { decodeRgb } from './decode-rgb.ts';
import { centreCrop } from './rgb-photo.ts';
import { splitPhotos } from './split-photos.ts';
import { findUsablePhotos, skippedFor, tooFewPhotos } from './usable-photos.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { PatchSource, ValidationPhoto } from '../../ml/training/patch-source.ts';
import type { TrainingFile } from './patch-source.ts';

const validationSidePx = 256;
const validationMultiple = 16;

/** How training pictures are turned; both true where absent. */
export interface TurningOptions {
  flips?: boolean | undefined;
  rotations?: boolean | undefined;
}

export interface TrainingDataOptions extends TurningOptions {
  seed: number;
  /** Side of the training patches in pixels; photos with a smaller side are left out. */
  patch: number;
  /** Photos are made smaller so that their long side has at most this many pixels. */
  longSide?: number | undefined;
  /** One photo is enough, and is both learnt from and judged by: for training without clean photos. */
  allowsOne?: boolean;
  /** Paths that the run has held out before. */
  heldOut?: readonly string[] | undefined;
  signal?: AbortSignal;
  /** Told of files that turn out to be unreadable later, while training. */
  onSkipped?: (file: SkippedFile) => void;
}

/** All that a training needs of the person's photos. */
export interface TrainingData {
  source: PatchSource;
  /** 8 bits; RGB with sides a multiple of 16, or pictures of the one size that the training has. */
  validation: ValidationPhoto[];
  /** Files that are not used, each with its reason. */
  skipped: SkippedFile[];
  /** Paths of the photos that are held out; empty for files that are no photos. */
  heldOut: string[];
  photoCounts: { training: number; validation: number };
}

/**
 * Square crops of photos for training, and the middle, at most 256 x 256, of photos that are held out.
 *
 * @throws {PellucidError} `EMPTY_FOLDER` without pictures or with fewer than two that can be used, `ABORTED`
 */
export async function prepareTrainingData(
  paths: readonly string[],
  { seed, patch, longSide, allowsOne = false, signal, onSkipped, flips, rotations, heldOut }: TrainingDataOptions,
): Promise<TrainingData> {
  const least = allowsOne ? 1 : 2;
  const { files, skipped } = await findUsablePhotos(paths, { leastSide: patch, longSide, least, signal });
  const split =
    files.length === 1 ? { training: files, validation: files } : splitPhotos(files, { seed, roots: paths, heldOut });
  const decode = (path: string) => decodeRgb(path, longSide);
  const validation = await readValidation(split.validation, decode, skipped, signal);
  if (validation.length === 0) throw tooFewPhotos(paths, 0, skipped);
  const reporting = onSkipped === undefined ? {} : { onSkipped };
  const source = createPatchSource(split.training, { seed, decode, flips, rotations, ...reporting });
  return {
    source,
    validation,
    skipped,
    heldOut: split.validation.map(({ path }) => path),
    photoCounts: { training: split.training.length, validation: validation.length },
  };
}

async function readValidation(
  files: readonly TrainingFile[],
  decode: (path: string) => ReturnType<typeof decodeRgb>,
  skipped: SkippedFile[],
  signal: AbortSignal | undefined,
): Promise<ValidationPhoto[]> {
  const photos: ValidationPhoto[] = [];
  for (const { path } of files) {
    signal?.throwIfAborted();
    try {
      const { width, height, data } = centreCrop(await decode(path), validationSidePx, validationMultiple);
      photos.push({ name: basename(path), pixels: { width, height, channels: 3, data } });
    } catch (error) {
      skipped.push(skippedFor(path, error));
    }
  }
  return photos;
}
