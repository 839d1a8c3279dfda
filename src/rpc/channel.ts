import { decodeMessage, encodeMessage } from './encoding.ts';
import type { Message } from './messages.ts';

/**
 * A channel carries messages between two processes, in order. Every transport is a {@link FramePort} (frames of bytes
 * in, frames of bytes out), and {@link createFrameChannel} makes it a channel, so that all of them treat messages,
 * broken frames, slow readers and closing in the same way.
 */
export interface Channel {
  /**
   * Sends a message. Resolves when it has left this process's buffers, or when the other side has gone, which is not
   * an error here: whoever waits for an answer learns it from `onClose`. Rejects only what cannot be encoded.
   */
  send(message: Message): Promise<void>;
  /**
   * Sets the one listener, and begins to read. While a promise that it returned is open, no further message is
   * delivered and, where the transport can, the sender is held back.
   */
  onMessage(listener: MessageListener): void;
  /** Calls the listener once when the channel has closed, soon if it already has. */
  onClose(listener: () => void): void;
  close(): void;
}

/** `sizeBytes` is the length of the message's frame. */
type MessageListener = (message: Message, sizeBytes: number) => void | Promise<void>;

/** What a transport has to provide. */
export interface FramePort {
  /** Resolves when the frame has been handed on, or the port has closed. Never rejects. */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Begins to deliver frames; `closed` is called exactly once. */
  start(receive: (frame: Uint8Array) => void, closed: () => void): void;
  pause(): void;
  resume(): void;
  close(): void;
}

/** A channel over a transport. Frames that are not messages are dropped. */
export function createFrameChannel(port: FramePort): Channel {
  const inbox: Uint8Array[] = [];
  const closeListeners: (() => void)[] = [];
  let listener: MessageListener | undefined;
  let isClosed = false;
  let isBusy = false;

  const deliver = async (): Promise<void> => {
    if (isBusy || listener === undefined) return;
    isBusy = true;
    for (let frame = inbox.shift(); frame !== undefined; frame = inbox.shift()) {
      const message = decodeMessage(frame);
      if (message === undefined) continue;
      const wait = listener(message, frame.byteLength);
      if (wait === undefined) continue;
      port.pause();
      await wait;
      port.resume();
    }
    isBusy = false;
  };
  port.start(
    (frame) => {
      inbox.push(frame);
      void deliver();
    },
    () => {
      isClosed = true;
      for (const closed of closeListeners.splice(0)) closed();
    },
  );

  return {
    async send(message) {
      const frame = encodeMessage(message);
      if (!isClosed) await port.send(frame);
    },
    onMessage(next) {
      listener = next;
      void deliver();
    },
    onClose(closed) {
      if (isClosed) queueMicrotask(closed);
      else closeListeners.push(closed);
    },
    close() {
      port.close();
    },
  };
}
