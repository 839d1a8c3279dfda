import type { Duplex } from 'node:stream';
import { limits } from '../shared/limits.ts';
import { createFrameChannel, type Channel, type FramePort } from './channel.ts';
import { FrameReader, lengthPrefix } from './frame-reader.ts';

/**
 * The channel between a parent and its child process: an extra pipe with frames that have their length before them.
 * Not Node's own IPC channel: its serialisation depends on the version of V8, and Electron's differs from the engine's.
 */

/** The number of the extra pipe in the child. */
export const channelFd = 3;

/** A channel over any duplex stream of bytes: the child's pipe in the parent, the socket on fd 3 in the child. */
export function createStreamChannel(stream: Duplex): Channel {
  return createFrameChannel(new StreamPort(stream));
}

class StreamPort implements FramePort {
  readonly #stream: Duplex;
  /** Frames on their way. A stream that is destroyed does not always say what became of them. */
  readonly #unsent = new Set<() => void>();

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  start(receive: (frame: Uint8Array) => void, closed: () => void): void {
    const reader = new FrameReader(limits.maxMessageBytes, receive);
    this.#stream.on('data', (chunk: Uint8Array) => reader.push(chunk));
    // The other side has gone in the middle of a transfer: `close` follows, and says all there is to say.
    this.#stream.on('error', () => undefined);
    // One side that ends is the end of both: nobody could answer any more.
    this.#stream.on('end', () => this.#stream.destroy());
    this.#stream.once('close', () => {
      for (const resolve of this.#unsent) resolve();
      this.#unsent.clear();
      closed();
    });
  }

  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#stream.destroyed || this.#stream.writableEnded) return Promise.resolve();
    this.#stream.cork();
    this.#stream.write(lengthPrefix(frame.byteLength));
    return new Promise((resolve) => {
      this.#unsent.add(resolve);
      this.#stream.write(frame, () => {
        this.#unsent.delete(resolve);
        resolve();
      });
      this.#stream.uncork();
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  close(): void {
    this.#stream.end();
    this.#stream.destroy();
  }
}
