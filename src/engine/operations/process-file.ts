import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { encodePhoto, extensionOf, sameFormat } from '../../image/encode-photo.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import type { WorkOptions } from '../../ml/interfaces.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { ImageEncoding, Params } from '../../shared/params.ts';
import type { Photo, PhotoFormat } from '../../shared/photo.ts';
import { compressPhoto, decompressPel } from './compress-photo.ts';
import type { PhotoContent } from './compress-photo.ts';
import type { Models } from './models.ts';
import { noiseLevelOf } from './noise-level.ts';
import { denoisePhoto, restorePhoto } from './restore-photo.ts';
import type { ResolvedSettings } from './restore-photo.ts';
import { writeOutputs } from './write-outputs.ts';
import type { Output } from './write-outputs.ts';

type FileParams = Params<'file.process'>;

/** What one operation makes of one file, before anything is written. */
interface Made {
  outputs: Output[];
  /** The bytes whose size is told: the `.pel` where there is one. */
  counted: Uint8Array;
  photo: PhotoContent;
  sigma255: number | null;
  model: string;
  /** True where the counted bytes are a `.pel`. */
  isEncoded: boolean;
  bytesIn: number;
  modifiedMs?: number;
  notes: string[];
}

type Work = WorkOptions & { models: Models };

/**
 * Does one operation on one file on disk and writes what comes of it into a folder, all of it or nothing.
 * @throws {PellucidError} what reading, models and writing throw; nothing is left behind then
 */
export async function processFile(params: FileParams, models: Models, options: WorkOptions): Promise<FileOutcome> {
  const started = performance.now();
  const work = { ...options, models };
  const { operation, input, outDir, overwrite } = params;
  const made = operation === 'decompress' ? await decompressed(params, work) : await restored(params, work);
  options.signal?.throwIfAborted();
  await mkdir(outDir, { recursive: true }).catch((error: unknown) => {
    throw folderFailure(error, outDir);
  });
  const name = basename(input, extname(input));
  const dates = made.modifiedMs === undefined ? {} : { modifiedMs: made.modifiedMs };
  const outputs = await writeOutputs(outDir, name, made.outputs, { overwrite, ...dates });
  const { width, height } = made.photo.pixels;
  return {
    input,
    outputs,
    width,
    height,
    bytesIn: made.bytesIn,
    bytesOut: made.counted.length,
    bpp: made.isEncoded ? bitsPerPixel(made.counted.length, width, height) : null,
    sigma255: made.sigma255,
    model: made.model,
    seconds: (performance.now() - started) / 1000,
    notes: made.notes,
  };
}

async function restored(params: FileParams, work: Work): Promise<Made> {
  const { operation, settings, encoding } = params;
  const { signal, models } = work;
  const photo = await readPhoto(
    { path: params.input },
    { ...(signal && { signal }), ...(params.maxPixels === undefined ? {} : { maxPixels: params.maxPixels }) },
  );
  const resolved: ResolvedSettings = { ...settings, ...noiseLevelOf(photo.pixels, settings.sigma) };
  const { metadata } = encoding;
  const notes = [...photo.source.notes];
  const common = { sigma255: resolved.sigma255, bytesIn: photo.source.sizeBytes, notes, ...datesOf(photo) };
  if (operation === 'compress') {
    const codec = await models.codec(settings.modelId);
    const pel = await compressPhoto(photo, codec, { ...work, ...resolved, metadata });
    const outputs = [{ extension: '.pel', bytes: pel }];
    return { ...common, outputs, counted: pel, photo, model: codec.modelId, isEncoded: true };
  }
  const { pixels, modelId, pel } =
    operation === 'denoise'
      ? await denoisePhoto(photo.pixels, resolved, models, work)
      : await restorePhoto(photo, resolved, models, { ...work, metadata });
  const picture = await pictureOf({ ...photo, pixels }, encoding, photo.source.format, notes);
  const counted = pel ?? picture.bytes;
  const outputs = pel === null ? [picture] : [{ extension: '.pel', bytes: pel }, picture];
  return { ...common, outputs, counted, photo, model: modelId, isEncoded: pel !== null };
}

async function decompressed({ input, encoding }: FileParams, work: Work): Promise<Made> {
  const bytes = await readFile(input).catch((error: unknown) => {
    throw readFailure(error, input);
  });
  if (bytes.length === 0)
    throw new PellucidError('EMPTY_FILE', `${input} is empty; get a whole copy of it.`, { subject: input });
  const photo = await decompressPel(bytes, work.models, work).catch((error: unknown) => {
    throw naming(error, input);
  });
  const notes: string[] = [];
  const picture = await pictureOf(photo, encoding, 'png', notes);
  const { modifiedMs } = await modifiedOf(input);
  return {
    outputs: [picture],
    counted: bytes,
    photo,
    sigma255: photo.header.sigma255,
    model: photo.header.modelId,
    isEncoded: true,
    bytesIn: bytes.length,
    modifiedMs,
    notes,
  };
}

async function pictureOf(
  photo: PhotoContent,
  encoding: ImageEncoding,
  own: PhotoFormat,
  notes: string[],
): Promise<Output> {
  const format = encoding.format === 'same' ? sameFormat(own) : encoding.format;
  const { formatQuality, metadata } = encoding;
  const quality = formatQuality === undefined ? {} : { quality: formatQuality };
  const bytes = await encodePhoto(photo, { format, metadata, ...quality, onNote: (note) => notes.push(note) });
  return { extension: extensionOf(format), bytes };
}

function datesOf({ source }: Photo): { modifiedMs?: number } {
  return source.modifiedMs === undefined ? {} : { modifiedMs: source.modifiedMs };
}

async function modifiedOf(path: string): Promise<{ modifiedMs: number }> {
  return { modifiedMs: (await stat(path)).mtimeMs };
}

function readFailure(error: unknown, path: string): PellucidError {
  const { code, cause } = toPellucidError(error, path);
  const what = code === 'FILE_NOT_FOUND' ? 'There is no file' : 'Pellucid could not read';
  return new PellucidError(code, `${what} ${path}; check its name and that you may read it.`, { subject: path, cause });
}

function folderFailure(error: unknown, folder: string): PellucidError {
  const { code } = toPellucidError(error, folder);
  return new PellucidError(
    code === 'INTERNAL' ? 'WRITE_FAILED' : code,
    `The folder ${folder} could not be made; choose another one.`,
    {
      subject: folder,
      cause: error,
    },
  );
}

/** An error about bytes, told of the file that they came from. */
function naming(error: unknown, path: string): PellucidError {
  const { code, message } = toPellucidError(error, path);
  return new PellucidError(code, message.includes(path) ? message : `${path}: ${message}`, {
    subject: path,
    cause: error,
  });
}
