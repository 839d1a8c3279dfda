import { createFrameChannel, type Channel, type FramePort } from './channel.ts';

/**
 * The channel between the page and the web host: binary WebSocket messages, one frame each. The token travels as a
 * subprotocol of the handshake: not in the address, which ends up in logs and histories, and before the first message,
 * so that a connection without it is never made.
 */

/** The subprotocol that both ends speak, and what the one that carries the token begins with. */
export const webProtocol = 'pellucid';
export const tokenProtocolPrefix = 'pellucid.token.';

/** What the sockets of browsers and of the package `ws` have in common. */
interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>, sent?: () => void): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error' | 'open', listener: () => void): void;
}

/** A socket of the package `ws`: it can be paused, and says when data has been sent. */
export interface ServerSocket extends SocketLike {
  pause(): void;
  resume(): void;
}

const connecting = 0;
const opened = 1;

/**
 * Connects a page to its web host. What is sent before the connection stands waits for it.
 * @param url `ws://127.0.0.1:PORT/rpc`
 * @param token the token of the printed address
 */
export function connectWebSocket(url: string, token: string): Channel {
  const socket = new WebSocket(url, [webProtocol, `${tokenProtocolPrefix}${token}`]);
  return createFrameChannel(new SocketPort(socket, undefined));
}

/** The web host's end of an accepted connection. */
export function createServerSocketChannel(socket: ServerSocket): Channel {
  return createFrameChannel(new SocketPort(socket, socket));
}

class SocketPort implements FramePort {
  readonly #socket: SocketLike;
  /** Given where the socket can hold its sender back and tells what has left. */
  readonly #server: ServerSocket | undefined;
  #unsent: Uint8Array<ArrayBuffer>[] = [];

  constructor(socket: SocketLike, server: ServerSocket | undefined) {
    this.#socket = socket;
    this.#server = server;
    socket.binaryType = 'arraybuffer';
  }

  start(receive: (frame: Uint8Array) => void, closed: () => void): void {
    this.#socket.addEventListener('open', () => {
      for (const frame of this.#unsent.splice(0)) this.#socket.send(frame);
    });
    this.#socket.addEventListener('message', ({ data }) => {
      // Text messages are no frames, and are dropped like other things that are none.
      if (data instanceof ArrayBuffer) receive(new Uint8Array(data));
    });
    // `close` follows every error.
    this.#socket.addEventListener('error', () => undefined);
    let hasClosed = false;
    this.#socket.addEventListener('close', () => {
      if (!hasClosed) closed();
      hasClosed = true;
    });
  }

  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#socket.readyState === connecting) {
      this.#unsent.push(frame);
      return Promise.resolve();
    }
    if (this.#socket.readyState !== opened) return Promise.resolve();
    if (this.#server === undefined) {
      this.#socket.send(frame);
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#server?.send(frame, () => resolve()));
  }

  pause(): void {
    this.#server?.pause();
  }

  resume(): void {
    this.#server?.resume();
  }

  close(): void {
    this.#socket.close(1000);
  }
}
