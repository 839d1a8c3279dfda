import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { createDispatcher } from '../../src/engine/server/dispatcher.ts';
import { createLaneQueue } from '../../src/engine/server/lane-queue.ts';
import { enginePaths } from '../../src/engine-client/engine-paths.ts';
import type { Channel } from '../../src/rpc/channel.ts';
import { createStreamChannel } from '../../src/rpc/child-process-transport.ts';
import { createMemoryPair } from '../../src/rpc/memory-transport.ts';
import type { Message } from '../../src/rpc/messages.ts';
import { createRpcServer } from '../../src/rpc/server.ts';
import { connectWebSocket, createServerSocketChannel } from '../../src/rpc/web-socket-transport.ts';
import { standInHandlers } from '../doubles/stand-in-handlers.ts';

/** A connection to an engine with stand-in handlers, and what the tests need of the transport beside the channel. */
export interface TestConnection {
  channel: Channel;
  /** Sends bytes as one frame, whatever they are; undefined where the transport knows only messages. */
  sendFrame: ((frame: Uint8Array) => void) | undefined;
  /** Resolves when the serving end has noticed that this end has closed. */
  served: Promise<unknown>;
  dispose(): Promise<void>;
}

const standInEngine = fileURLToPath(new URL('../doubles/stand-in-engine.ts', import.meta.url));

function serve(channel: Channel): void {
  const lanes = createLaneQueue();
  const options = { dataFolder: '/nowhere', assetsFolder: '/nowhere', pellucidVersion: '0', lanes };
  createRpcServer(
    channel,
    createDispatcher(standInHandlers(options), lanes, () => undefined),
  );
}

export async function connectMemory(): Promise<TestConnection> {
  const [channel, served] = createMemoryPair();
  serve(served);
  const closed = new Promise<void>((resolve) => served.onClose(resolve));
  return { channel, sendFrame: undefined, served: closed, dispose: async () => channel.close() };
}

/** Starts an engine as a process: the stand-in, or another entry with its own surroundings. */
export async function connectChild(entry = standInEngine, surroundings: SpawnOptions = {}): Promise<TestConnection> {
  const child = spawn(enginePaths().nodePath, ['--disable-warning=ExperimentalWarning', entry], {
    ...surroundings,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  const exited = once(child, 'exit');
  const pipe = child.stdio[3] as Duplex;
  const channel = createStreamChannel(pipe);
  return {
    channel,
    sendFrame(frame) {
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(frame.byteLength);
      pipe.write(Buffer.concat([prefix, frame]));
    },
    served: exited,
    async dispose() {
      channel.close();
      await exited;
    },
  };
}

export async function connectWeb(): Promise<TestConnection> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let notice = (): void => undefined;
  const served = new Promise<void>((resolve) => (notice = resolve));
  server.on('connection', (socket) => {
    const channel = createServerSocketChannel(socket);
    serve(channel);
    channel.onClose(notice);
  });
  // The page's socket, kept so that it can be made to send what is no message.
  const sockets: WebSocket[] = [];
  const Original = globalThis.WebSocket;
  globalThis.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  const channel = connectWebSocket(`ws://127.0.0.1:${port}/`, 'token');
  globalThis.WebSocket = Original;
  await once(sockets[0] as unknown as EventTarget, 'open');
  return {
    channel,
    sendFrame: (frame) => sockets[0]?.send(Uint8Array.from(frame)),
    served,
    async dispose() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The connection with call ids moved away from those that hostile requests have used. */
export function startingAt({ channel }: TestConnection, offset: number): Channel {
  return {
    ...channel,
    send: (message: Message) => channel.send({ ...message, id: message.id + offset }),
    onMessage(listener: (message: Message, sizeBytes: number) => void) {
      channel.onMessage((message, sizeBytes) => {
        if (message.id > offset) listener({ ...message, id: message.id - offset }, sizeBytes);
      });
    },
  };
}
