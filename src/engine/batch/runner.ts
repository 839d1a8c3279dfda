import type { BatchItem } from '../../shared/batch.ts';
import { isAborted, PellucidError, toErrorPayload } from '../../shared/errors.ts';
import type { BatchQueue, QueueEntry } from './queue.ts';

/** What becomes of one photo: the change that its item gets. */
export type PhotoWork = (entry: QueueEntry, control: PhotoControl) => Promise<Partial<BatchItem>>;

export interface PhotoControl {
  signal: AbortSignal;
  /** Awaited before each tile. */
  pace: () => Promise<void>;
}

/** One photo is decoded, one computed and one encoded at the same time. */
const mostAtOnce = 3;
/** Times that the engine may end while it works on a photo before the photo gets the blame. */
const mostCrashes = 3;

/**
 * Works off a queue. Photos overlap, but for those that were at work when the engine ended: they go alone, so that the
 * one that ends it is found out, and the others are done.
 */
export class BatchRunner {
  readonly #queue: BatchQueue;
  readonly #work: PhotoWork;
  readonly #letOthersGo: (signal: AbortSignal) => Promise<void>;
  readonly #running = new Map<QueueEntry, { controller: AbortController; ended: Promise<void> }>();
  #loop: Promise<void> | null = null;

  /**
   * @param letOthersGo awaited before each tile: work that is more urgent
   */
  constructor(queue: BatchQueue, work: PhotoWork, letOthersGo: (signal: AbortSignal) => Promise<void>) {
    this.#queue = queue;
    this.#work = work;
    this.#letOthersGo = letOthersGo;
  }

  /** Works until nothing waits. Called again while it works, it gives the same end. Never rejects. */
  run(): Promise<void> {
    this.#loop ??= this.#workOff().finally(() => (this.#loop = null));
    return this.#loop;
  }

  /** Cancels photos that wait or are worked on. Resolves when none of them is worked on any more. */
  async cancel(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.item.state === 'waiting') await this.#queue.update(entry, { state: 'cancelled' });
      else this.#running.get(entry)?.controller.abort(new PellucidError('ABORTED', 'Cancelled.'));
    }
    await Promise.all(entries.map((entry) => this.#running.get(entry)?.ended ?? Promise.resolve()));
  }

  async #workOff(): Promise<void> {
    for (;;) {
      const entry = this.#queue.next();
      const ended = [...this.#running.values()].map((running) => running.ended);
      if (this.#queue.isPaused) {
        await this.#whenUnpaused();
      } else if (entry === undefined) {
        if (ended.length === 0) return;
        await Promise.race(ended);
      } else if (entry.crashes > 0) {
        await Promise.all(ended);
        if (entry.item.state === 'waiting') await this.#begin(entry);
      } else if (ended.length < mostAtOnce) {
        void this.#begin(entry);
      } else {
        await Promise.race(ended);
      }
    }
  }

  #begin(entry: QueueEntry): Promise<void> {
    const controller = new AbortController();
    const ended = this.#doOne(entry, controller.signal).finally(() => this.#running.delete(entry));
    this.#running.set(entry, { controller, ended });
    return ended;
  }

  async #doOne(entry: QueueEntry, signal: AbortSignal): Promise<void> {
    await this.#queue.update(entry, { state: 'running' });
    const pace = async (): Promise<void> => {
      if (this.#queue.isPaused) await this.#whenUnpaused(signal);
      await this.#letOthersGo(signal);
    };
    let change: Partial<BatchItem>;
    try {
      if (entry.crashes >= mostCrashes) throw endedEngine(entry);
      change = await this.#work(entry, { signal, pace });
    } catch (error) {
      change = isAborted(error) ? { state: 'cancelled' } : { state: 'failed', error: toErrorPayload(error) };
    }
    await this.#queue.update(entry, change);
  }

  #whenUnpaused(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stopWatching();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const stopWatching = this.#queue.watch(() => {
        if (!this.#queue.isPaused) end();
      });
      signal?.addEventListener('abort', end);
      if (signal?.aborted === true || !this.#queue.isPaused) end();
    });
  }
}

function endedEngine({ item, crashes }: QueueEntry): PellucidError {
  const name = item.path ?? item.name;
  const message = `${name} was left out: the engine ended ${crashes} times while it worked on it. Save the photo anew with another program, or try it alone.`;
  return new PellucidError('ENGINE_CRASHED', message, { subject: name });
}
