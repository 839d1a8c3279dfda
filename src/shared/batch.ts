import type { FileOutcome, Progress, SkippedFile } from './contract.ts';
import type { ErrorPayload } from './errors.ts';
import type { Operation } from './params.ts';

/** What the queue of the engine tells about its photos. */

/**
 * - `waiting`, `running`: still to be done.
 * - `done`: written. `skipped`: knowingly not written, see {@link SkipReason}.
 * - `failed`: see the error. `cancelled`: taken out by the person.
 */
export type BatchItemState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'cancelled';

/**
 * - `finished`: the same bytes were done with the same settings before, and the results are there.
 * - `own-output`: the photo is a result of the app itself.
 * - `larger`: the result would have more bytes than the photo.
 * - `exists`: there is a file of that name, and the job says to pass over it.
 */
export type SkipReason = 'finished' | 'own-output' | 'larger' | 'exists';

export interface BatchItem {
  itemId: string;
  /** File name without folder. */
  name: string;
  /** Where the photo is; null for one that was handed over as bytes. */
  path: string | null;
  /** Folder below the one that was added, in which the results go too; empty at its top. */
  folder: string;
  operation: Operation;
  state: BatchItemState;
  /** Where `done`; and where `skipped` as `finished`, with the files of then. */
  outcome: FileOutcome | null;
  skipReason: SkipReason | null;
  /** Where `failed`. */
  error: ErrorPayload | null;
}

export interface BatchTotals {
  waiting: number;
  running: number;
  done: number;
  skipped: number;
  failed: number;
  cancelled: number;
  /** Of the photos that are `done`. */
  bytesIn: number;
  bytesOut: number;
  isPaused: boolean;
  /** Seconds until nothing waits, from the pace so far; null while unknown. */
  etaSeconds: number | null;
}

export interface BatchState {
  /** In the order in which they are or were worked on. */
  items: BatchItem[];
  totals: BatchTotals;
}

/** What `batch.watch` and `batch.run` send. A watcher is sent `state` first. */
export type BatchEvent =
  | { type: 'state'; state: BatchState }
  /** Items that are new (at the end of the list) or have changed. */
  | { type: 'items'; items: BatchItem[]; totals: BatchTotals }
  | { type: 'removed'; itemIds: string[]; totals: BatchTotals }
  /** All items in their new order. */
  | { type: 'reordered'; itemIds: string[]; totals: BatchTotals }
  | { type: 'totals'; totals: BatchTotals }
  /** How far one item is. */
  | { type: 'progress'; itemId: string; progress: Progress };

export interface BatchAdded {
  items: BatchItem[];
  /** What was not taken in, and why. */
  skipped: SkippedFile[];
}

/** How a `batch.run` ended. */
export interface BatchSummary {
  totals: BatchTotals;
  /** Photos that failed, in order. */
  failed: { path: string; error: ErrorPayload }[];
  /** Files that were not taken in, and why. */
  skipped: SkippedFile[];
  seconds: number;
}
