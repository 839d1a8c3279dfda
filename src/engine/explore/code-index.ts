import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileSafely } from '../../image/write-file.ts';
import { codeOfSystemError } from '../../shared/errors.ts';

/** What the model made of one photo. */
export interface PhotoCode {
  code: Float32Array;
  /** Of the restored photo at the size that the code was made at, in dB. */
  psnr: number;
  /** Bytes that its content takes, a measure of detail; null where the model makes no files. */
  detailBytes: number | null;
}

/** One photo as the index knows it. */
export interface IndexEntry extends PhotoCode {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  /** Of the file's bytes, in hexadecimal digits. */
  sha256: string;
}

export interface CodeIndex {
  /** Entries by their path. */
  entries: Map<string, IndexEntry>;
  /** True where an index was there that could not be read, so that it starts empty. */
  wasCorrupt: boolean;
}

/** Goes up when codes are computed in another way; it is in the file's name, so that an older one is no damaged one. */
const formatVersion = 2;

const indexSchema = z.object({
  formatVersion: z.literal(formatVersion),
  entries: z.array(
    z.object({
      path: z.string(),
      sizeBytes: z.number(),
      modifiedMs: z.number(),
      sha256: z.string().length(64),
      psnr: z.number(),
      detailBytes: z.number().nullable(),
      /** Little-endian float32 values in base64. */
      code: z.string(),
    }),
  ),
});

/** Path of the index of codes that one model has made. */
export function indexPath(dataFolder: string, modelId: string, weightsSha256: string): string {
  return join(dataFolder, 'explore', `${modelId}-${weightsSha256.slice(0, 12)}.v${formatVersion}.json`);
}

/**
 * Reads an index; one that is absent or damaged is empty.
 * @param codeLength numbers in a code
 */
export async function readIndex(path: string, codeLength: number): Promise<CodeIndex> {
  try {
    const { entries } = indexSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const decoded = entries.map((entry): IndexEntry => ({ ...entry, code: fromBase64(entry.code, codeLength) }));
    return { entries: new Map(decoded.map((entry) => [entry.path, entry])), wasCorrupt: false };
  } catch (error) {
    return { entries: new Map(), wasCorrupt: codeOfSystemError(error) !== 'FILE_NOT_FOUND' };
  }
}

/** Writes an index whole or not at all. Throws what `writeFileSafely` throws. */
export async function writeIndex(path: string, entries: Iterable<IndexEntry>): Promise<void> {
  const encoded = Array.from(entries, (entry) => ({
    ...entry,
    code: Buffer.from(entry.code.buffer, entry.code.byteOffset, entry.code.byteLength).toString('base64'),
  }));
  await writeFileSafely(path, Buffer.from(JSON.stringify({ formatVersion, entries: encoded })), { overwrite: true });
}

/** Takes out the photos that are no longer on the disk, and says how many. */
export async function dropRemoved(entries: Map<string, IndexEntry>): Promise<number> {
  let removed = 0;
  for (const path of entries.keys()) {
    const isThere = await access(path).then(
      () => true,
      (error: unknown) => codeOfSystemError(error) !== 'FILE_NOT_FOUND',
    );
    if (!isThere && entries.delete(path)) removed += 1;
  }
  return removed;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function fromBase64(text: string, codeLength: number): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length !== 4 * codeLength) throw new Error('The code has another length.');
  return new Float32Array(bytes.buffer);
}
