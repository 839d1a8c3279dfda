import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fuseSentinel } from './fuses.mjs';

/**
 * Writes an empty shell of an Electron for Linux, which electron-builder takes for one: a program that says what it is,
 * with fuses that can be set and read.
 * @param {string} folder
 * @returns {Promise<string>} the folder
 */
export async function writeStandIn(folder) {
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  const script = '#!/bin/sh\necho "This is a stand-in for Electron: there is no window." >&2\nexit 1\n';
  const fuses = Buffer.concat([Buffer.from(fuseSentinel), Buffer.from([1, 9]), Buffer.from('101100110')]);
  await writeFile(path.join(folder, 'electron'), Buffer.concat([Buffer.from(script), fuses]));
  await chmod(path.join(folder, 'electron'), 0o755);
  await writeFile(path.join(folder, 'LICENSE'), 'A stand-in for Electron.\n');
  await writeFile(path.join(folder, 'version'), '0.0.0');
  return folder;
}
