import { codeFile } from '../explore/code-file.ts';
import { compareCodes, neighboursOf } from '../explore/compare-codes.ts';
import { discard } from '../explore/discard.ts';
import { Libraries, openLibrary, summaryOf } from '../explore/library.ts';
import type { Library } from '../explore/library.ts';
import { findOdd } from '../explore/find-odd.ts';
import {
  codeIn,
  directionsOf,
  generatorOf,
  movedPicture,
  picturesBetween,
  samplePictures,
} from '../explore/generate.ts';
import { mapPoints } from '../explore/map-points.ts';
import { pictureSheet } from '../explore/picture-sheet.ts';
import { sortInto, sortPhotos, sortTable } from '../explore/sort-photos.ts';
import { drawFrom } from '../../ml/generate/mixture.ts';
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
    'explore.sort': ({ libraryId, ...params }, { signal, progress }) => {
      const library = libraries.get(libraryId);
      for (const { indices } of params.classes) assertInside(library, indices);
      return sortPhotos(library, params, { signal, onProgress: progress });
    },
    'explore.sortTable': async ({ libraryId, ...params }) => {
      const library = libraries.get(libraryId);
      for (const given of [params.labels, params.confidences]) {
        if (given.length !== library.photos.length)
          throw invalidArgument('labels', 'one for each picture', given.length);
      }
      return await Promise.resolve(sortTable(library, params));
    },
    'explore.sortInto': ({ libraryId, ...params }, { signal, progress }) => {
      const library = libraries.get(libraryId);
      for (const { indices } of params.classes) assertInside(library, indices);
      return sortInto(library, params, { signal, onProgress: progress });
    },
    'explore.odd': ({ libraryId }, { signal, progress }) =>
      findOdd(libraries.get(libraryId), { signal, onProgress: progress }),
    ...generationHandlers(libraries, models),
    'explore.discard': ({ paths }, { signal }) => discard(paths, (path) => libraries.hold(path), signal),
  };
}

type GenerationCalls = 'explore.sample' | 'explore.between' | 'explore.directions' | 'explore.move';

function generationHandlers(libraries: Libraries, models: Models): Pick<Handlers, GenerationCalls> {
  return {
    'explore.sample': async ({ modelId, ...params }, { signal }) =>
      await samplePictures(await generatorOf(models, modelId), params, signal),
    'explore.between': async ({ libraryId, ...params }, { signal }) => {
      const library = libraries.get(libraryId);
      assertInside(library, [params.from, params.to]);
      return await picturesBetween(await generatorOf(models, library.modelId), library, params, signal);
    },
    'explore.directions': async ({ modelId }) => {
      const { deviations } = await directionsOf(await generatorOf(models, modelId));
      return { deviations: [...deviations] };
    },
    'explore.move': async ({ modelId, start, offsets }, { signal }) => {
      const model = await generatorOf(models, modelId);
      if (start === undefined) return await movedPicture(model, null, offsets, signal);
      if ('seed' in start) {
        return await movedPicture(model, drawFrom(model.prior, 1, start.seed, start.spread), offsets, signal);
      }
      const library = libraries.get(start.libraryId);
      assertInside(library, [start.index]);
      return await movedPicture(model, codeIn(library, start.index, modelId), offsets, signal);
    },
  };
}

function assertInside({ photos }: Library, indices: readonly number[]): void {
  const outside = indices.find((index) => index >= photos.length);
  if (outside !== undefined) throw invalidArgument('indices', `numbers below ${photos.length}`, outside);
}
