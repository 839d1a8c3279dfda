import { invalidArgument, PellucidError, toErrorPayload } from '../shared/errors.ts';
import type { Channel } from './channel.ts';
import { broadcastId, type Message, type RequestMessage } from './messages.ts';

/** The answering end of a channel: turns requests into calls of one function, and its results into responses. */

export interface ServedCall {
  /** Aborted when the caller cancels, or when its channel closes. */
  signal: AbortSignal;
  /** Sends an event of the call. */
  send(event: unknown): void;
  /** Sends an event of which only the newest matters: what has not left yet is replaced. */
  sendLatest(event: unknown): void;
}

/** Does a call. What it throws becomes the error of the response. `params` are as they came: not to be trusted. */
export type CallHandler = (name: string, params: unknown, call: ServedCall) => Promise<unknown>;

export interface RpcServerOptions {
  /** Calls that may be open at once; the next is refused with a sentence. */
  maxOpenCalls?: number;
  /** Bytes of open requests beyond which no further message is read until one of them is answered. */
  maxOpenBytes?: number;
}

export interface RpcServer {
  /** Sends an event that belongs to no call. */
  broadcast(event: unknown): void;
  /** Resolves once every call that is open now has ended. */
  settled(): Promise<void>;
}

/**
 * Serves a channel with a function. Never throws for what the other side sends: a request that cannot be answered is
 * dropped, all others are answered once. When the channel closes, open calls are aborted and their results dropped.
 */
export function createRpcServer(channel: Channel, handler: CallHandler, options: RpcServerOptions = {}): RpcServer {
  const { maxOpenCalls = 4096, maxOpenBytes = Number.POSITIVE_INFINITY } = options;
  const open = new Map<number, { controller: AbortController; done: Promise<void> }>();
  let openBytes = 0;

  const admit = (request: RequestMessage, sizeBytes: number): void | Promise<void> => {
    // A second request with an open id: an answer could be taken for that of the first.
    if (open.has(request.id)) return;
    if (open.size >= maxOpenCalls) {
      const expected = `no more than ${maxOpenCalls} open calls`;
      void respondWithError(channel, request.id, invalidArgument(request.name, expected, open.size + 1));
      return;
    }
    const controller = new AbortController();
    openBytes += sizeBytes;
    const done = serve(channel, handler, request, controller).finally(() => {
      open.delete(request.id);
      openBytes -= sizeBytes;
    });
    open.set(request.id, { controller, done });
    if (openBytes > maxOpenBytes) return done;
  };

  channel.onMessage((message: Message, sizeBytes) => {
    if (message.kind === 'request') return admit(message, sizeBytes);
    if (message.kind === 'cancel') open.get(message.id)?.controller.abort(cancelled());
  });
  channel.onClose(() => {
    for (const { controller } of open.values()) controller.abort(cancelled());
  });

  return {
    broadcast(event) {
      void sendEvent(channel, broadcastId, event);
    },
    async settled() {
      await Promise.all([...open.values()].map(({ done }) => done));
    },
  };
}

/** What `signal.throwIfAborted()` throws in a handler. */
function cancelled(): PellucidError {
  return new PellucidError('ABORTED', 'Cancelled.');
}

async function serve(
  channel: Channel,
  handler: CallHandler,
  { id, name, params }: RequestMessage,
  controller: AbortController,
): Promise<void> {
  const events = createEventSender(channel, id);
  try {
    const result = await handler(name, params, { signal: controller.signal, ...events.sender });
    events.end();
    await channel.send({ kind: 'response', id, ok: true, result });
  } catch (error) {
    events.end();
    await respondWithError(channel, id, error);
  }
}

async function respondWithError(channel: Channel, id: number, error: unknown): Promise<void> {
  await channel.send({ kind: 'response', id, ok: false, error: toErrorPayload(error) });
}

/** An event that cannot be encoded is a fault of this process; it must not end the call that it tells about. */
function sendEvent(channel: Channel, id: number, event: unknown): Promise<void> {
  return channel.send({ kind: 'event', id, event }).catch(() => undefined);
}

/** The two ways to send events of one call; after `end`, which is when the call is answered, they do nothing. */
function createEventSender(channel: Channel, id: number) {
  let hasEnded = false;
  let latest: { event: unknown } | undefined;
  let isSending = false;
  const sendPending = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (latest !== undefined && !hasEnded) {
      const { event } = latest;
      latest = undefined;
      await sendEvent(channel, id, event);
    }
    isSending = false;
  };
  return {
    sender: {
      send(event: unknown) {
        if (!hasEnded) void sendEvent(channel, id, event);
      },
      sendLatest(event: unknown) {
        latest = { event };
        void sendPending();
      },
    },
    end() {
      hasEnded = true;
    },
  };
}
