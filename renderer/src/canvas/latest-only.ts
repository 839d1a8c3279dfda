/**
 * Runs one task at a time; of those that come meanwhile only the newest is kept. So a fast series of wishes never
 * piles up behind a slow answer, and the last wish is always met. A task that fails is over, and the next one runs.
 */
export class LatestOnly {
  #isBusy = false;
  #next: (() => Promise<void>) | null = null;

  run(task: () => Promise<void>): void {
    this.#next = task;
    if (!this.#isBusy) void this.#drain();
  }

  /** Forgets the task that has not begun. */
  clear(): void {
    this.#next = null;
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#next !== null) {
        const task = this.#next;
        this.#next = null;
        await task().catch(() => undefined);
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
