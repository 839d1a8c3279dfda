import { basename } from 'node:path';
import { stat } from 'node:fs/promises';
import { readPel } from '../../codec/read-pel.ts';
import { encodePhoto, extensionOf, sameFormat } from '../../image/encode-photo.ts';
import { loadSource, readFailure } from '../../image/image-source.ts';
import type { ImageSource, LoadedSource } from '../../image/image-source.ts';
import { decodePhoto } from '../../image/read-photo.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import type { WorkOptions } from '../../ml/interfaces.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { BatchJob, ImageEncoding, Operation } from '../../shared/params.ts';
import type { Photo, PhotoFormat, PhotoHeader } from '../../shared/photo.ts';
import { decompressPel } from './compress-photo.ts';
import type { PhotoContent } from './compress-photo.ts';
import type { Models } from './models.ts';
import { noiseLevelOf } from './noise-level.ts';
import { compressTo, denoisePhoto, restorePhoto } from './restore-photo.ts';
import type { ResolvedSettings } from './restore-photo.ts';
import type { Output } from './write-outputs.ts';
import { readRegularFile } from '../data/regular-file.ts';

/**
 * One operation on one file, in the four steps that a batch overlaps: load the bytes, decode them, compute, encode. The
 * one path for a single file, a batch, the window's queue and the command line.
 */
export type FileJob = Pick<BatchJob, 'operation' | 'settings' | 'encoding' | 'maxPixels'>;

/** The bytes of a file; `photo` where they are a picture and no `.pel`. */
export interface LoadedFile {
  bytes: Uint8Array;
  /** What messages call it. */
  label: string;
  modifiedMs: number | undefined;
  photo: LoadedSource | null;
}

/** A file that is ready for its computation. */
export type DecodedFile =
  { kind: 'photo'; photo: Photo; bytesIn: number } | { kind: 'pel'; bytes: Uint8Array; label: string };

/** What the computation made, before the picture is encoded. */
export interface ComputedFile {
  width: number;
  height: number;
  pel: Uint8Array | null;
  /** The picture that is to be written; null where there is none. */
  picture: PhotoContent | null;
  /** Format of the photo, for the encoding `same`. */
  format: PhotoFormat;
  bytesIn: number;
  sigma255: number | null;
  model: string;
  notes: string[];
}

/** What is to be written, `.pel` first, and what is told of it. */
export interface EncodedFile {
  outputs: Output[];
  /** All of the outcome but where the files are and how long it took. */
  about: Omit<FileOutcome, 'input' | 'outputs' | 'seconds'>;
}

/**
 * Reads the bytes of a file.
 *
 * @throws {PellucidError} `FILE_NOT_FOUND`, `PERMISSION_DENIED`, `EMPTY_FILE`; for photos also `NOT_AN_IMAGE`,
 *   `FORMAT_UNSUPPORTED`, `IMAGE_TOO_LARGE`; `ABORTED`
 */
export async function loadFile(operation: Operation, source: ImageSource, signal?: AbortSignal): Promise<LoadedFile> {
  if (operation !== 'decompress') {
    const photo = await loadSource(source, signal);
    return { bytes: photo.bytes, label: photo.label, modifiedMs: photo.modifiedMs, photo };
  }
  if ('bytes' in source) {
    return { bytes: source.bytes, label: basename(source.name), modifiedMs: undefined, photo: null };
  }
  const { path } = source;
  try {
    const { mtimeMs } = await stat(path);
    const bytes = await readRegularFile(path, signal);
    if (bytes.length > 0) return { bytes, label: path, modifiedMs: mtimeMs, photo: null };
  } catch (error) {
    throw toPellucidError(readFailure(error, path), path);
  }
  throw new PellucidError('EMPTY_FILE', `${path} is empty; get a whole copy of it.`, { subject: path });
}

/** What decides how much memory a picture takes. */
export type PictureSize = Pick<PhotoHeader, 'width' | 'height' | 'channels' | 'bitDepth'>;

/** Decodes the file where it is a photo. Throws as `decodePhoto`. */
export async function decodeFile(
  loaded: LoadedFile,
  { maxPixels }: FileJob,
  options: { signal?: AbortSignal; beforeDecode?: (size: PictureSize) => Promise<void> },
): Promise<DecodedFile> {
  const { photo, bytes, label } = loaded;
  if (photo === null) {
    await options.beforeDecode?.(named(() => readPel(bytes), label).header);
    return { kind: 'pel', bytes, label };
  }
  const limit = maxPixels === undefined ? {} : { maxPixels };
  return { kind: 'photo', photo: await decodePhoto(photo, { ...options, ...limit }), bytesIn: bytes.length };
}

/**
 * Denoises, compresses or decompresses.
 *
 * @throws {PellucidError} what models and computations throw, `ABORTED`
 */
export async function computeFile(
  file: DecodedFile,
  job: FileJob,
  models: Models,
  work: WorkOptions,
): Promise<ComputedFile> {
  if (file.kind === 'pel') return decompressed(file, models, work);
  const { photo, bytesIn } = file;
  const { operation, settings, encoding } = job;
  const { width, height } = photo.pixels;
  const resolved: ResolvedSettings = { ...settings, ...noiseLevelOf(photo.pixels, settings.sigma) };
  const notes = [...photo.source.notes];
  const { format } = photo.source;
  const common = { width, height, format, bytesIn, sigma255: resolved.sigma255, notes };
  const { metadata } = encoding;
  if (operation === 'compress') {
    const { pel, modelId: model } = await compressTo(photo, resolved, models, { ...work, metadata });
    return { ...common, pel, picture: null, model };
  }
  const { pixels, modelId, pel } =
    operation === 'denoise'
      ? await denoisePhoto(photo.pixels, resolved, models, work)
      : await restorePhoto(photo, resolved, models, { ...work, metadata });
  return { ...common, pel, picture: { ...photo, pixels }, model: modelId };
}

async function decompressed(
  { bytes, label }: Extract<DecodedFile, { kind: 'pel' }>,
  models: Models,
  work: WorkOptions,
): Promise<ComputedFile> {
  const { header, pixels, alpha, metadata } = await decompressPel(bytes, models, work).catch((error: unknown) => {
    throw naming(error, label);
  });
  const { width, height, sigma255, modelId: model } = header;
  const picture = { pixels, metadata, ...(alpha && { alpha }) };
  const format = 'png' as const;
  return { width, height, format, pel: bytes, picture, bytesIn: bytes.length, sigma255, model, notes: [] };
}

/** Encodes the picture as the job says. Throws as `encodePhoto`. */
export async function encodeFile(
  { pel, picture, format, notes, ...computed }: ComputedFile,
  { operation, encoding }: FileJob,
  signal?: AbortSignal,
): Promise<EncodedFile> {
  const outputs: Output[] = pel === null || operation === 'decompress' ? [] : [{ extension: '.pel', bytes: pel }];
  const told = [...notes];
  if (picture !== null) outputs.push(await pictureOf(picture, encoding, format, told, signal));
  const bytesOut = outputs[0]?.bytes.length ?? 0;
  const bpp = pel === null ? null : bitsPerPixel(pel.length, computed.width, computed.height);
  const quality = pel === null ? null : readPel(pel).header.quality;
  return { outputs, about: { ...computed, bytesOut, bpp, quality, notes: told } };
}

async function pictureOf(
  picture: PhotoContent,
  { format: wanted, formatQuality, ...encoding }: ImageEncoding,
  own: PhotoFormat,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<Output> {
  const format = wanted === 'same' ? sameFormat(own) : wanted;
  const bytes = await encodePhoto(picture, {
    ...encoding,
    format,
    ...(formatQuality === undefined ? {} : { quality: formatQuality }),
    ...(signal && { signal }),
    onNote: (note) => notes.push(note),
  });
  return { extension: extensionOf(format), bytes };
}

function named<T>(read: () => T, label: string): T {
  try {
    return read();
  } catch (error) {
    throw naming(error, label);
  }
}

/** An error about bytes, told of the file that they came from. */
function naming(error: unknown, label: string): PellucidError {
  const { code, message } = toPellucidError(error, label);
  const options = { subject: label, cause: error };
  return new PellucidError(code, message.includes(label) ? message : `${label}: ${message}`, options);
}
