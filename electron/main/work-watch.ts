import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import type { Call } from '../../src/rpc/client.ts';
import type { BatchEvent, BatchTotals } from '../../src/shared/batch.ts';
import type { CallEvent, Progress } from '../../src/shared/contract.ts';
import { lanes } from '../../src/shared/lanes.ts';
import type { CallName } from '../../src/shared/params.ts';
import type { TrainEvent } from '../../src/shared/training.ts';

/** What the engine is busy with on behalf of the window. */
export interface Work {
  isBusy: boolean;
  /** 0..1; null while unknown. */
  done: number | null;
}

/**
 * The same engine, with a look at what it works on: heavy calls and training while they are open, and the queue by what
 * a page that watches it is told.
 * @param changed told of every change, and of every step
 */
export function watchWork(engine: EngineClient, changed: (work: Work) => void): EngineClient {
  const open = new Map<symbol, number | null>();
  const tell = (): void => {
    const [first = null] = open.values();
    changed({ isBusy: open.size > 0, done: first });
  };
  const set = (key: symbol, done: number | null): void => {
    open.set(key, done);
    tell();
  };
  const end = (key: symbol): void => {
    if (open.delete(key)) tell();
  };

  const call: Call = async (name, params, options = {}) => {
    const key = Symbol(name);
    const isWork = lanes[name] === 'heavy' || lanes[name] === 'training';
    if (isWork) set(key, null);
    const onEvent = (event: CallEvent<typeof name>): void => {
      const done = isWork ? doneOf(event) : name === 'batch.watch' ? doneOfQueue(event) : undefined;
      if (done === 'nothing') end(key);
      else if (done !== undefined) set(key, done);
      options.onEvent?.(event);
    };
    try {
      return await engine.call(name, params, { ...options, onEvent });
    } finally {
      end(key);
    }
  };
  return {
    call,
    get state() {
      return engine.state;
    },
    get pid() {
      return engine.pid;
    },
    onState: (listener) => engine.onState(listener),
    start: () => engine.start(),
    stop: () => engine.stop(),
  };
}

/** 0..1 of a call that is work; undefined where an event says nothing about it. */
function doneOf(event: { type: string; progress?: Progress; event?: unknown }): number | undefined {
  if (event.progress !== undefined) return part(event.progress.completed, event.progress.total);
  const step = event.event as Partial<Extract<TrainEvent, { type: 'step' }>> | undefined;
  if (step?.type !== 'step' || step.step === undefined) return undefined;
  return part(step.step, step.totalSteps ?? 0);
}

/** 0..1 of the queue; `nothing` where it has nothing to do. */
function doneOfQueue(event: CallEvent<CallName>): number | 'nothing' | undefined {
  if (event.type !== 'event') return undefined;
  const told = event.event as BatchEvent;
  const totals: BatchTotals | undefined =
    told.type === 'state' ? told.state.totals : told.type === 'progress' ? undefined : told.totals;
  if (totals === undefined) return undefined;
  const left = totals.isPaused ? 0 : totals.waiting + totals.running;
  const over = totals.done + totals.skipped + totals.failed;
  return left === 0 ? 'nothing' : part(over, over + left);
}

function part(completed: number, total: number): number | undefined {
  return total > 0 ? Math.min(1, completed / total) : undefined;
}
