import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { looksLikePel } from '../../codec/pel-format.ts';
import type { PelHeader } from '../../codec/pel-format.ts';
import type { ImageSource } from '../../image/image-source.ts';
import type { WorkOptions } from '../../ml/interfaces.ts';
import type { Photo } from '../../shared/photo.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { refuseDevice } from '../data/regular-file.ts';
import { decompressPel } from './compress-photo.ts';
import { loadFile } from './file-work.ts';
import { latentPicture } from './latent-picture.ts';
import type { Models } from './models.ts';

/** A `.pel` file that was opened to be looked at. */
export interface OpenedPel {
  /** What it holds; its source is the `.pel` itself, and PNG the format that it is saved in unless another is wanted. */
  photo: Photo;
  header: PelHeader;
  pel: Uint8Array;
  latent: Pixels;
}

/** Whether a file begins as a `.pel` does. A file that cannot be read is none: reading it as a photo tells why. */
export async function isPel(source: ImageSource): Promise<boolean> {
  if ('bytes' in source) return looksLikePel(source.bytes);
  return beginsLikePel(source.path).catch(() => false);
}

/** Whether the file at a path begins as a `.pel` does. Throws what the file system throws. */
export async function beginsLikePel(path: string): Promise<boolean> {
  await refuseDevice(path);
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(16);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return looksLikePel(head.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/**
 * Reads and decodes a `.pel` file.
 *
 * @throws {PellucidError} `PEL_CORRUPT`, `PEL_VERSION_UNSUPPORTED`, `MODEL_NOT_FOUND`, what reading a file throws,
 *   `ABORTED`
 */
export async function openPel(source: ImageSource, models: Models, work: WorkOptions): Promise<OpenedPel> {
  const { bytes: pel, label, modifiedMs } = await loadFile('decompress', source, work.signal);
  const { header, pixels, alpha, metadata, latent } = await decompressPel(pel, models, work);
  const origin = {
    format: 'png' as const,
    name: basename(label),
    sizeBytes: pel.length,
    bitDepth: header.bitDepth,
    notes: [],
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
  };
  const photo = { pixels, metadata, source: origin, ...(alpha === undefined ? {} : { alpha }) };
  return { photo, header, pel, latent: latentPicture(latent) };
}
