import { app } from 'electron';
import path from 'node:path';
import type { StoredJson } from './stored-json.ts';

const mostFiles = 10;

/**
 * The files that were opened last, the newest first: for the menu, and for the lists that macOS and Windows keep
 * themselves.
 */
export class RecentFiles {
  readonly #store: StoredJson;
  readonly #changed: () => void;
  #files: string[];

  constructor(store: StoredJson, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
    const kept = store.read();
    const isPath = (file: unknown): file is string => typeof file === 'string' && path.isAbsolute(file);
    this.#files = Array.isArray(kept) ? kept.filter(isPath).slice(0, mostFiles) : [];
  }

  get files(): readonly string[] {
    return this.#files;
  }

  add(files: readonly string[]): void {
    if (files.length === 0) return;
    for (const file of files) app.addRecentDocument(file);
    this.#keep([...new Set([...files.toReversed(), ...this.#files])].slice(0, mostFiles));
  }

  clear(): void {
    app.clearRecentDocuments();
    this.#keep([]);
  }

  #keep(files: string[]): void {
    this.#files = files;
    this.#store.write(files);
    this.#changed();
  }
}
