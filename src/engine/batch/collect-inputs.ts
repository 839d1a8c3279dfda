import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { ImageSource } from '../../image/image-source.ts';
import { isPhoto, listFiles } from '../../image/list-photos.ts';
import type { FoundFile } from '../../image/list-photos.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { BatchJob } from '../../shared/params.ts';
import { beginsLikePel } from '../operations/open-pel.ts';
import { safeFileName } from './naming.ts';
import { newItem } from './queue.ts';
import type { QueueEntry } from './queue.ts';

export interface CollectOptions {
  recursive: boolean;
  signal: AbortSignal;
  /** Folder where the bytes that are handed over are kept until their item is cleared. */
  inboxFolder: string;
  /** Says whether it is time for a file; all are taken when absent. */
  isReady?: (path: string) => Promise<boolean>;
  /** Items that the batch had before these: counters go on from there. 0 when absent. */
  itemsBefore?: number;
}

export interface Collected {
  entries: QueueEntry[];
  skipped: SkippedFile[];
}

/**
 * The items for what a person added. A file that was named is taken as it is, so that it fails under its own name; in
 * folders, what is no photo (or, to decompress, no `.pel`) is passed over, and so is the folder of the results.
 *
 * @throws {PellucidError} `EMPTY_FOLDER` when only folders were given and nothing is in them, `ABORTED`
 */
export async function collectInputs(
  sources: readonly ImageSource[],
  job: BatchJob,
  options: CollectOptions,
): Promise<Collected> {
  const paths = sources.flatMap((source) => ('path' in source ? [resolve(source.path)] : []));
  const { files, skipped } = await filesAt(paths, job, options);
  const handed = sources.flatMap((source) => ('bytes' in source ? [source] : []));
  const { itemsBefore = 0 } = options;
  const total = itemsBefore + files.length + handed.length;
  const common = { job, crashes: 0, counterDigits: String(total).length };
  const entries: QueueEntry[] = [];
  for (const { path, root } of files) {
    const folder = root === null ? '' : relative(root, dirname(path));
    const item = newItem({ name: basename(path), path, folder, operation: job.operation });
    const sizeBytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    entries.push({
      ...common,
      item,
      source: path,
      sizeBytes,
      wasFound: root !== null,
      counter: itemsBefore + entries.length + 1,
    });
  }
  for (const { bytes, name } of handed) {
    const item = newItem({ name: safeFileName(name), path: null, folder: '', operation: job.operation });
    const source = join(options.inboxFolder, item.itemId);
    await mkdir(options.inboxFolder, { recursive: true });
    await writeFile(source, bytes, { flush: true });
    const counter = itemsBefore + entries.length + 1;
    entries.push({ ...common, item, source, sizeBytes: bytes.length, wasFound: false, counter });
  }
  return { entries, skipped };
}

async function filesAt(
  paths: readonly string[],
  job: BatchJob,
  { recursive, signal, isReady }: CollectOptions,
): Promise<{ files: FoundFile[]; skipped: SkippedFile[] }> {
  if (paths.length === 0) return { files: [], skipped: [] };
  const isPel = job.operation === 'decompress';
  try {
    const found = await listFiles(paths, {
      recursive,
      signal,
      accept: async (path, isNamed) => {
        if (isReady !== undefined && !(await isReady(path))) return false;
        return isNamed || (isPel ? beginsLikePel(path) : isPhoto(path));
      },
      ...(job.output.folder === null ? {} : { exclude: job.output.folder }),
    });
    // What was named and is not there is an item too, and says so when its turn comes.
    const missing = found.skipped.filter(({ path }) => paths.includes(path)).map(({ path }) => ({ path, root: null }));
    const skipped = found.skipped.filter(({ path }) => !paths.includes(path));
    return { files: [...found.files, ...missing], skipped: [...skipped, ...(await emptyFolders(paths, found.files))] };
  } catch (error) {
    const { code } = toPellucidError(error);
    if (!isPel || code !== 'EMPTY_FOLDER') throw error;
    const message = `There is no .pel file in ${paths.join(', ')}. Choose a folder with files that were compressed.`;
    throw new PellucidError(code, message, { subject: paths[0] ?? '', cause: error });
  }
}

/** Folders that were named and gave nothing, beside others that did. */
async function emptyFolders(paths: readonly string[], files: readonly FoundFile[]): Promise<SkippedFile[]> {
  const empty: SkippedFile[] = [];
  for (const path of paths) {
    if (files.some(({ root }) => root === path)) continue;
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    const reason = `There is nothing for this work in ${path}. Choose another folder.`;
    if (isFolder) empty.push({ path, code: 'EMPTY_FOLDER', reason });
  }
  return empty;
}
