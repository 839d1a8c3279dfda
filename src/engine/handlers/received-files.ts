import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFreeFile } from '../../image/write-file.ts';
import type { Handlers } from '../server/handlers.ts';

/**
 * Keeps files that a page in a browser has sent, for work that needs a folder: a page has no paths to give.
 * @param receivedFolder one folder in it for each group of files that belong together
 */
export function createReceiveHandler(receivedFolder: string): Handlers['files.receive'] {
  return async ({ group, name, bytes }) => {
    const folder = join(receivedFolder, group);
    await mkdir(folder, { recursive: true });
    // Only the last part of the name, so that no file leaves its folder.
    const safe = basename(name.replaceAll('\\', '/'));
    const dot = safe.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ''];
    await writeFreeFile(folder, stem === '..' || stem === '.' ? 'photo' : stem, extension, bytes);
    return { folder };
  };
}
