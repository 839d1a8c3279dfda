import type { CallEvent, EngineState, Result } from '../shared/contract.ts';
import { fromErrorPayload, PellucidError } from '../shared/errors.ts';
import { lanes } from '../shared/lanes.ts';
import type { CallName, Params } from '../shared/params.ts';
import type { Channel } from './channel.ts';
import { broadcastId, type Message } from './messages.ts';

/** The asking end of a channel: typed calls with cancellation and events. The same in a page and in a process. */

export interface CallOptions<K extends CallName> {
  /**
   * Cancels the call. Work in the lanes `heavy` and `training` is then given time to end by itself, with a result
   * where that has a meaning; every other call is rejected with ABORTED at once.
   */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: CallEvent<K>) => void) | undefined;
}

/** Does one call of the contract. Rejects with a PellucidError. */
export type Call = <K extends CallName>(name: K, params: Params<K>, options?: CallOptions<K>) => Promise<Result<K>>;

export interface RpcClient {
  call: Call;
  /** Calls the listener for every state of the engine that the other side tells. */
  onEngineState(listener: (state: EngineState) => void): void;
  /** Rejects every open call with the error, and all later ones. */
  fail(error: PellucidError): void;
  close(): void;
}

interface OpenCall {
  resolve(result: unknown): void;
  reject(error: PellucidError): void;
  onEvent(event: unknown): void;
}

/** A client on a channel. When the channel closes, open and later calls are rejected with ENGINE_CRASHED. */
export function createRpcClient(channel: Channel): RpcClient {
  const open = new Map<number, OpenCall>();
  const stateListeners: ((state: EngineState) => void)[] = [];
  let lastId = broadcastId;
  let failure: PellucidError | undefined;

  const fail = (error: PellucidError): void => {
    failure ??= error;
    for (const call of [...open.values()]) call.reject(error);
  };
  const receive = (message: Message): void => {
    if (message.kind === 'event' && message.id === broadcastId) {
      for (const listener of stateListeners) listener(message.event as EngineState);
    } else if (message.kind === 'event') {
      open.get(message.id)?.onEvent(message.event);
    } else if (message.kind === 'response') {
      if (message.ok) open.get(message.id)?.resolve(message.result);
      else open.get(message.id)?.reject(fromErrorPayload(message.error));
    }
  };
  channel.onMessage(receive);
  channel.onClose(() => fail(connectionLost()));

  const start: Call = <K extends CallName>(name: K, params: Params<K>, options: CallOptions<K> = {}) => {
    const { signal } = options;
    if (failure !== undefined) return Promise.reject(failure);
    if (signal?.aborted === true) return Promise.reject(cancelled());
    const id = ++lastId;
    return new Promise<Result<K>>((resolve, reject) => {
      const cancel = (): void => {
        void channel.send({ kind: 'cancel', id });
        if (lanes[name] === 'light' || lanes[name] === 'preview') end(() => reject(cancelled()));
      };
      const end = (settle: () => void): void => {
        open.delete(id);
        signal?.removeEventListener('abort', cancel);
        settle();
      };
      open.set(id, {
        resolve: (result) => end(() => resolve(result as Result<K>)),
        reject: (error) => end(() => reject(error)),
        onEvent: (event) => options.onEvent?.(event as CallEvent<K>),
      });
      signal?.addEventListener('abort', cancel);
      channel.send({ kind: 'request', id, name, params }).catch((error: unknown) => {
        end(() => reject(error instanceof PellucidError ? error : connectionLost()));
      });
    });
  };

  return {
    call: start,
    onEngineState: (listener) => stateListeners.push(listener),
    fail,
    close: () => channel.close(),
  };
}

function cancelled(): PellucidError {
  return new PellucidError('ABORTED', 'Cancelled.');
}

function connectionLost(): PellucidError {
  return new PellucidError('ENGINE_CRASHED', 'The connection to the engine was lost. Start the work again.');
}
