import type { CallEvent, Progress, Result } from '../../shared/contract.ts';
import type { CallName, Params } from '../../shared/params.ts';
import type { LaneQueue } from './lane-queue.ts';

/**
 * What the frame of the engine process gives to the code that does the work, and what it expects of it. Parameters
 * are already checked against their schemas when a handler is called. Which calls wait for which is decided by
 * `src/shared/lanes.ts`: everything but the `light` lane runs one at a time within its lane.
 */

/** What a call may send beside its progress: `TrainEvent` for `train.start`, `EvaluateRow` for `evaluate.run`. */
type EventOf<K extends CallName> = Extract<CallEvent<K>, { type: 'event' }>['event'];

export interface CallContext<K extends CallName> {
  /**
   * Aborted when the caller cancels or has gone. Long work checks it between tiles, files or steps and then throws
   * (`signal.throwIfAborted()`), or ends early with a result where that has a meaning (training keeps its best state).
   * Computation that blocks must yield to the event loop in between (`setImmediate`), or no cancel arrives.
   */
  signal: AbortSignal;
  /** Sends one event of the call's own kind. */
  send(event: EventOf<K>): void;
  /** Reports how far the call is. Cheap: only the newest report is sent when the other side is slow. */
  progress(progress: Progress): void;
}

/** One function for each call. Throw a PellucidError with a full sentence; anything else is reported as INTERNAL. */
export type Handlers = {
  [K in CallName]: (params: Params<K>, context: CallContext<K>) => Promise<Result<K>>;
};

/** What `createHandlers(options)` of `src/engine/handlers` gets from the process. */
export interface EngineOptions {
  /** Folder of the person's models, runs and settings; it may not exist yet. */
  dataFolder: string;
  /** Folder that is shipped with the app: `models/<id>` are the bundled packages. */
  assetsFolder: string;
  /** Version from package.json. */
  pellucidVersion: string;
  /** The lanes in which calls wait, for work that lets calls go first. */
  lanes: LaneQueue;
}
