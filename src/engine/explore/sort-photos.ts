import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { writeFileSafely } from '../../image/write-file.ts';
import { classifyFew, mostProbable } from '../../ml/classify/classify-few.ts';
import type { ExportedFile, Progress, SkippedFile } from '../../shared/contract.ts';
import { invalidArgument, PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { SortResult } from '../../shared/explore.ts';
import type { Params } from '../../shared/params.ts';
import { csvField } from './code-file.ts';
import type { Library } from './library.ts';

/** Units of the hidden layer of the method `network`. */
const hiddenUnits = 256;
/** Files of one name in one folder, after which something is wrong. */
const mostOfOneName = 1000;

interface Work {
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * Sorts all pictures of a library into classes of which a few pictures each are known; those keep their class.
 * @throws {PellucidError} INVALID_ARGUMENT for a picture in two classes, TENSORFLOW_UNAVAILABLE
 * @throws the signal's reason when cancelled
 */
export async function sortPhotos(
  { codes, codeLength, photos }: Pick<Library, 'codes' | 'codeLength' | 'photos'>,
  { classes, method, seed }: Pick<Params<'explore.sort'>, 'classes' | 'method' | 'seed'>,
  { signal, onProgress }: Work,
): Promise<SortResult> {
  const known = new Map<number, number>();
  for (const [label, { indices }] of classes.entries()) {
    for (const index of indices) {
      const other = known.get(index);
      if (other !== undefined && other !== label) {
        throw invalidArgument('classes', 'pictures that are in one class each', photos[index]?.name ?? index);
      }
      known.set(index, label);
    }
  }
  const { probabilities, accuracy } = await classifyFew({
    ...{ rows: codes, length: codeLength, seed, signal },
    examples: classes.map(({ indices }) => [...new Set(indices)]),
    hidden: method === 'network' ? hiddenUnits : 0,
    onProgress: (completed, total) =>
      onProgress?.({ stage: 'sort', completed, total, unit: 'steps', etaSeconds: null }),
  });
  const labels = photos.map((_, index) => known.get(index) ?? mostProbable(probabilities, index, classes.length));
  const confidences = labels.map((label, index) =>
    known.has(index) ? 1 : (probabilities[index * classes.length + label] ?? 0),
  );
  return { labels, confidences, accuracy };
}

/** What came of a sorting, as CSV: file, class, confidence. */
export function sortTable(
  { photos }: Pick<Library, 'photos'>,
  { classes, labels, confidences }: Omit<Params<'explore.sortTable'>, 'libraryId'>,
): ExportedFile {
  const lines = photos.map(({ path, name }, index) => {
    const confidence = Number((confidences[index] ?? 0).toFixed(4));
    return [csvField(path ?? name), csvField(classes[labels[index] ?? -1] ?? ''), confidence].join(',');
  });
  const bytes = new TextEncoder().encode(['name,class,confidence', ...lines, ''].join('\n'));
  return { bytes, suggestedName: 'sorted.csv', mediaType: 'text/csv' };
}

/**
 * Copies photos into one folder for each class. Nothing is moved or replaced: a photo that is there already is left, and
 * another one of the same name gets a number.
 * @returns the copies, and what could not be copied
 */
export async function sortInto(
  { photos }: Pick<Library, 'photos'>,
  { classes, folder }: Pick<Params<'explore.sortInto'>, 'classes' | 'folder'>,
  { signal, onProgress }: Work,
): Promise<{ copied: string[]; failed: SkippedFile[] }> {
  const copied: string[] = [];
  const failed: SkippedFile[] = [];
  const total = classes.reduce((sum, { indices }) => sum + indices.length, 0);
  for (const { name, indices } of classes) {
    for (const index of indices) {
      signal.throwIfAborted();
      const path = photos[index]?.path ?? null;
      try {
        if (path === null) throw invalidArgument('libraryId', 'photos that are files', photos[index]?.name ?? index);
        copied.push(await copyInto(join(folder, name), path, signal));
      } catch (error) {
        signal.throwIfAborted();
        const subject = path ?? `${index}`;
        const { code, message: reason } = toPellucidError(error, subject);
        failed.push({ path: subject, code, reason });
      }
      const completed = copied.length + failed.length;
      onProgress?.({ stage: 'write', completed, total, unit: 'photos', etaSeconds: null });
    }
  }
  return { copied, failed };
}

async function copyInto(folder: string, path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readFile(path, { signal });
  const extension = extname(path);
  const stem = basename(path, extension);
  for (let number = 1; number <= mostOfOneName; number++) {
    const target = join(folder, `${stem}${number === 1 ? '' : `-${number}`}${extension}`);
    try {
      await writeFileSafely(target, bytes, { overwrite: false });
      return target;
    } catch (error) {
      if (!(error instanceof PellucidError) || error.code !== 'ALREADY_EXISTS') throw error;
      if (bytes.equals(await readFile(target, { signal }))) return target;
    }
  }
  const message = `There are ${mostOfOneName} photos named ${stem} in ${folder}. Choose another folder.`;
  throw new PellucidError('ALREADY_EXISTS', message, { subject: folder });
}
