import { fromErrorPayload, PellucidError, toErrorPayload, type ErrorPayload } from '../shared/errors.ts';
import type { Channel } from './channel.ts';
import type { Message } from './messages.ts';

/**
 * A channel that another thread holds. Packing a photo of tens of megabytes into a frame and unpacking pictures takes
 * longer than a thread may be busy that draws; here the bytes change threads as they are, and that thread does the rest.
 * A `Blob` may stand in a message where bytes are meant: that thread reads it.
 */

/** What a Worker, the inside of a worker and a MessagePort have in common. */
export interface WorkerPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  /** A worker that could not be loaded, or that has failed. */
  addEventListener(type: 'error', listener: () => void): void;
}

type ToWorker = { type: 'send'; sequence: number; message: Message } | { type: 'close' };

type FromWorker =
  | { type: 'message'; message: Message; sizeBytes: number }
  | { type: 'sent'; sequence: number }
  | { type: 'unsent'; sequence: number; error: ErrorPayload }
  | { type: 'closed' };

interface Sending {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** The channel that {@link serveChannel} serves at the other end of the port. */
export function createWorkerChannel(port: WorkerPort): Channel {
  const sending = new Map<number, Sending>();
  const inbox: { message: Message; sizeBytes: number }[] = [];
  const closeListeners: (() => void)[] = [];
  let listener: Parameters<Channel['onMessage']>[0] | undefined;
  let isClosed = false;
  let sequence = 0;

  const close = (): void => {
    isClosed = true;
    for (const { resolve } of sending.values()) resolve();
    sending.clear();
    for (const closed of closeListeners.splice(0)) closed();
  };
  const settle = (of: number, settled: (one: Sending) => void): void => {
    const one = sending.get(of);
    sending.delete(of);
    if (one !== undefined) settled(one);
  };
  port.addEventListener('message', ({ data }) => {
    const from = data as FromWorker;
    if (from.type === 'closed') close();
    else if (from.type === 'sent') settle(from.sequence, ({ resolve }) => resolve());
    else if (from.type === 'unsent') settle(from.sequence, ({ reject }) => reject(fromErrorPayload(from.error)));
    else if (listener === undefined) inbox.push(from);
    else void listener(from.message, from.sizeBytes);
  });
  port.addEventListener('error', close);

  return {
    send(message) {
      if (isClosed) return Promise.resolve();
      return new Promise((resolve, reject) => {
        sending.set(++sequence, { resolve, reject });
        // Its own copy: what a framework wraps to watch for changes cannot change threads.
        port.postMessage({ type: 'send', sequence, message: copied(message) } satisfies ToWorker, []);
      });
    },
    onMessage(next) {
      listener = next;
      for (const { message, sizeBytes } of inbox.splice(0)) void next(message, sizeBytes);
    },
    onClose(closed) {
      if (isClosed) queueMicrotask(closed);
      else closeListeners.push(closed);
    },
    close: () => port.postMessage({ type: 'close' } satisfies ToWorker, []),
  };
}

/** Lets the other end of the port use a channel. Binary data that came in is handed over and not copied. */
export function serveChannel(channel: Channel, port: WorkerPort): void {
  const tell = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  channel.onMessage((message, sizeBytes) => tell({ type: 'message', message, sizeBytes }, [...buffersIn(message)]));
  channel.onClose(() => tell({ type: 'closed' }));
  // One after the other: what was said after a file must not arrive before it.
  let before = Promise.resolve();
  port.addEventListener('message', ({ data }) => {
    const to = data as ToWorker;
    if (to.type === 'close') {
      channel.close();
      return;
    }
    const { sequence } = to;
    const left = before.then(async () => withBytes(to.message)).then((message) => ({ sent: channel.send(message) }));
    before = left.then(
      () => undefined,
      () => undefined,
    );
    left
      .then(({ sent }) => sent)
      .then(
        () => tell({ type: 'sent', sequence }),
        (error: unknown) => tell({ type: 'unsent', sequence, error: toErrorPayload(error) }),
      );
  });
}

/** A value with bytes in place of blobs. Throws FILE_NOT_FOUND naming a file that cannot be read any more. */
async function withBytes<T>(value: T): Promise<T> {
  if (value instanceof Blob) return (await bytesOf(value)) as T;
  if (Array.isArray(value)) return (await Promise.all(value.map(withBytes))) as T;
  if (!isPlain(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, one]) => [key, await withBytes(one)] as const),
  );
  return Object.fromEntries(entries) as T;
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    const name = 'name' in blob ? String(blob.name) : 'A file';
    const message = `${name} cannot be read any more. It may have been moved or changed; add it again.`;
    throw new PellucidError('FILE_NOT_FOUND', message, { subject: name, cause });
  }
}

/** A value with new arrays and objects; bytes, and what else is neither, are the same. */
function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)])) as T;
}

/** The buffers of all binary data in a message. */
function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  else if (Array.isArray(value)) for (const one of value) buffersIn(one, found);
  else if (isPlain(value)) for (const one of Object.values(value)) buffersIn(one, found);
  return found;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Blob);
}
