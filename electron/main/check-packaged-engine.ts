import { app } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFiles, type FileHashes } from '../../src/engine-client/engine-files.ts';

/**
 * Compares the engine's files, which lie outside the app's archive, with the list inside it; the archive is protected
 * by Electron's own integrity check. In a checkout there is nothing to compare with.
 * @throws {PellucidError} ENGINE_START_FAILED
 */
export async function checkPackagedEngine(listFile = packagedList): Promise<void> {
  if (!app.isPackaged) return;
  const expected = JSON.parse(await readFile(listFile, 'utf8')) as FileHashes;
  await checkFiles(path.join(process.resourcesPath, 'engine'), expected);
}

/** As seen from the build: `dist/electron/main/main.js`. */
const packagedList = fileURLToPath(new URL('../../engine-files.json', import.meta.url));
