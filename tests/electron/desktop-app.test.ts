import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDesktopApp } from '../../electron/main/desktop-app.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { decodeMessage, encodeMessage } from '../../src/rpc/encoding.ts';
import type { Message } from '../../src/rpc/messages.ts';
import { desktopChannels } from '../../src/shared/desktop-bridge.ts';
import { createRecordingEngine } from '../doubles/recording-engine.ts';
import {
  answers,
  app,
  BrowserWindow,
  callsOf,
  ipcListeners,
  makeReady,
  protocolHandlers,
  resetElectron,
  sessionEvents,
  sessionHandlers,
} from '../doubles/electron.ts';

vi.mock('electron', () => import('../doubles/electron.ts'));

const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const ownPage = { origin: 'app://pellucid', parent: null };

describe('the desktop app', () => {
  let folder: string;
  let engine: ReturnType<typeof createRecordingEngine>;
  let argv: string[];

  beforeEach(() => {
    resetElectron();
    argv = process.argv;
    process.argv = ['/opt/pellucid'];
    folder = mkdtempSync(path.join(tmpdir(), 'pellucid-electron-'));
    mkdirSync(path.join(folder, 'renderer'));
    writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>');
    writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    answers.paths['userData'] = path.join(folder, 'user');
    engine = createRecordingEngine();
  });
  afterEach(() => {
    process.argv = argv;
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<BrowserWindow> {
    const rendererFolder = path.join(folder, 'renderer');
    const options = { engine: engine as unknown as EngineClient, rendererFolder, preloadPath: '/app/preload.cjs' };
    const started = startDesktopApp(options);
    await makeReady();
    await started;
    const [window] = BrowserWindow.all;
    if (window === undefined) throw new Error('There is no window.');
    return window;
  }

  /** A message from a page; by default from the own page in the window. */
  function fromPage(
    window: BrowserWindow,
    channel: string,
    args: readonly unknown[],
    frame: unknown = ownPage,
  ): unknown {
    return ipcListeners.get(channel)?.({ sender: window.webContents, senderFrame: frame }, ...args);
  }

  function call(window: BrowserWindow, id: number, name: string, params: unknown, frame?: unknown): void {
    fromPage(window, desktopChannels.frame, [encodeMessage({ kind: 'request', id, name, params })], frame);
  }

  function answersTo(window: BrowserWindow): Message[] {
    return window.contents.sent
      .filter(({ channel }) => channel === desktopChannels.frame)
      .flatMap(({ value }) => decodeMessage(value as Uint8Array) ?? [])
      .filter(({ kind }) => kind === 'response');
  }

  describe('the window', () => {
    test('is sandboxed, isolated, without Node, and keeps web security', async () => {
      const { options } = await start();
      expect(options['webPreferences']).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        preload: '/app/preload.cjs',
      });
      expect(options['webPreferences']).not.toHaveProperty('enableBlinkFeatures');
      expect(callsOf('app.enableSandbox')).toHaveLength(1);
    });

    test('loads the own page, and shows when there is something to see', async () => {
      const window = await start();
      expect(window.did).toEqual(['load app://pellucid/']);
      expect(window.options['show']).toBe(false);
      window.events.emit('ready-to-show');
      expect(window.did).toContain('show');
    });

    test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
      '%s is refused',
      async (name) => {
        const window = await start();
        const preventDefault = vi.fn();
        window.contents.events.emit(name, { preventDefault, url: 'https://evil.example' });
        expect(preventDefault).toHaveBeenCalledOnce();
      },
    );

    test('new windows are refused', async () => {
      const { contents } = await start();
      expect(contents.windowOpenHandler?.({ url: 'app://pellucid/' })).toEqual({ action: 'deny' });
    });

    test('permissions, devices and downloads are refused', async () => {
      await start();
      const answer = vi.fn();
      sessionHandlers.permissionRequest?.({}, 'media', answer);
      expect(answer).toHaveBeenCalledWith(false);
      expect(sessionHandlers.permissionCheck?.()).toBe(false);
      expect(sessionHandlers.devicePermission?.()).toBe(false);
      const preventDefault = vi.fn();
      sessionEvents.emit('will-download', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    });

    test.each([
      ['app://pellucid/index.html', false],
      ['blob:app://pellucid/1234', false],
      ['data:image/png;base64,', false],
      ['https://evil.example/', true],
      ['http://127.0.0.1:80/', true],
      ['ws://127.0.0.1/', true],
      ['file:///etc/passwd', true],
      ['app://pellucid.evil.example/', true],
      ['blob:https://evil.example/1', true],
    ])('a request for %s is cancelled: %s', async (url, cancel) => {
      await start();
      const answer = vi.fn();
      sessionHandlers.beforeRequest?.({ url }, answer);
      expect(answer).toHaveBeenCalledWith({ cancel });
    });
  });

  describe('the app: protocol', () => {
    const get = (url: string, method = 'GET') => protocolHandlers.get('app')?.({ url, method });

    test('is registered as standard and secure, without the privileges that are not needed', async () => {
      await start();
      expect(callsOf('protocol.registerSchemesAsPrivileged')).toEqual([
        [[{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]],
      ]);
    });

    test('serves the page under a strict policy', async () => {
      await start();
      const response = await get('app://pellucid/');
      expect(response?.status).toBe(200);
      expect(await response?.text()).toBe('<!doctype html>');
      expect(response?.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response?.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).not.toContain('unsafe');
    });

    test.each([
      'app://pellucid/../secret.txt',
      'app://pellucid/%2e%2e/secret.txt',
      'app://pellucid/..%2fsecret.txt',
      'app://pellucid//../secret.txt',
      'app://pellucid/..\\secret.txt',
      'app://other/index.html',
      'app://pellucid.evil/index.html',
      'app://pellucid@evil/index.html',
      'app://pellucid/missing.js',
    ])('traversal: %s is not served', async (url) => {
      await start();
      expect((await get(url))?.status).toBe(404);
    });

    test('nothing but GET is answered', async () => {
      await start();
      expect((await get('app://pellucid/', 'POST'))?.status).toBe(404);
    });
  });

  describe('messages', () => {
    test('a call of the page reaches the engine, and its answer the page', async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      call(window, 1, 'models.list', {});
      await later();
      expect(engine.calls).toEqual([{ name: 'models.list', params: {} }]);
      expect(answersTo(window)).toEqual([{ kind: 'response', id: 1, ok: true, result: null }]);
    });

    test.each([
      ['a page of another origin', { origin: 'https://evil.example', parent: null }],
      ['a frame inside the page', { origin: 'app://pellucid', parent: ownPage }],
      ['a page without origin', { origin: 'null', parent: null }],
      ['a frame that has gone', null],
    ])('from %s are dropped', async (_name, frame) => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      call(window, 1, 'models.list', {}, frame);
      fromPage(window, desktopChannels.connect, [], frame);
      fromPage(window, desktopChannels.allowPath, ['/photos'], frame);
      expect(await fromPage(window, desktopChannels.chooseFiles, [], frame)).toEqual([]);
      const saving = fromPage(window, desktopChannels.saveFile, [new Uint8Array(1), 'a.pel'], frame);
      expect(await saving).toEqual({ saved: false, where: '' });
      call(window, 2, 'image.open', { source: { path: '/photos/a.jpg' } });
      await later();
      expect(engine.calls).toEqual([]);
      expect(callsOf('dialog.showOpenDialog')).toEqual([]);
      expect(callsOf('dialog.showSaveDialog')).toEqual([]);
    });

    test("from a window that is not the app's own are dropped", async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      const stranger = new BrowserWindow({});
      fromPage(stranger, desktopChannels.connect, []);
      call(stranger, 1, 'models.list', {});
      await later();
      expect(engine.calls).toEqual([]);
    });

    test.each([['text'], [7], [null], [{ byteLength: 4 }], [new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])]])(
      'that are no frames are dropped: %o',
      async (frame) => {
        const window = await start();
        fromPage(window, desktopChannels.connect, []);
        fromPage(window, desktopChannels.frame, [frame]);
        fromPage(window, desktopChannels.allowPath, [frame]);
        call(window, 1, 'models.list', {});
        await later();
        expect(engine.calls).toHaveLength(1);
      },
    );

    test('a page that is loaded again starts anew, and the photos of the one before are closed', async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      call(window, 1, 'image.open', { source: { bytes: new Uint8Array(1), name: 'a' } });
      await later();
      fromPage(window, desktopChannels.connect, []);
      await later();
      expect(engine.calls.at(-1)).toEqual({ name: 'image.close', params: { imageId: 'photo' } });
    });

    test('the photos of a window that has gone are closed, and nothing is sent to it', async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      call(window, 1, 'image.open', { source: { bytes: new Uint8Array(1), name: 'a' } });
      await later();
      window.contents.isGone = true;
      window.contents.events.emit('destroyed');
      await later();
      expect(engine.calls.at(-1)?.name).toBe('image.close');
    });
  });

  describe('paths', () => {
    const open = async (window: BrowserWindow, file: string) => {
      call(window, 99, 'image.open', { source: { path: file } });
      await later();
      return answersTo(window).at(-1);
    };

    test('one that the page makes up is refused', async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      expect(await open(window, '/etc/passwd')).toMatchObject({ ok: false, error: { code: 'PERMISSION_DENIED' } });
      expect(engine.calls).toEqual([]);
    });

    test('one of a file that was dropped is opened', async () => {
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      fromPage(window, desktopChannels.allowPath, ['/photos/a.jpg']);
      expect(await open(window, '/photos/a.jpg')).toMatchObject({ ok: true });
    });

    test('one that was chosen in the dialog is opened', async () => {
      answers.openDialog = { canceled: false, filePaths: ['/photos/b.jpg'] };
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      const chosen = await fromPage(window, desktopChannels.chooseFiles, []);
      expect(chosen).toEqual([{ path: '/photos/b.jpg', name: 'b.jpg' }]);
      expect(await open(window, '/photos/b.jpg')).toMatchObject({ ok: true });
    });

    test('a folder that was chosen may be read and written to', async () => {
      answers.openDialog = { canceled: false, filePaths: ['/clear'] };
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      const chosen = await fromPage(window, desktopChannels.chooseFolder, []);
      expect(chosen).toEqual({ path: '/clear', name: 'clear' });
      expect(await open(window, '/clear/b.jpg')).toMatchObject({ ok: true });
    });

    test('the folder for results may be written to, and nothing else is done with it than what there is', async () => {
      answers.openDialog = { canceled: false, filePaths: [folder] };
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      expect(await fromPage(window, desktopChannels.resultsFolder, ['made-up'])).toBeNull();
      expect(await fromPage(window, desktopChannels.resultsFolder, ['choose'])).toMatchObject({ path: folder });
      expect(await open(window, path.join(folder, 'b.jpg'))).toMatchObject({ ok: true });
    });

    test('one from the command line, and from a second start, is handed to the page and opened', async () => {
      process.argv = ['/opt/pellucid', '/photos/c.jpg'];
      const window = await start();
      fromPage(window, desktopChannels.connect, []);
      app.emit('second-instance', {}, ['/opt/pellucid', 'd.jpg'], '/more');
      const sent = window.contents.sent.filter(({ channel }) => channel === desktopChannels.openFiles);
      expect(sent.map(({ value }) => value)).toEqual([
        [{ path: '/photos/c.jpg', name: 'c.jpg' }],
        [{ path: '/more/d.jpg', name: 'd.jpg' }],
      ]);
      expect(window.did).toContain('focus');
      expect(await open(window, '/photos/c.jpg')).toMatchObject({ ok: true });
    });
  });

  describe('saving', () => {
    const save = (window: BrowserWindow, name: string) =>
      fromPage(window, desktopChannels.saveFile, [Buffer.from('photo'), name]);

    test('writes where the dialog says', async () => {
      const window = await start();
      answers.saveDialog = { canceled: false, filePath: path.join(folder, 'out.pel') };
      expect(await save(window, 'photo.pel')).toEqual({ saved: true, where: path.join(folder, 'out.pel') });
      expect(readFileSync(path.join(folder, 'out.pel'), 'utf8')).toBe('photo');
      expect(callsOf('dialog.showSaveDialog')[0]?.[1]).toEqual({ defaultPath: '/home/ada/Pictures/photo.pel' });
    });

    test.each(['../../etc/cron.d/evil', '/etc/passwd', '..', 'a\\b', 'C:\\Windows\\x', '', '\u0000'])(
      'the suggested name %j stays a name',
      async (name) => {
        const window = await start();
        await save(window, name);
        const { defaultPath } = callsOf('dialog.showSaveDialog')[0]?.[1] as { defaultPath: string };
        expect(path.dirname(defaultPath)).toBe('/home/ada/Pictures');
        expect(path.basename(defaultPath)).not.toMatch(/^\.|[\\:\0]/);
      },
    );

    test('that the person gives up is no error', async () => {
      expect(await save(await start(), 'photo.pel')).toEqual({ saved: false, where: '' });
    });

    test('that fails says what and where, and leaves no file', async () => {
      const window = await start();
      const filePath = path.join(folder, 'missing', 'out.pel');
      answers.saveDialog = { canceled: false, filePath };
      expect(await save(window, 'photo.pel')).toMatchObject({
        saved: false,
        error: { subject: filePath, code: 'FILE_NOT_FOUND' },
      });
    });
  });

  describe('the life of the app', () => {
    test('a second instance hands over to the first and ends', async () => {
      answers.hasLock = false;
      await startDesktopApp({ engine: engine as unknown as EngineClient, rendererFolder: folder, preloadPath: '' });
      expect(callsOf('app.quit')).toHaveLength(1);
      expect(BrowserWindow.all).toEqual([]);
      expect(engine.starts).toBe(0);
    });

    test('the engine starts with the app, and the app ends only after the engine', async () => {
      await start();
      expect(engine.starts).toBe(1);
      const preventDefault = vi.fn();
      app.emit('will-quit', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
      expect(engine.stops).toBe(1);
      await later();
      expect(callsOf('app.quit')).toEqual([]);
      engine.stopped();
      await later();
      expect(callsOf('app.quit')).toHaveLength(1);
      app.emit('will-quit', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    });
  });
});
