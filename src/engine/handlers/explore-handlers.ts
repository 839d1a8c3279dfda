import { codeFile } from '../explore/code-file.ts';
import { compareCodes, neighboursOf } from '../explore/compare-codes.ts';
import { discard } from '../explore/discard.ts';
import { Libraries, openLibrary, summaryOf } from '../explore/library.ts';
import type { Library } from '../explore/library.ts';
import { mapPoints } from '../explore/map-points.ts';
import { pictureSheet } from '../explore/picture-sheet.ts';
import { invalidArgument } from '../../shared/errors.ts';
import type { Models } from '../operations/models.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';

type ExploreCalls = Pick<Handlers, Extract<keyof Handlers, `explore.${string}`>>;

/** The calls that find structure among photos. */
export function createExploreHandlers({ dataFolder }: EngineOptions, models: Models): ExploreCalls {
  const libraries = new Libraries();
  return {
    'explore.open': async (params, { signal, progress }) => {
      const context = { models, dataFolder, signal, onProgress: progress };
      const { library, opening } = await openLibrary(params, context);
      libraries.add(library);
      return summaryOf(library, opening);
    },
    'explore.similar': ({ libraryId }, { signal, progress }) =>
      compareCodes(libraries.get(libraryId), { signal, onProgress: progress }),
    'explore.neighbours': async ({ libraryId, index, count }) => {
      const library = libraries.get(libraryId);
      assertInside(library, [index]);
      return await Promise.resolve(neighboursOf(library, index, count));
    },
    'explore.sheet': async ({ libraryId, indices, side }, { signal }) => {
      const library = libraries.get(libraryId);
      assertInside(library, indices);
      return await pictureSheet(library, indices, side, signal);
    },
    'explore.map': async ({ libraryId, method, seed }, { signal, progress }) => ({
      points: await mapPoints(libraries.get(libraryId), { method, seed, signal, onProgress: progress }),
    }),
    'explore.codes': async ({ libraryId, format, indices }) => {
      const library = libraries.get(libraryId);
      assertInside(library, indices ?? []);
      return await Promise.resolve(codeFile(library, format, indices));
    },
    'explore.discard': ({ paths }, { signal }) => discard(paths, (path) => libraries.hold(path), signal),
  };
}

function assertInside({ photos }: Library, indices: readonly number[]): void {
  const outside = indices.find((index) => index >= photos.length);
  if (outside !== undefined) throw invalidArgument('indices', `numbers below ${photos.length}`, outside);
}
