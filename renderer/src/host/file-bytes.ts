import { PellucidError } from '../../../src/shared/errors.ts';
import type { ImageSource } from '../../../src/shared/params.ts';
import type { PhotoFile } from './host.ts';

/** A file as bytes, for an engine that may not read it by path. Throws FILE_NOT_FOUND when it has gone meanwhile. */
export async function readBytes(file: PhotoFile): Promise<ImageSource> {
  const { name } = file;
  if (!(file instanceof File)) {
    throw new PellucidError('FILE_NOT_FOUND', `${name} cannot be read by this page.`, { subject: name });
  }
  try {
    return { bytes: new Uint8Array(await file.arrayBuffer()), name };
  } catch (cause) {
    const message = `${name} cannot be read any more. It may have been moved or changed; add it again.`;
    throw new PellucidError('FILE_NOT_FOUND', message, { subject: name, cause });
  }
}
