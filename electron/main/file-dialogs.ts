import { app, dialog, type BrowserWindow } from 'electron';
import path from 'node:path';
import type { ChosenFile, DesktopSaveOutcome } from '../../src/shared/desktop-bridge.ts';
import { codeOfSystemError, PellucidError, toErrorPayload } from '../../src/shared/errors.ts';
import { toFileName } from './file-names.ts';
import { writeFileSafely } from './safe-write.ts';

/** The photos that the engine reads, and its own files. */
const photoFilter = {
  name: 'Photos',
  extensions: ['jpg', 'jpeg', 'png', 'webp', 'avif', 'tif', 'tiff', 'pel'],
};

/** Asks for photos; empty when the person chose none. */
export async function choosePhotos(window: BrowserWindow): Promise<ChosenFile[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile', 'multiSelections'],
    filters: [photoFilter, { name: 'All files', extensions: ['*'] }],
  });
  return canceled ? [] : filePaths.map(toChosenFile);
}

/** Asks for a folder for results, which can be made in the dialog; null when the person chose none. */
export async function chooseOutputFolder(window: BrowserWindow): Promise<ChosenFile | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openDirectory', 'createDirectory'],
  });
  return canceled || filePaths[0] === undefined ? null : toChosenFile(filePaths[0]);
}

/** Asks where to save, and saves there. The dialog asks before it replaces a file. */
export async function saveWithDialog(
  window: BrowserWindow,
  bytes: Uint8Array,
  suggestedName: string,
): Promise<DesktopSaveOutcome> {
  const defaultPath = path.join(app.getPath('pictures'), toFileName(suggestedName));
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath });
  if (canceled || filePath === '') return { saved: false, where: '' };
  try {
    await writeFileSafely(filePath, bytes);
    return { saved: true, where: filePath };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${filePath} could not be written (${reason}). Choose another place, or make room there.`;
    const code = codeOfSystemError(error) ?? 'WRITE_FAILED';
    return { saved: false, where: '', error: toErrorPayload(new PellucidError(code, message, { subject: filePath })) };
  }
}

export function toChosenFile(file: string): ChosenFile {
  return { path: file, name: path.basename(file) };
}
