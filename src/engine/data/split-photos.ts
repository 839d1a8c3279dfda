import { createHash } from 'node:crypto';
import { basename, relative, sep } from 'node:path';

export interface SplitOptions {
  seed: number;
  /** The folders (or files) that were named by the person; a file's place below its folder decides where it goes. */
  roots: readonly string[];
  /** Most photos that are held out. */
  most?: number;
  /** Paths that a run has held out before, which stay so while any of them is there. */
  heldOut?: readonly string[] | undefined;
}

export interface PhotoSplit<File> {
  training: File[];
  validation: File[];
}

/** More photos make validation slower and hardly more certain. */
const maxValidationPhotos = 12;

/**
 * Divides photos into those to learn from and those to judge by: no photo is in both. Which ones is decided by a hash
 * of seed and relative name, so the split does not depend on where the folder lies or in which order it is read.
 * One photo in five is held out, at least one and at most `most`, or {@link maxValidationPhotos}.
 *
 * @param files at least two
 */
export function splitPhotos<File extends { path: string }>(
  files: readonly File[],
  options: SplitOptions,
): PhotoSplit<File> {
  const keyed = files.map((file) => ({ file, key: splitKey(relativeName(file.path, options.roots), options.seed) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const ordered = keyed.map(({ file }) => file);
  const before = new Set(options.heldOut);
  const kept = ordered.filter(({ path }) => before.has(path));
  // In the order of a run's start, which decides what each of its steps sees.
  if (kept.length > 0 && kept.length < files.length) {
    return { validation: kept, training: ordered.filter(({ path }) => !before.has(path)) };
  }
  const held = Math.max(1, Math.min(options.most ?? maxValidationPhotos, Math.floor(files.length / 5)));
  return { validation: ordered.slice(0, held), training: ordered.slice(held) };
}

function splitKey(name: string, seed: number): string {
  return createHash('sha256').update(`${seed}:${name}`).digest('hex');
}

/** The path below the root that holds it, with forward slashes on every system. */
function relativeName(path: string, roots: readonly string[]): string {
  for (const root of roots) {
    const below = relative(root, path);
    if (below === '') return basename(path);
    if (!below.startsWith('..') && below !== path) return below.split(sep).join('/');
  }
  return basename(path);
}
