import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const maxBytes = 1024 * 1024;
const keptFiles = 3;

/**
 * A log on disk that never grows beyond some megabytes and says nothing about the person: `engine.log` is the newest,
 * `engine.1.log` the one before. What cannot be written is dropped.
 * @param folder made where it is not there
 */
export class RotatingLog {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, limitBytes = maxBytes) {
    this.#folder = folder;
    this.#maxBytes = limitBytes;
  }

  /** Adds text as the engine writes it, without what is private in it. */
  write(text: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      if (this.#sizeBytes() > this.#maxBytes) this.#rotate();
      appendFileSync(this.#fileOf(0), withoutPrivateData(text), { mode: 0o600 });
    } catch {
      // A full disk must not stop the work that is logged.
    }
  }

  #fileOf(age: number): string {
    return path.join(this.#folder, age === 0 ? 'engine.log' : `engine.${age}.log`);
  }

  #sizeBytes(): number {
    return statSync(this.#fileOf(0), { throwIfNoEntry: false })?.size ?? 0;
  }

  #rotate(): void {
    for (let age = keptFiles - 2; age >= 0; age--) {
      if (statSync(this.#fileOf(age), { throwIfNoEntry: false }) !== undefined)
        renameSync(this.#fileOf(age), this.#fileOf(age + 1));
    }
  }
}

/**
 * Text without file names, and without the places of the person's files. In the lines of a stack, places in the
 * program itself are kept from its own folders on; everywhere else a line ends where a path begins, because a path may
 * hold spaces and nothing tells where it ends.
 */
export function withoutPrivateData(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s+at /.test(line) ? shortFrame(line) : withoutPaths(line)))
    .join('\n');
}

function shortFrame(line: string): string {
  const frame = /^(\s+at )(?:async )?(?:(.*?) \()?.*?((?:dist|src|node_modules|node:)[/\w].*?:\d+:\d+)\)?$/.exec(line);
  if (frame === null) return '    at <elsewhere>';
  const [, at = '', name, place = ''] = frame;
  return name === undefined ? `${at}${place}` : `${at}${name} (${place})`;
}

function withoutPaths(line: string): string {
  return line
    .replace(/(file:\/\/|[A-Za-z]:[\\/]|\\\\|(?<![\w<])\/(?=[^\s/])|~\/).*$/, '<path>')
    .replace(/(["'“‘`]).+?\1/g, '<text>')
    .replace(/\S*\.(jpe?g|png|webp|avif|tiff?|pel|zip|gif|heic|txt|csv|npy)\b/gi, '<file>');
}
