import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createBridge } from '../engine-client/bridge.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { createServerSocketChannel, webProtocol } from '../rpc/web-socket-transport.ts';
import { dataFolder, receivedFolderName } from '../shared/data-folder.ts';
import { limits } from '../shared/limits.ts';
import { pageHeaders } from '../shared/page-headers.ts';
import { pageMediaType } from '../shared/page-media-type.ts';
import { watchSocket } from './heartbeat.ts';
import { createPageAdmission } from './page-admission.ts';
import { listPageFiles } from './page-files.ts';
import { refuseRequest, refuseUpgrade, type Refusal, type RequestOrigin } from './request-check.ts';
import { createToken } from './token.ts';

/**
 * The same page as in the app, in an ordinary browser: a server on the loopback address that serves the built renderer
 * and connects each page with the engine over a WebSocket.
 */
export interface WebHost {
  /** With the token of this run behind the `#`, which browsers keep to themselves. */
  readonly address: string;
  readonly port: number;
  readonly token: string;
  /** Ends all connections and stops listening. The engine is left to whoever made it. */
  close(): Promise<void>;
}

export interface WebHostOptions {
  engine: EngineClient;
  /** Folder of the built renderer. */
  rendererFolder: string;
  /** 0 takes a free one. */
  port: number;
}

const headersOfAll = pageHeaders(['ws://127.0.0.1:*']);

/** Connections at once, of all kinds: far more than one person's pages need. */
const maxConnections = 128;

/** Starts the host. Rejects with FILE_NOT_FOUND when the page has not been built, or as the system refuses the port. */
export async function createWebHost({ engine, rendererFolder, port: wantedPort }: WebHostOptions): Promise<WebHost> {
  const files = listPageFiles(rendererFolder);
  const token = createToken();
  const admit = createPageAdmission(join(dataFolder(process.platform, process.env, homedir()), receivedFolderName));
  // A client that is slow to send its request is cut off; its headers may not be long.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 8192 });
  server.maxConnections = maxConnections;
  await listen(server, wantedPort);
  const { port } = server.address() as AddressInfo;
  const sockets = createSocketServer();
  server.on('request', (request, response) => answer(request, response, files, port));
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy());
    const upgrade = { path: request.url, protocols: request.headers['sec-websocket-protocol'] };
    const refusal = refuseUpgrade({ ...originOf(request), ...upgrade }, port, token);
    if (refusal !== undefined) return refuseStream(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      watchSocket(socket);
      createBridge(createServerSocketChannel(socket), engine, admit);
    });
  });
  return {
    address: `http://127.0.0.1:${port}/#token=${token}`,
    port,
    token,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });
}

function createSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    // Photos are compressed already, and a small message could unfold to a huge one.
    perMessageDeflate: false,
    // The one that carries the token is never sent back.
    handleProtocols: () => webProtocol,
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, string>,
  port: number,
): void {
  const [path = ''] = (request.url ?? '').split('?', 1);
  const refusal = refuseRequest(originOf(request), port);
  if (refusal !== undefined) return refuse(response, refusal);
  const file = files.get(path);
  if (file === undefined) return refuse(response, { status: 404, reason: 'There is nothing here.' });
  const stream = createReadStream(file);
  stream.once('error', () => refuse(response, { status: 404, reason: 'This file is not there any more.' }));
  stream.once('open', () => {
    response.writeHead(200, { ...headersOfAll, 'Content-Type': pageMediaType(file) });
    if (request.method === 'HEAD') {
      stream.destroy();
      response.end();
    } else {
      // A reader that goes away in between is no failure.
      pipeline(stream, response, () => undefined);
    }
  });
}

function originOf({ method, headers }: IncomingMessage): RequestOrigin {
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  return { method, host: headers.host, origin: headers.origin, hasBody };
}

function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  if (response.headersSent) return response.destroy() && undefined;
  response.writeHead(status, { ...headersOfAll, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${reason}\n`);
}

function refuseStream(stream: Duplex, { status, reason }: Refusal): void {
  const body = `${reason}\n`;
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
