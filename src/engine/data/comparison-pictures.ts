import { basename, join } from 'node:path';
import { toExactSize } from '../../image/exact-size.ts';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhoto } from '../../image/read-photo.ts';
import type { Architecture, Manifest } from '../../ml/store/manifest.ts';
import type { ValidationPhoto } from '../../ml/training/patch-source.ts';
import { invalidArgument, isAborted, PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { readHeldOut, readRunConfig } from '../runs/run-folders.ts';
import { decodeRgb } from './decode-rgb.ts';
import { readIdxSet } from './idx-set.ts';
import { prepareData } from './prepare-data.ts';
import { centreCrop } from './rgb-photo.ts';
import { tooFewPhotos } from './usable-photos.ts';

/** Pictures on which two models are compared. */
export interface ComparisonPictures {
  /** 8 bits; RGB with sides a multiple of 16, or of the one size that the models take. */
  pictures: ValidationPhoto[];
  /** True for photos of a training without clean ones: their noise is part of them. */
  areNoisy: boolean;
}

interface Wanted {
  data: readonly string[] | undefined;
  limit: number | undefined;
  runsDir: string;
  signal: AbortSignal;
}

const croppedSidePx = 512;
const croppedMultiple = 16;
/** Where nothing else is asked for; of small pictures more, since they take no time. */
const usualPhotos = 12;
const usualPictures = 10_000;

/**
 * Pictures that a model has not learnt from: those that are named, else those that its run held out.
 * @throws {PellucidError} RUN_NOT_FOUND where the run that made the model is gone, EMPTY_FOLDER, INVALID_ARGUMENT for
 *   pictures of another size than the model's, ABORTED
 */
export async function comparisonPictures(manifest: Manifest, wanted: Wanted): Promise<ComparisonPictures> {
  const { data, limit, runsDir, signal } = wanted;
  if (data !== undefined)
    return { pictures: await namedPictures(manifest.architecture, data, wanted), areNoisy: false };
  const runDir = join(runsDir, manifest.id);
  const config = await configOf(manifest, runDir);
  const { preset, seed, patch, options = {} } = config;
  const heldOut = await readHeldOut(runDir);
  const { validation } = await prepareData(preset, config.data, {
    ...{ seed, patch, options, heldOut, signal },
    onSkipped: () => undefined,
  });
  return { pictures: validation.slice(0, limit), areNoisy: options.supervision === 'noisyOnly' };
}

/** What the run that made a model was started with. */
async function configOf({ id, architecture }: Manifest, runDir: string): Promise<Params<'train.start'>> {
  const config = await readRunConfig(runDir).catch(() => null);
  if (config?.preset === architecture.kind) return config;
  const message = `The run that made model ${id} is not in ${runDir}, so the photos that it held out are not known. Name photos that the model has not seen (--data).`;
  throw new PellucidError('RUN_NOT_FOUND', message, { subject: id });
}

async function namedPictures(
  architecture: Architecture,
  data: readonly string[],
  { limit, signal }: Wanted,
): Promise<ValidationPhoto[]> {
  if (architecture.kind === 'dense' || architecture.kind === 'variational') {
    const fromIdx = await idxPictures(architecture, data, limit ?? usualPictures);
    if (fromIdx !== null) return fromIdx;
    const exact = async (path: string) => await toExactSize((await readPhoto({ path })).pixels, architecture);
    return await readSome(data, limit ?? usualPictures, signal, exact);
  }
  return await readSome(data, limit ?? usualPhotos, signal, async (path) => ({
    ...centreCrop(await decodeRgb(path), croppedSidePx, croppedMultiple),
    channels: 3,
  }));
}

async function idxPictures(
  { width, height, channels }: { width: number; height: number; channels: 1 | 3 },
  data: readonly string[],
  limit: number,
): Promise<ValidationPhoto[] | null> {
  const set = await readIdxSet(data);
  if (set === null) return null;
  const { name, pictures, ...size } = set.test ?? set.training;
  if (size.width !== width || size.height !== height || channels !== 1)
    throw invalidArgument('data', `pictures of ${width} x ${height} x ${channels}`, `${size.width} x ${size.height}`);
  const length = width * height;
  return Array.from({ length: Math.min(limit, pictures.length / length) }, (_, index) => ({
    name: `${name} ${index}`,
    pixels: { width, height, channels, data: pictures.subarray(index * length, (index + 1) * length) },
  }));
}

/** The first photos of a sorted list that can be read and are large enough. */
async function readSome(
  data: readonly string[],
  limit: number,
  signal: AbortSignal,
  read: (path: string) => Promise<ValidationPhoto['pixels']>,
): Promise<ValidationPhoto[]> {
  const { files, skipped } = await listPhotos(data, { recursive: true, signal });
  const pictures: ValidationPhoto[] = [];
  for (const path of files) {
    if (pictures.length === limit) break;
    signal.throwIfAborted();
    try {
      const pixels = await read(path);
      if (pixels.width > 0 && pixels.height > 0) pictures.push({ name: basename(path), pixels });
    } catch (error) {
      // One that cannot be read is no reason not to compare on the others.
      if (isAborted(error)) throw error;
    }
  }
  if (pictures.length === 0) throw tooFewPhotos(data, 0, skipped);
  return pictures;
}
