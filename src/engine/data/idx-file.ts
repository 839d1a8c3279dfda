import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { readRegularFile } from './regular-file.ts';

/** An array of bytes of an IDX file, the format of MNIST (http://yann.lecun.com/exdb/mnist). */
export interface IdxArray {
  /** Sizes, slowest first: [count, height, width] for pictures, [count] for labels. */
  shape: number[];
  data: Uint8Array;
}

/** The file format's code of unsigned bytes. */
const unsignedByte = 8;
const maxBytes = 2 ** 31;

/**
 * Reads an IDX file of bytes, plain or compressed with gzip.
 *
 * @throws {PellucidError} `FILE_NOT_FOUND` and the like; `IMAGE_CORRUPT` for a file that is no IDX file or breaks off,
 *   `FORMAT_UNSUPPORTED` for one that does not hold bytes, `IMAGE_TOO_LARGE`
 */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await contentOf(path);
  const dimensions = bytes[3] ?? 0;
  const headerLength = 4 + 4 * dimensions;
  if (bytes.length < headerLength || bytes[0] !== 0 || bytes[1] !== 0 || dimensions === 0) {
    throw corrupt(path, 'is not an IDX file');
  }
  if (bytes[2] !== unsignedByte) {
    const message = `${path} holds numbers of another type than bytes. Convert it to unsigned bytes.`;
    throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: path });
  }
  const shape = Array.from({ length: dimensions }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== headerLength + size)
    throw corrupt(path, `names ${size} values and has ${bytes.length - headerLength}`);
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + headerLength, size) };
}

async function contentOf(path: string): Promise<Buffer> {
  const bytes = await readRegularFile(path).catch((error: unknown) => {
    throw toPellucidError(error, path);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw corrupt(path, 'cannot be decompressed', error);
  }
}

function corrupt(path: string, fault: string, cause?: unknown): PellucidError {
  const message = `${path} ${fault}. Get the file again.`;
  return new PellucidError('IMAGE_CORRUPT', message, { subject: path, cause });
}
