import type { OddPhoto } from '../../shared/explore.ts';
import { nameIn, withLibrary } from './explore-library.ts';
import type { LibraryOptions } from './explore-library.ts';

const words: Record<OddPhoto['reason'], string> = {
  restoredBadly: 'restored badly',
  littleDetail: 'little detail',
  unlikeOthers: 'unlike the others',
};

/** Lists photos that stand out, oddest first. */
export async function exploreOdd(paths: string[], options: LibraryOptions): Promise<void> {
  await withLibrary(paths, options, async ({ engine, signal, library, output, onEvent }) => {
    const { libraryId, names } = library;
    const odd = await engine.call('explore.odd', { libraryId }, { signal, onEvent });
    for (const { index, reason, score } of odd) {
      const path = nameIn(library, index);
      output.result({ path, reason, score }, `${score.toFixed(1)}\t${words[reason]}\t${path}`);
    }
    output.result({ photos: names.length, odd: odd.length }, `${odd.length} of ${names.length} photos stand out`);
  });
}
