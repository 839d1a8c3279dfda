import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileSafely } from './safe-write.ts';

/** A small value that the app keeps between runs, in a file that is always whole. */
export class StoredJson {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** What was kept; undefined where there is nothing, or nothing that can be read. It is not to be trusted. */
  read(): unknown {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Keeps a value. That it cannot be kept is no reason to stop anything. */
  write(value: unknown): void {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    this.#writing = this.#writing
      .then(() => {
        mkdirSync(path.dirname(this.#file), { recursive: true });
        return writeFileSafely(this.#file, bytes);
      })
      .catch(() => undefined);
  }

  /** Resolves when everything is on the disk. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
