import type { BrowserWindow } from 'electron';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { ChosenFile, ResultsFolderAction } from '../../src/shared/desktop-bridge.ts';
import { chooseOutputFolder, toChosenFile } from './file-dialogs.ts';
import type { StoredJson } from './stored-json.ts';

/** The folder that results go to without being asked for, as the person has chosen it; kept between runs. */
export class ResultsFolder {
  readonly #store: StoredJson;
  readonly #allow: (folder: string) => void;
  #folder: string | null;

  /** @param allow lets the window write to a folder */
  constructor(store: StoredJson, allow: (folder: string) => void) {
    this.#store = store;
    this.#allow = allow;
    const kept = store.read();
    this.#folder = typeof kept === 'string' && path.isAbsolute(kept) ? kept : null;
  }

  /** What there is after the action: null where results stay in the app. */
  async do(action: ResultsFolderAction, window: BrowserWindow): Promise<ChosenFile | null> {
    if (action === 'forget') this.#keep(null);
    if (action === 'choose') this.#keep((await chooseOutputFolder(window))?.path ?? this.#folder);
    // One on a disk that is not there now is kept for when it is.
    if (this.#folder === null || !isFolder(this.#folder)) return null;
    this.#allow(this.#folder);
    return toChosenFile(this.#folder);
  }

  #keep(folder: string | null): void {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#store.write(folder);
  }
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
