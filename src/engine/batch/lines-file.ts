import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A file of JSON lines that is only ever appended to, so that a crash at any moment costs the last line at most: a line
 * that is cut off, or that makes no sense, is passed over. Several processes may append to one file.
 */
export class LinesFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  #readBytes = 0;
  #rest = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** What was appended since the last call, by anyone. */
  async readNew(): Promise<unknown[]> {
    const file = await this.#open();
    const values: unknown[] = [];
    const step = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await file.read(step, 0, step.length, this.#readBytes);
      if (bytesRead === 0) return values;
      this.#readBytes += bytesRead;
      const text = Buffer.concat([this.#rest, step.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(10) + 1;
      this.#rest = Buffer.from(text.subarray(end));
      for (const line of text.toString('utf8', 0, end).split('\n')) {
        const value = parseLine(line);
        if (value !== undefined) values.push(value);
      }
    }
  }

  /**
   * Appends lines, one after the other in the order of the calls.
   *
   * @param isDurable waits until the disk has them
   */
  append(values: readonly unknown[], isDurable: boolean): Promise<void> {
    // A line that a crash has cut off must not swallow the next one, so each one begins with a line feed of its own.
    const text = values.map((value) => `\n${JSON.stringify(value)}\n`).join('');
    const done = this.#writing.then(async () => {
      const file = await this.#open();
      await file.write(text);
      if (isDurable) await file.datasync();
    });
    this.#writing = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #open(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    await mkdir(dirname(this.#path), { recursive: true });
    this.#file = await open(this.#path, 'a+');
    return this.#file;
  }
}

function parseLine(line: string): unknown {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
