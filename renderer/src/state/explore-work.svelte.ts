import type { Progress } from '../../../src/shared/contract.ts';
import { isAborted, toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';

interface WorkOptions {
  signal: AbortSignal;
  onEvent: (event: { type: 'progress'; progress: Progress }) => void;
}

/** One piece of work of the engine at a time, with its progress, its cancelling and what went wrong. */
export class ExploreWork {
  #abort: AbortController | null = null;
  #isBusy = $state(false);
  #progress = $state.raw<Progress | null>(null);
  #error = $state.raw<PellucidError | null>(null);

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  /** Does something; work that was begun before is cancelled. A failure is kept to be shown. */
  async do(action: (options: WorkOptions) => Promise<unknown>): Promise<void> {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    this.#isBusy = true;
    this.#progress = null;
    this.#error = null;
    try {
      await action({
        signal: abort.signal,
        onEvent: ({ progress }) => {
          if (this.#abort === abort) this.#progress = progress;
        },
      });
    } catch (error) {
      if (!isAborted(error) && this.#abort === abort) this.#error = toPellucidError(error);
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.#isBusy = false;
        this.#progress = null;
      }
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#isBusy = false;
    this.#progress = null;
  }
}
