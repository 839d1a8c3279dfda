import type { WebContents } from 'electron';
import type { FramePort } from '../../src/rpc/channel.ts';
import { desktopChannels } from '../../src/shared/desktop-bridge.ts';

/** The main process's end of the channel to one page of a window. Electron's messages cannot be held back. */
export class PagePort implements FramePort {
  readonly #contents: WebContents;
  #receive: ((frame: Uint8Array) => void) | undefined;
  #closed: (() => void) | undefined;
  #isClosed = false;

  constructor(contents: WebContents) {
    this.#contents = contents;
  }

  /** Takes what came from the page; anything but bytes is dropped. */
  accept(frame: unknown): void {
    if (!this.#isClosed && frame instanceof Uint8Array) this.#receive?.(frame);
  }

  start(receive: (frame: Uint8Array) => void, closed: () => void): void {
    this.#receive = receive;
    this.#closed = closed;
  }

  async send(frame: Uint8Array): Promise<void> {
    if (!this.#isClosed && !this.#contents.isDestroyed()) this.#contents.send(desktopChannels.frame, frame);
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed?.();
  }
}
