import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelKind, Progress } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { LibrarySummary } from '../../shared/explore.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { readIdxPictures } from '../data/idx-set.ts';
import type { Models } from '../operations/models.ts';
import type { PhotoCode } from './code-index.ts';
import { indexPhotos } from './index-photos.ts';
import { autoencoderCodes, createPhotoEncoder } from './photo-encoder.ts';
import { createThumbnails, squareOf } from './thumbnails.ts';

/** One picture of a library. */
export interface LibraryPhoto extends Omit<PhotoCode, 'code'> {
  name: string;
  /** Its file; null for a picture of an IDX file. */
  path: string | null;
  /** Of the file; 0 where there is none. */
  sizeBytes: number;
  /** What an IDX file says that it shows; null where nothing is said. */
  label: number | null;
}

/** Pictures with their codes, as one model sees them. */
export interface Library {
  libraryId: string;
  modelId: string;
  kind: ModelKind;
  codeLength: number;
  photos: LibraryPhoto[];
  /** [photos, codeLength] */
  codes: Float32Array;
  /** A square of a picture, RGB. */
  thumbnail(index: number, side: number): Promise<Pixels>;
}

export interface ExploreContext {
  models: Models;
  dataFolder: string;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** What opening a library has to say beside its pictures. */
export type Opening = Pick<LibrarySummary, 'computed' | 'removed' | 'wasRebuilt' | 'skipped'>;

/** Pictures of an IDX file between two looks at the event loop. */
const picturesAtOnce = 1024;
const mostLibraries = 2;

/** The libraries that were opened last. */
export class Libraries {
  readonly #open = new Map<string, Library>();

  add(library: Library): void {
    this.#open.set(library.libraryId, library);
    for (const id of this.#open.keys()) if (this.#open.size > mostLibraries) this.#open.delete(id);
  }

  /** Whether one of them has a picture with this file. */
  hold(path: string): boolean {
    return [...this.#open.values()].some(({ photos }) => photos.some((photo) => photo.path === path));
  }

  /** Throws INVALID_ARGUMENT for one that is not open. */
  get(libraryId: string): Library {
    const library = this.#open.get(libraryId);
    if (library !== undefined) return library;
    const message = 'These photos are no longer open in the engine. Index them again; what was computed is kept.';
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: libraryId });
  }
}

/**
 * Opens photos, folders of them, or IDX files as a library, computing the codes that are not known yet.
 * @throws {PellucidError} as {@link indexPhotos} and {@link createPhotoEncoder}; MODEL_KIND_MISMATCH for IDX files and a
 *   model of photos
 */
export async function openLibrary(
  { data, modelId }: { data: readonly string[]; modelId?: string | undefined },
  context: ExploreContext,
): Promise<{ library: Library; opening: Opening }> {
  const idx = await readIdxPictures(data);
  if (idx !== null) return await openIdxLibrary(idx, modelId, context);
  const encoder = await createPhotoEncoder(context.models, modelId);
  const thumbnails = createThumbnails(context.dataFolder);
  const { entries, ...opening } = await indexPhotos(data, { ...context, encoder, thumbnails });
  const library: Library = {
    libraryId: randomUUID(),
    ...{ modelId: encoder.modelId, kind: encoder.kind, codeLength: encoder.codeLength },
    photos: entries.map(({ path, sizeBytes, psnr, detailBytes }) => ({
      ...{ name: basename(path), path, sizeBytes, psnr, detailBytes },
      label: null,
    })),
    codes: joined(entries, encoder.codeLength),
    thumbnail: (index, side) => thumbnails.read(entries[index] ?? outside(index), side),
  };
  return { library, opening };
}

type IdxPictures = NonNullable<Awaited<ReturnType<typeof readIdxPictures>>>;

async function openIdxLibrary(
  { width, height, pictures, labels }: IdxPictures,
  modelId: string | undefined,
  { models, signal, onProgress }: ExploreContext,
): Promise<{ library: Library; opening: Opening }> {
  const autoencoder = await models.autoencoder(modelId);
  const { channels, codeLength, kind } = autoencoder;
  if (autoencoder.width !== width || autoencoder.height !== height || channels !== 1) {
    const message = `Model ${autoencoder.modelId} takes pictures of ${autoencoder.width} x ${autoencoder.height} x ${channels}, and these have ${width} x ${height} x 1. Choose a model that was trained on such pictures.`;
    throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: autoencoder.modelId });
  }
  const size = width * height;
  const total = pictures.length / size;
  const made: PhotoCode[] = [];
  for (let first = 0; first < total; first += picturesAtOnce) {
    signal.throwIfAborted();
    const some = pictures.subarray(first * size, Math.min(total, first + picturesAtOnce) * size);
    made.push(...(await autoencoderCodes(autoencoder, some, signal)));
    onProgress({ stage: 'index', completed: made.length, total, unit: 'photos', etaSeconds: null });
  }
  const library: Library = {
    libraryId: randomUUID(),
    ...{ modelId: autoencoder.modelId, kind, codeLength },
    photos: made.map(({ psnr, detailBytes }, index) => ({
      ...{ name: `${index}`, path: null, sizeBytes: 0, psnr, detailBytes },
      label: labels?.[index] ?? null,
    })),
    codes: joined(made, codeLength),
    thumbnail: (index, side) => {
      const data = pictures.subarray(index * size, (index + 1) * size);
      return squareOf({ width, height, channels: 1, data }, side);
    },
  };
  const opening = { computed: total, removed: 0, wasRebuilt: false, skipped: [] };
  return { library, opening };
}

function joined(made: readonly Pick<PhotoCode, 'code'>[], length: number): Float32Array {
  const codes = new Float32Array(made.length * length);
  made.forEach(({ code }, index) => codes.set(code, index * length));
  return codes;
}

function outside(index: number): never {
  throw new PellucidError('INVALID_ARGUMENT', `There is no photo ${index} in this library.`, { subject: `${index}` });
}

/** What callers are told of a library. */
export function summaryOf(library: Library, opening: Opening): LibrarySummary {
  const { libraryId, modelId, kind, codeLength, photos } = library;
  const hasLabels = photos.some(({ label }) => label !== null);
  return {
    ...{ libraryId, modelId, kind, codeLength },
    names: photos.map(({ name }) => name),
    paths: photos.every(({ path }) => path !== null) ? photos.map(({ path }) => path ?? '') : null,
    sizes: photos.map(({ sizeBytes }) => sizeBytes),
    labels: hasLabels ? photos.map(({ label }) => label ?? -1) : null,
    ...opening,
  };
}
