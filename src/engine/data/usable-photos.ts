import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhotoHeader } from '../../image/read-photo.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { expandLists } from './list-file.ts';
import { sizeWithin } from './decode-rgb.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { TrainingFile } from './patch-source.ts';

/** Headers that are read at a time: enough to keep the disk busy. */
const filesAtOnce = 8;

export interface UsablePhotos {
  /** With the sizes that they have after `longSide`. */
  files: TrainingFile[];
  /** Files that are not used, each with its reason. */
  skipped: SkippedFile[];
}

export interface UsableOptions {
  /** Photos with a smaller side are left out. */
  leastSide: number;
  /** Photos are made smaller so that their long side has at most this many pixels. */
  longSide?: number | undefined;
  /** Fewer are refused; 2 when absent. */
  least?: number | undefined;
  signal?: AbortSignal | undefined;
}

interface Candidate extends TrainingFile {
  sizeBytes: number;
}

/**
 * Finds the photos in files, folders and lists of files, and leaves out those that cannot be used. A picture that is
 * there twice is used once, so that no photo is on both sides of a split.
 *
 * @throws {PellucidError} `EMPTY_FOLDER` without pictures or with fewer than `least` that can be used, `ABORTED`
 */
export async function findUsablePhotos(paths: readonly string[], options: UsableOptions): Promise<UsablePhotos> {
  const { signal } = options;
  const listed = await listPhotos(await expandLists(paths), {
    recursive: true,
    ...(signal === undefined ? {} : { signal }),
  });
  const skipped: SkippedFile[] = [...listed.skipped];
  const candidates: Candidate[] = [];
  for (let first = 0; first < listed.files.length; first += filesAtOnce) {
    signal?.throwIfAborted();
    const some = listed.files.slice(first, first + filesAtOnce);
    for (const file of await Promise.all(some.map((path) => inspect(path, options)))) {
      if ('code' in file) skipped.push(file);
      else candidates.push(file);
    }
  }
  const files = await dropCopies(candidates, skipped);
  if (files.length < (options.least ?? 2)) throw tooFewPhotos(paths, files.length, skipped);
  return { files, skipped };
}

async function inspect(path: string, { leastSide, longSide }: UsableOptions): Promise<Candidate | SkippedFile> {
  try {
    const header = await readPhotoHeader({ path });
    const { width, height } = sizeWithin(header, longSide);
    if (Math.min(width, height) >= leastSide) return { path, width, height, sizeBytes: header.sizeBytes };
    const reason = `${path} has ${width} x ${height} pixels, less than a training patch of ${leastSide} x ${leastSide}.`;
    return { path, code: 'IMAGE_DIMENSIONS_INVALID', reason };
  } catch (error) {
    return skippedFor(path, error);
  }
}

/** What is told of a file that could not be read. */
export function skippedFor(path: string, error: unknown): SkippedFile {
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

/** The refusal of photos that are not enough to learn from and to judge by. */
export function tooFewPhotos(paths: readonly string[], usable: number, skipped: readonly SkippedFile[]): PellucidError {
  const where = paths.join(', ');
  const found = usable + skipped.length;
  const message =
    found === 0
      ? `${where} holds no pictures. Give a folder with photos (JPEG, PNG, WebP, AVIF, TIFF).`
      : `${where} holds ${usable} usable pictures of ${found}; training needs at least two, one to learn from and one to judge by.`;
  return new PellucidError('EMPTY_FOLDER', message, { subject: where });
}
