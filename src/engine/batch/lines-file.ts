import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOfSystemError } from '../../shared/errors.ts';

/**
 * A file of JSON lines that is only ever appended to, so that a crash at any moment costs the last line at most: a line
 * that is cut off, or that makes no sense, is passed over. Several processes may append to one file.
 */
export class LinesFile {
  readonly #path: string;
  #readBytes = 0;
  #rest = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** What was appended since the last call, by anyone. */
  async readNew(): Promise<unknown[]> {
    const file = await open(this.#path, 'r').catch(noneYet);
    if (file === null) return [];
    const values: unknown[] = [];
    const step = Buffer.alloc(1 << 18);
    try {
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
    } finally {
      await file.close();
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
      await mkdir(dirname(this.#path), { recursive: true });
      await appendFile(this.#path, text, { flush: isDurable });
    });
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all that was appended is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }
}

function noneYet(error: unknown): null {
  if (codeOfSystemError(error) === 'FILE_NOT_FOUND') return null;
  throw error;
}

function parseLine(line: string): unknown {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
