import { connectWebSocket } from '../../../src/rpc/web-socket-transport.ts';
import { serveChannel } from '../../../src/rpc/worker-transport.ts';

/** The thread that holds the connection to the web host. The first message tells where and with which token. */
export interface Connection {
  url: string;
  token: string;
}

const port = {
  postMessage: (message: unknown, transfer: ArrayBuffer[]): void => self.postMessage(message, { transfer }),
  addEventListener: self.addEventListener.bind(self),
};
self.addEventListener(
  'message',
  ({ data }: MessageEvent<Connection>) => serveChannel(connectWebSocket(data.url, data.token), port),
  { once: true },
);
