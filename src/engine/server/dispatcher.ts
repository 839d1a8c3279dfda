import type { Result } from '../../shared/contract.ts';
import { codeOfSystemError, isAborted, PellucidError } from '../../shared/errors.ts';
import { lanes } from '../../shared/lanes.ts';
import type { CallName } from '../../shared/params.ts';
import type { CallHandler, ServedCall } from '../../rpc/server.ts';
import { parseCallName, parseParams } from './door.ts';
import type { CallContext, Handlers } from './handlers.ts';
import type { LaneQueue } from './lane-queue.ts';

/**
 * The way of a request through the engine: checked at the door, queued in its lane, done by its handler.
 * @param handlers what does the work
 * @param queue decides when a call may begin
 * @param log gets a line about every error that is not the fault of the caller
 */
export function createDispatcher(handlers: Handlers, queue: LaneQueue, log: (line: string) => void): CallHandler {
  async function dispatch<K extends CallName>(name: K, params: unknown, call: ServedCall): Promise<Result<K>> {
    const checked = parseParams(name, params);
    const context: CallContext<K> = {
      signal: call.signal,
      send: (event) => call.send({ type: 'event', event }),
      progress: (progress) => call.sendLatest({ type: 'progress', progress }),
    };
    try {
      return await queue.run(lanes[name], call.signal, () => {
        call.signal.throwIfAborted();
        return handlers[name](checked, context);
      });
    } catch (error) {
      if (isUnexpected(error))
        log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      throw error;
    }
  }

  return async (name, params, call) => dispatch(parseCallName(name), params, call);
}

function isUnexpected(error: unknown): boolean {
  if (error instanceof PellucidError) return error.code === 'INTERNAL';
  return !isAborted(error) && codeOfSystemError(error) === undefined;
}
