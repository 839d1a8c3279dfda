import type { Lane } from '../../shared/lanes.ts';
import { PellucidError } from '../../shared/errors.ts';

export interface LaneQueue {
  /**
   * Runs a job when its lane is free, and gives what it gives. A job that is aborted while it waits never starts.
   * Throws ABORTED then, and whatever the job throws.
   */
  run<T>(lane: Lane, signal: AbortSignal, job: () => Promise<T>): Promise<T>;
  /** Resolves when no job of these lanes runs or waits, or the signal is aborted. */
  whenIdle(lanes: readonly Lane[], signal: AbortSignal): Promise<void>;
}

/**
 * Lets the jobs of a lane run one after the other, in the order in which they came, so that two of them never share
 * memory and cores; the lanes are independent of each other, and `light` jobs wait for nothing.
 */
export function createLaneQueue(): LaneQueue {
  const waiting = new Map<Lane, (() => void)[]>();
  const watchers = new Set<() => void>();

  const leave = (lane: Lane): void => {
    const next = waiting.get(lane)?.shift();
    if (next !== undefined) return next();
    waiting.delete(lane);
    for (const look of [...watchers]) look();
  };

  return {
    async run(lane, signal, job) {
      if (lane === 'light') return job();
      const queue = waiting.get(lane);
      if (queue === undefined) waiting.set(lane, []);
      else await turn(queue, signal);
      try {
        return await job();
      } finally {
        leave(lane);
      }
    },
    whenIdle(lanes, signal) {
      const isIdle = (): boolean => signal.aborted || lanes.every((lane) => !waiting.has(lane));
      if (isIdle()) return Promise.resolve();
      return new Promise((resolve) => {
        const look = (): void => {
          if (!isIdle()) return;
          watchers.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        watchers.add(look);
        signal.addEventListener('abort', look);
      });
    },
  };
}

/** Resolves when the queue calls the place that is taken here; gives the place up when aborted before. */
function turn(queue: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      queue.splice(queue.indexOf(enter), 1);
      reject(new PellucidError('ABORTED', 'Cancelled.'));
    };
    const enter = (): void => {
      signal.removeEventListener('abort', abandon);
      resolve();
    };
    if (signal.aborted) return reject(new PellucidError('ABORTED', 'Cancelled.'));
    signal.addEventListener('abort', abandon, { once: true });
    queue.push(enter);
  });
}
