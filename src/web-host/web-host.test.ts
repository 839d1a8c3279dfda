import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket as ClientSocket } from 'ws';
import { createEngineClient, type EngineClient } from '../engine-client/engine-client.ts';
import { createRpcClient } from '../rpc/client.ts';
import { createServerSocketChannel } from '../rpc/web-socket-transport.ts';
import { limits } from '../shared/limits.ts';
import type { RestoreSettings } from '../shared/params.ts';
import { createPageFolder, type PageFolder } from './page-folder.test-support.ts';
import { createWebHost, type WebHost } from './web-host.ts';

const enginePath = fileURLToPath(new URL('../../tests/doubles/stand-in-engine.ts', import.meta.url));
const settings: RestoreSettings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };

describe('the web host', { timeout: 30_000 }, () => {
  let page: PageFolder;
  let engine: EngineClient;
  let host: WebHost;

  beforeAll(async () => {
    page = createPageFolder();
    engine = createEngineClient({ enginePath });
    host = await createWebHost({ engine, rendererFolder: page.folder, port: 0 });
  });
  afterAll(async () => {
    await host.close();
    await engine.stop();
    page.remove();
  });

  /** Unlike `fetch`, sends paths and headers as they are. */
  async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const request = httpRequest({ host: '127.0.0.1', port: host.port, path, headers, method });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    return { status: response.statusCode, headers: response.headers, body };
  }

  /** What a page or another program can do to open a WebSocket: gives the socket, or the status of the refusal. */
  function openSocket({
    token = host.token,
    origin = `http://127.0.0.1:${host.port}`,
    headers = {},
    path = '/rpc',
  } = {}) {
    const protocols = ['pellucid', `pellucid.token.${token}`];
    const socket = new ClientSocket(`ws://127.0.0.1:${host.port}${path}`, protocols, { origin, headers });
    return new Promise<ClientSocket | number>((resolve) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => resolve(0));
    });
  }

  async function openPage() {
    const socket = await openSocket();
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const channel = createServerSocketChannel(socket);
    return { socket, channel, client: createRpcClient(channel) };
  }

  describe('serves the page', () => {
    test('under its address, with the types that browsers insist on', async () => {
      expect(await get('/')).toMatchObject({ status: 200, body: '<!doctype html><title>Pellucid</title>' });
      expect((await get('/')).headers['content-type']).toBe('text/html; charset=utf-8');
      expect((await get('/assets/main.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect(await get('/assets/main.js?v=1', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
    });

    test('with headers that let it do nothing but its work', async () => {
      const { headers } = await get('/');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    });

    test('says what is missing when the page has not been built', async () => {
      const missing = createWebHost({ engine, rendererFolder: '/missing/renderer', port: 0 });
      await expect(missing).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
        message: expect.stringContaining('npm start'),
      });
    });
  });

  describe('refuses', () => {
    test.each([
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/../../secret.txt',
      '/..\\secret.txt',
      '//etc/passwd',
      '/%00',
      '/%',
      '/link.txt',
      '/constructor',
      '/assets',
    ])('traversal: %s', async (path) => {
      expect(await get(path)).toMatchObject({ status: 404, body: 'There is nothing here.\n' });
    });

    test('DNS rebinding', async () => {
      expect((await get('/', { Host: 'evil.example' })).status).toBe(403);
      expect(await openSocket({ headers: { Host: `evil.example:${host.port}` } })).toBe(403);
    });

    test('a foreign origin', async () => {
      expect((await get('/', { Origin: 'https://evil.example' })).status).toBe(403);
    });

    test('a WebSocket from another page, even with the token', async () => {
      expect(await openSocket({ origin: 'https://evil.example' })).toBe(403);
    });

    test('a missing and a guessed token, and one in the address', async () => {
      expect(await openSocket({ token: '' })).toBe(401);
      expect(await openSocket({ token: 'A'.repeat(43) })).toBe(401);
      expect(await openSocket({ token: 'A', path: `/rpc?token=${host.token}` })).toBe(404);
    });

    test('an oversized upload: the connection ends before the upload does', async () => {
      const { socket } = await openPage();
      const closed = once(socket, 'close') as Promise<[number]>;
      // The header of a frame that announces one byte above the limit; nothing of it has to be sent.
      const header = Buffer.alloc(14);
      header.writeUInt8(0x82, 0);
      header.writeUInt8(0xff, 1);
      header.writeBigUInt64BE(BigInt(limits.maxMessageBytes + 1), 2);
      rawStream(socket).write(header);
      expect((await closed)[0]).toBe(1009);
    });

    test('an endless upload over HTTP', async () => {
      const stream = connect(host.port, '127.0.0.1');
      stream.on('error', () => undefined);
      stream.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const flood = setInterval(() => stream.writable && stream.write(`1000\r\n${'x'.repeat(4096)}\r\n`), 5);
      const [answer] = (await once(stream, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
      await once(stream, 'close');
      clearInterval(flood);
    });

    test('what a page may not ask for, by name', async () => {
      const { client, socket } = await openPage();
      await expect(client.call('image.open', { source: { path: '/etc/passwd' } })).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
      await expect(client.call('files.list', { paths: ['/'], recursive: true })).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
      socket.close();
    });
  });

  describe('connects a page with the engine', () => {
    test('the token never comes back in the handshake', async () => {
      const { socket } = await openPage();
      expect(socket.protocol).toBe('pellucid');
      socket.close();
    });

    test('a photo that was sent is restored, and its state and progress are told', async () => {
      const { client, socket } = await openPage();
      const photo = { bytes: new Uint8Array(3_000_000), name: 'photo.png' };
      const { imageId, sizeBytes } = await client.call('image.open', { source: photo });
      expect(sizeBytes).toBe(3_000_000);
      expect(await client.call('restore.run', { imageId, settings })).toMatchObject({ modelId: 'stand-in' });
      socket.close();
    });

    test('photos of a page that has gone are closed', async () => {
      const { client, socket } = await openPage();
      await client.call('image.open', { source: { bytes: new Uint8Array(1), name: 'left-open.png' } });
      const view = { imageId: 'left-open.png', layer: 'source', maxWidth: 2, maxHeight: 2 } as const;
      await engine.call('image.view', view);
      socket.terminate();
      const isOpen = () =>
        engine.call('image.view', view).then(
          () => true,
          () => false,
        );
      await expect.poll(isOpen, { timeout: 5000 }).toBe(false);
    });

    test('a page is told that the engine has crashed, and works on', async () => {
      const { client, socket } = await openPage();
      const states: string[] = [];
      client.onEngineState(({ state }) => states.push(state));
      await client.call('image.open', { source: { bytes: new Uint8Array(1), name: 'kill' } });
      await expect(client.call('restore.run', { imageId: 'kill', settings })).rejects.toMatchObject({
        code: 'ENGINE_CRASHED',
      });
      expect(await client.call('models.list', {})).toEqual([]);
      await expect.poll(() => states.slice(-2)).toEqual(['restarting', 'ready']);
      socket.close();
    });

    test('slow clients: one that does not read holds up neither others nor memory', async () => {
      const slow = await openPage();
      const other = await openPage();
      await slow.client.call('image.open', { source: { bytes: new Uint8Array(20_000_000), name: 'big.png' } });
      slow.socket.pause();
      const view = { imageId: 'big.png', layer: 'source', maxWidth: 2, maxHeight: 2 } as const;
      const views = Array.from({ length: 5 }, () => slow.client.call('image.view', view).catch(() => undefined));
      expect(await other.client.call('models.list', {})).toEqual([]);
      slow.socket.terminate();
      await Promise.all(views);
      other.socket.close();
    });
  });
});

/** The TCP stream below a client's socket, to send what `ws` would not. */
function rawStream(socket: ClientSocket): NodeJS.WritableStream {
  return (socket as unknown as { _socket: NodeJS.WritableStream })._socket;
}
