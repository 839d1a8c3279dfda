import { nameIn, withLibrary } from './explore-library.ts';
import type { LibraryOptions } from './explore-library.ts';

/** Groups near-duplicates and names the most similar photo of each. */
export async function exploreSimilar(paths: string[], options: LibraryOptions): Promise<void> {
  await withLibrary(paths, options, async ({ engine, signal, library, output, onEvent }) => {
    const { libraryId, computed, removed, names } = library;
    const { nearest, groups } = await engine.call('explore.similar', { libraryId }, { signal, onEvent });
    if (options.json) {
      for (const [index, other] of nearest.entries()) {
        const path = nameIn(library, index);
        if (other !== null) {
          output.result({ path, nearest: nameIn(library, other.index), similarity: other.similarity }, '');
        }
      }
    }
    for (const group of groups) {
      const duplicates = group.map((index) => nameIn(library, index));
      output.result({ duplicates }, `Near-duplicates:\n  ${duplicates.join('\n  ')}`);
    }
    const counts = `${names.length} photos, ${computed} computed, ${removed} gone from the disk`;
    output.result(
      { photos: names.length, computed, removed, groups: groups.length },
      `${counts}; ${groups.length} groups of near-duplicates`,
    );
  });
}
