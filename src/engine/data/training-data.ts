import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhotoHeader } from '../../image/read-photo.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { createPatchSource } from './patch-source.ts';
import { decodeRgb } from './decode-rgb.ts';
import { centreCrop } from './rgb-photo.ts';
import { splitPhotos } from './split-photos.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { PatchSource, ValidationPhoto } from '../../ml/training/patch-source.ts';
import type { TrainingFile } from './patch-source.ts';

const validationSidePx = 256;
const validationMultiple = 16;
/** Headers that are read at a time: enough to keep the disk busy. */
const filesAtOnce = 8;

export interface TrainingDataOptions {
  seed: number;
  /** Side of the training patches in pixels; photos with a smaller side are left out. */
  patch: number;
  signal?: AbortSignal;
  /** Told of files that turn out to be unreadable later, while training. */
  onSkipped?: (file: SkippedFile) => void;
}

/** All that a training needs of the person's photos. */
export interface TrainingData {
  source: PatchSource;
  /** RGB, 8 bits, at most 256 x 256 from the middle of each photo, sides a multiple of 16. */
  validation: ValidationPhoto[];
  /** Files that are not used, each with its reason. */
  skipped: SkippedFile[];
  photoCounts: { training: number; validation: number };
}

interface Candidate extends TrainingFile {
  sizeBytes: number;
}

/**
 * Finds the photos in files and folders, leaves out those that cannot be used, and divides the rest into training and
 * validation. A picture that is there twice is used once, so that no photo is on both sides.
 *
 * @throws {PellucidError} `EMPTY_FOLDER` without pictures or with fewer than two that can be used, `ABORTED`
 */
export async function prepareTrainingData(
  paths: readonly string[],
  { seed, patch, signal, onSkipped }: TrainingDataOptions,
): Promise<TrainingData> {
  const listed = await listPhotos(paths, { recursive: true, ...(signal === undefined ? {} : { signal }) });
  const skipped: SkippedFile[] = [...listed.skipped];
  const candidates: Candidate[] = [];
  for (let first = 0; first < listed.files.length; first += filesAtOnce) {
    signal?.throwIfAborted();
    const some = listed.files.slice(first, first + filesAtOnce);
    for (const file of await Promise.all(some.map((path) => inspect(path, patch)))) {
      if ('code' in file) skipped.push(file);
      else candidates.push(file);
    }
  }
  const distinct = await dropCopies(candidates, skipped);
  if (distinct.length < 2) throw tooFew(paths, distinct.length, skipped);
  const split = splitPhotos(distinct, { seed, roots: paths });
  const validation = await readValidation(split.validation, skipped, signal);
  if (validation.length === 0) throw tooFew(paths, 0, skipped);
  const reporting = onSkipped === undefined ? {} : { onSkipped };
  const source = createPatchSource(split.training, { seed, decode: decodeRgb, ...reporting });
  return {
    source,
    validation,
    skipped,
    photoCounts: { training: split.training.length, validation: validation.length },
  };
}

async function inspect(path: string, patch: number): Promise<Candidate | SkippedFile> {
  try {
    const { width, height, sizeBytes } = await readPhotoHeader({ path });
    if (Math.min(width, height) >= patch) return { path, width, height, sizeBytes };
    const reason = `${path} has ${width} x ${height} pixels, less than a training patch of ${patch} x ${patch}.`;
    return { path, code: 'IMAGE_DIMENSIONS_INVALID', reason };
  } catch (error) {
    return skippedFor(path, error);
  }
}

function skippedFor(path: string, error: unknown): SkippedFile {
  const { code, message } = toPellucidError(error, path);
  return { path, code, reason: message };
}

/** Files of the same length are compared by their content's hash; of equal ones the first is kept. */
async function dropCopies(candidates: readonly Candidate[], skipped: SkippedFile[]): Promise<Candidate[]> {
  const countOfLength = new Map<number, number>();
  for (const { sizeBytes } of candidates) countOfLength.set(sizeBytes, (countOfLength.get(sizeBytes) ?? 0) + 1);
  const firstOf = new Map<string, string>();
  const distinct: Candidate[] = [];
  for (const candidate of candidates) {
    const { path, sizeBytes } = candidate;
    if ((countOfLength.get(sizeBytes) ?? 0) > 1) {
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      const first = firstOf.get(hash);
      if (first !== undefined) {
        skipped.push({ path, code: 'ALREADY_EXISTS', reason: `${path} is the same file as ${first}; one is enough.` });
        continue;
      }
      firstOf.set(hash, path);
    }
    distinct.push(candidate);
  }
  return distinct;
}

async function readValidation(
  files: readonly TrainingFile[],
  skipped: SkippedFile[],
  signal: AbortSignal | undefined,
): Promise<ValidationPhoto[]> {
  const photos: ValidationPhoto[] = [];
  for (const { path } of files) {
    signal?.throwIfAborted();
    try {
      const { width, height, data } = centreCrop(await decodeRgb(path), validationSidePx, validationMultiple);
      photos.push({ name: basename(path), pixels: { width, height, channels: 3, data } });
    } catch (error) {
      skipped.push(skippedFor(path, error));
    }
  }
  return photos;
}

function tooFew(paths: readonly string[], usable: number, skipped: readonly SkippedFile[]): PellucidError {
  const where = paths.join(', ');
  const found = usable + skipped.length;
  const message =
    found === 0
      ? `${where} holds no pictures. Give a folder with photos (JPEG, PNG, WebP, AVIF, TIFF).`
      : `${where} holds ${usable} usable pictures of ${found}; training needs at least two, one to learn from and one to judge by.`;
  return new PellucidError('EMPTY_FOLDER', message, { subject: where });
}
