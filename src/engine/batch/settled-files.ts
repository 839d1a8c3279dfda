import { stat } from 'node:fs/promises';

/**
 * Tells when a file is complete: it has kept its size and its time of change for a while. Each state of a file is given
 * out once, so that a file that changes is taken again.
 */
export class SettledFiles {
  readonly #quietMs: number;
  readonly #seen = new Map<string, { stamp: string; sinceMs: number; isTaken: boolean }>();

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /**
   * True the first time that the file was left alone for long enough. Throws what the system says about a file that is
   * not there.
   *
   * @param nowMs milliseconds on any clock that only goes forward
   */
  async take(path: string, nowMs = performance.now()): Promise<boolean> {
    const { size, mtimeMs, ino } = await stat(path);
    const stamp = `${size} ${mtimeMs} ${ino}`;
    const known = this.#seen.get(path);
    if (known?.stamp !== stamp) {
      this.#seen.set(path, { stamp, sinceMs: nowMs, isTaken: false });
      return false;
    }
    if (known.isTaken || nowMs - known.sinceMs < this.#quietMs) return false;
    known.isTaken = true;
    return true;
  }
}
