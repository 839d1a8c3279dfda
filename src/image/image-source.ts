import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PellucidError, codeOfSystemError } from '../shared/errors.ts';
import { identifyContent, signatureLength } from './signature.ts';
import type { PhotoFormat } from '../shared/photo.ts';

/** A picture to read: a file, or bytes that were dropped without a path. */
export type ImageSource = { path: string } | { bytes: Uint8Array; name: string };

/** A picture file in memory, known to be of a format that can be read. */
export interface LoadedSource {
  bytes: Uint8Array;
  format: PhotoFormat;
  /** File name without folder. */
  name: string;
  /** What messages call it: the path, or the name where there is none. */
  label: string;
  path?: string;
  modifiedMs?: number;
}

const maxFileBytes = 4 * 1024 ** 3;
const readStepBytes = 64 * 1024 ** 2;

/** What messages call a source. */
function labelOf(source: ImageSource): string {
  return 'path' in source ? source.path : source.name;
}

/**
 * Reads a whole picture file, once: header check and decoding see the same bytes, even if another program is writing
 * to the file, and a file that shrinks cannot bring the process down as a mapped one would.
 *
 * @throws {PellucidError} `FILE_NOT_FOUND`, `PERMISSION_DENIED`, `EMPTY_FILE`, `NOT_AN_IMAGE`, `FORMAT_UNSUPPORTED`,
 *   `IMAGE_TOO_LARGE`, `ABORTED`
 */
export async function loadSource(source: ImageSource, signal?: AbortSignal): Promise<LoadedSource> {
  const label = labelOf(source);
  if ('bytes' in source) {
    const { bytes, name } = source;
    return { bytes, format: assertPhotoContent(bytes, bytes.byteLength, label), name: basename(name), label };
  }
  const { path } = source;
  const { bytes, modifiedMs } = await readFileOnce(path, signal);
  const format = assertPhotoContent(bytes, bytes.byteLength, label);
  return { bytes, format, name: basename(path), label, path, modifiedMs };
}

/**
 * Tells the format of a picture file from its first bytes, without reading the rest.
 *
 * @throws {PellucidError} as {@link loadSource}
 */
export async function detectFormat(path: string): Promise<PhotoFormat> {
  const file = await openRegularFile(path);
  try {
    const { head, sizeBytes } = await readHead(file, path);
    return assertPhotoContent(head, sizeBytes, path);
  } finally {
    await file.close();
  }
}

async function readFileOnce(path: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; modifiedMs: number }> {
  const file = await openRegularFile(path);
  try {
    const { head, sizeBytes, modifiedMs } = await readHead(file, path);
    // A video of many gigabytes with a wrong name is refused from its first bytes.
    assertPhotoContent(head, sizeBytes, path);
    if (sizeBytes > maxFileBytes) {
      const message = `${path} has ${sizeBytes} bytes; files above ${maxFileBytes} bytes are not read. Save it with compression.`;
      throw new PellucidError('IMAGE_TOO_LARGE', message, { subject: path });
    }
    const bytes = new Uint8Array(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(bytes, filled, Math.min(readStepBytes, sizeBytes - filled), filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { bytes: bytes.subarray(0, filled), modifiedMs };
  } catch (error) {
    throw readFailure(error, path);
  } finally {
    await file.close();
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

async function openRegularFile(path: string): Promise<OpenFile> {
  try {
    // Opening a named pipe would wait for its writer, so the kind is looked up first.
    const stats = await stat(path);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'a folder' : 'a device or a pipe';
      const remedy = stats.isDirectory()
        ? 'Give the photos in it, or use a command that takes folders.'
        : 'Give a file.';
      throw new PellucidError('NOT_AN_IMAGE', `${path} is ${what} and not a picture. ${remedy}`, { subject: path });
    }
    return await open(path, 'r');
  } catch (error) {
    throw readFailure(error, path);
  }
}

async function readHead(
  file: OpenFile,
  path: string,
): Promise<{ head: Uint8Array; sizeBytes: number; modifiedMs: number }> {
  try {
    const { size, mtimeMs } = await file.stat();
    const head = new Uint8Array(Math.min(size, signatureLength));
    const { bytesRead } = await file.read(head, 0, head.byteLength, 0);
    return { head: head.subarray(0, bytesRead), sizeBytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    throw readFailure(error, path);
  }
}

/** An error of the file system as a sentence with a remedy; others are left as they are. */
export function readFailure(error: unknown, path: string): unknown {
  const code = codeOfSystemError(error);
  const details = { subject: path, cause: error };
  if (code === 'FILE_NOT_FOUND') {
    return new PellucidError(
      code,
      `${path} does not exist. Check the name, or whether it was moved or deleted.`,
      details,
    );
  }
  if (code === 'PERMISSION_DENIED') {
    return new PellucidError(code, `${path} may not be read. Change its permissions, or copy it elsewhere.`, details);
  }
  if (error instanceof Error && 'code' in error && error.code === 'EIO') {
    return new PellucidError('IMAGE_CORRUPT', `${path} cannot be read: the disk reports an error (EIO).`, details);
  }
  return error;
}

function assertPhotoContent(head: Uint8Array, sizeBytes: number, label: string): PhotoFormat {
  if (sizeBytes === 0) {
    const message = `${label} is empty (0 bytes). Copy it again from where it came from.`;
    throw new PellucidError('EMPTY_FILE', message, { subject: label });
  }
  const content = identifyContent(head);
  if (content.kind === 'photo') return content.format;
  if (content.kind === 'unsupported') {
    const message = `${label} is ${content.what}, which is not read. ${content.remedy}`;
    throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: label });
  }
  const message = `${label} is not a picture: it holds ${content.what}. Pictures are JPEG, PNG, WebP, AVIF, TIFF and GIF.`;
  throw new PellucidError('NOT_AN_IMAGE', message, { subject: label });
}
