import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PellucidError, toPellucidError } from '../shared/errors.ts';
import { detectFormat, readFailure } from './image-source.ts';
import type { ErrorCode } from '../shared/errors.ts';

interface SkippedPath {
  path: string;
  code: ErrorCode;
  reason: string;
}

export interface PhotoList {
  /** Files that begin like a picture that can be read, in natural order, each once. */
  files: string[];
  skipped: SkippedPath[];
}

/** `a2` before `a10`, whatever the user's language; equal names in code point order, so that the result is fixed. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function inNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** A file that was found, and the folder that it was found in or below; null for one that was named itself. */
export interface FoundFile {
  path: string;
  root: string | null;
}

export interface FileList {
  files: FoundFile[];
  skipped: SkippedPath[];
}

export interface ListOptions {
  recursive: boolean;
  signal?: AbortSignal;
  /** Says whether a file is wanted; what it throws becomes the reason for passing it over. */
  accept: (path: string, isNamed: boolean) => Promise<boolean>;
  /** Folder that is passed over where it is below a given one: where results go. */
  exclude?: string;
}

interface Walk extends ListOptions {
  /** Real paths that were taken: files given twice, and links that lead back up. */
  seen: Set<string>;
  list: FileList;
  /** The folder that was given and is being searched. */
  root: string | null;
  /** Real path of the folder to pass over. */
  excluded: string | null;
}

/**
 * Finds photos: paths of files as given, in their order, and the pictures of folders by their content, whatever their
 * names. Hidden files and folders are passed over inside folders, symbolic links are followed, each file comes once.
 *
 * @returns what was found, and what was passed over with the reason; no single bad file ends the search
 * @throws {PellucidError} `EMPTY_FOLDER` when nothing but folders was given and no picture is in them, `ABORTED`
 */
export async function listPhotos(
  paths: readonly string[],
  options: { recursive: boolean; signal?: AbortSignal },
): Promise<PhotoList> {
  const { files, skipped } = await listFiles(paths, { ...options, accept: isPhoto });
  return { files: files.map(({ path }) => path), skipped };
}

/** For {@link listFiles}: takes what begins like a picture that can be read, and says why another file is none. */
export async function isPhoto(path: string): Promise<boolean> {
  await detectFormat(path);
  return true;
}

/**
 * Finds files of any kind as {@link listPhotos} finds photos, and tells in which of the given folders each one is.
 *
 * @throws {PellucidError} `EMPTY_FOLDER` when nothing but folders was given and no such file is in them, `ABORTED`
 */
export async function listFiles(paths: readonly string[], options: ListOptions): Promise<FileList> {
  const excluded = options.exclude === undefined ? null : await realpath(options.exclude).catch(() => null);
  const walk: Walk = { ...options, excluded, seen: new Set(), list: { files: [], skipped: [] }, root: null };
  let hasFile = false;
  for (const path of paths) {
    walk.root = null;
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) {
        walk.root = path;
        await addFolder(walk, path);
      } else {
        hasFile = true;
        await addFile(walk, path);
      }
    } catch (error) {
      hasFile = true;
      skip(walk, path, error);
    }
  }
  if (walk.list.files.length === 0 && !hasFile && paths.length > 0) throw emptyFolder(paths, walk);
  return walk.list;
}

function emptyFolder(paths: readonly string[], { list: { skipped }, recursive }: Walk): PellucidError {
  const [folder = ''] = paths;
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  const seen =
    skipped.length === 0 ? 'It holds no files' : `None of its ${skipped.length} files is one that can be read`;
  const below = recursive ? '' : ' Folders inside it were not searched.';
  const message = `There is no picture in ${folder}${others}. ${seen}.${below} Choose a folder with JPEG, PNG, WebP, AVIF, TIFF or GIF files.`;
  return new PellucidError('EMPTY_FOLDER', message, { subject: folder });
}

async function addFolder(walk: Walk, folder: string): Promise<void> {
  walk.signal?.throwIfAborted();
  const real = await realpath(folder);
  if (walk.seen.has(real) || (real === walk.excluded && folder !== walk.root)) return;
  walk.seen.add(real);
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort(inNaturalOrder);
  const folders: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) folders.push(path);
      else await addFile(walk, path);
    } catch (error) {
      skip(walk, path, error);
    }
  }
  if (!walk.recursive) return;
  for (const path of folders) {
    try {
      await addFolder(walk, path);
    } catch (error) {
      skip(walk, path, error);
    }
  }
}

async function addFile(walk: Walk, path: string): Promise<void> {
  walk.signal?.throwIfAborted();
  const real = await realpath(path).catch(() => resolve(path));
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  const isWanted = await walk.accept(path, walk.root === null);
  if (isWanted) walk.list.files.push({ path, root: walk.root });
}

function skip({ list, signal }: Walk, path: string, error: unknown): void {
  // A search that was cancelled ends; it does not report every file that is left.
  signal?.throwIfAborted();
  const { code, message } = toPellucidError(readFailure(error, path), path);
  list.skipped.push({ path, code, reason: message });
}
