import type { Params } from '../../shared/params.ts';
import { nameIn, withLibrary } from './explore-library.ts';
import type { LibraryOptions } from './explore-library.ts';

/** Writes the codes of photos to standard output, as a table or as an array of NumPy. */
export async function exploreCodes(
  paths: string[],
  options: Omit<LibraryOptions, 'json'> & Pick<Params<'explore.codes'>, 'format'>,
): Promise<void> {
  await withLibrary(paths, { ...options, json: false }, async ({ engine, signal, library, output, onEvent }) => {
    const { libraryId } = library;
    const { bytes } = await engine.call('explore.codes', { libraryId, format: options.format }, { signal, onEvent });
    output.clearProgress();
    await new Promise((resolve) => process.stdout.write(bytes, resolve));
  });
}

/** Places photos in the plane so that similar ones lie near one another. */
export async function exploreMap(
  paths: string[],
  options: LibraryOptions & Pick<Params<'explore.map'>, 'method' | 'seed'>,
): Promise<void> {
  await withLibrary(paths, options, async ({ engine, signal, library, output, onEvent }) => {
    const { method, seed } = options;
    const { libraryId, names } = library;
    const { points } = await engine.call('explore.map', { libraryId, method, seed }, { signal, onEvent });
    for (const index of names.keys()) {
      const [x = 0, y = 0] = points.slice(2 * index, 2 * index + 2);
      const path = nameIn(library, index);
      output.result({ path, x, y }, `${x.toFixed(4)}\t${y.toFixed(4)}\t${path}`);
    }
  });
}
