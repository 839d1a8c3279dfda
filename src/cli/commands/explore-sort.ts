import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { LibrarySummary } from '../../shared/explore.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { nameIn, withLibrary } from './explore-library.ts';
import type { LibraryOptions } from './explore-library.ts';

export interface SortOptions extends LibraryOptions {
  examples: string;
  method: 'linear' | 'network';
  seed: number;
  out?: string;
  least: number;
}

type Classes = Params<'explore.sort'>['classes'];

/** Sorts photos into the classes of which a folder has examples, lists the doubtful ones first, and may copy them. */
export async function exploreSort(paths: string[], options: SortOptions): Promise<void> {
  const examples = resolve(options.examples);
  const names = await classNames(examples);
  await withLibrary([...paths, examples], options, async ({ engine, signal, library, output, onEvent }) => {
    const { libraryId } = library;
    const { method, seed, least, out } = options;
    const classes = names.map((name) => ({ name, indices: photosIn(library, join(examples, name)) }));
    refuseEmpty(classes, examples);
    const sorted = await engine.call('explore.sort', { libraryId, classes, method, seed }, { signal, onEvent });
    const { labels, confidences, accuracy } = sorted;
    const isExample = new Set(classes.flatMap(({ indices }) => indices));
    const order = [...labels.keys()]
      .filter((index) => !isExample.has(index))
      .toSorted((a, b) => (confidences[a] ?? 0) - (confidences[b] ?? 0));
    for (const index of order) {
      const [path, name = ''] = [nameIn(library, index), names[labels[index] ?? -1]];
      const confidence = confidences[index] ?? 0;
      output.result({ path, class: name, confidence }, `${confidence.toFixed(2)}\t${name}\t${path}`);
    }
    if (out !== undefined) {
      const chosen = order.filter((index) => (confidences[index] ?? 0) >= least);
      const filled = names
        .map((name, label) => ({ name, indices: chosen.filter((index) => labels[index] === label) }))
        .filter(({ indices }) => indices.length > 0);
      const job = { libraryId, classes: filled, folder: resolve(out) };
      const { copied, failed } =
        filled.length === 0
          ? { copied: [], failed: [] }
          : await engine.call('explore.sortInto', job, { signal, onEvent });
      for (const { path, reason } of failed) output.note(`${path}: ${reason}`);
      output.note(`${copied.length} photos copied into ${resolve(out)}`);
    }
    const checked =
      accuracy === null ? '' : `; of the examples ${(100 * accuracy).toFixed(1)} % are right when they are left out`;
    output.result({ photos: order.length, accuracy }, `${order.length} photos sorted${checked}`);
  });
}

async function classNames(examples: string): Promise<string[]> {
  const entries = await readdir(examples, { withFileTypes: true }).catch((error: unknown) => {
    throw toPellucidError(error, examples);
  });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

function photosIn({ paths }: LibrarySummary, folder: string): number[] {
  return (paths ?? []).flatMap((path, index) => (path.startsWith(folder + sep) ? [index] : []));
}

function refuseEmpty(classes: Classes, examples: string): void {
  const empty = classes.find(({ indices }) => indices.length === 0);
  if (classes.length >= 2 && empty === undefined) return;
  const what = empty === undefined ? `has ${classes.length} folders` : `has no photo in ${empty.name}`;
  const message = `${examples} ${what}. Give it a folder for each class, two at least, with a few photos in each.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: '--examples' });
}
