import { createFrameChannel, type Channel, type FramePort } from './channel.ts';

/** Two channels in one process, joined end to end. What goes in is encoded and decoded as on any other transport. */
export function createMemoryPair(): [Channel, Channel] {
  const left = new MemoryPort();
  const right = new MemoryPort();
  left.peer = right;
  right.peer = left;
  return [createFrameChannel(left), createFrameChannel(right)];
}

class MemoryPort implements FramePort {
  peer: MemoryPort | undefined;
  #receive: ((frame: Uint8Array) => void) | undefined;
  #closed: (() => void) | undefined;
  readonly #waiting: { frame: Uint8Array; sent: () => void }[] = [];
  #isPaused = false;
  #isClosed = false;

  start(receive: (frame: Uint8Array) => void, closed: () => void): void {
    this.#receive = receive;
    this.#closed = closed;
  }

  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((resolve) => this.peer?.accept(frame, resolve));
  }

  accept(frame: Uint8Array, sent: () => void): void {
    this.#waiting.push({ frame, sent });
    queueMicrotask(() => this.#flush());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    queueMicrotask(() => this.#flush());
  }

  close(): void {
    queueMicrotask(() => {
      this.end();
      this.peer?.end();
    });
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { sent } of this.#waiting.splice(0)) sent();
    this.#closed?.();
  }

  #flush(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#receive?.(next.frame);
      next.sent();
    }
    if (this.#isClosed) for (const { sent } of this.#waiting.splice(0)) sent();
  }
}
