import { PellucidError } from '../../../src/shared/errors.ts';
import type { ImageSource } from '../../../src/shared/params.ts';
import type { PhotoFile } from './host.ts';

/** A file as bytes, for an engine that may not read it by path. Throws FILE_NOT_FOUND when it has gone meanwhile. */
export async function readBytes(file: PhotoFile): Promise<ImageSource> {
  const { name } = file;
  assertReadable(file);
  try {
    return { bytes: new Uint8Array(await file.arrayBuffer()), name };
  } catch (cause) {
    const message = `${name} cannot be read any more. It may have been moved or changed; add it again.`;
    throw new PellucidError('FILE_NOT_FOUND', message, { subject: name, cause });
  }
}

/**
 * A file in the place of its bytes, which the thread of the connection reads (see `worker-transport.ts`): reading tens of
 * megabytes here would keep the window from drawing.
 */
export function unreadBytes(file: PhotoFile): ImageSource {
  assertReadable(file);
  return { bytes: file as unknown as Uint8Array<ArrayBuffer>, name: file.name };
}

function assertReadable(file: PhotoFile): asserts file is File {
  if (file instanceof File) return;
  throw new PellucidError('FILE_NOT_FOUND', `${file.name} cannot be read by this page.`, { subject: file.name });
}
