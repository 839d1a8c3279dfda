import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDesktopApp } from '../../electron/main/desktop-app.ts';
import { WorkSigns } from '../../electron/main/work-signs.ts';
import { watchWork, type Work } from '../../electron/main/work-watch.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { desktopChannels } from '../../src/shared/desktop-bridge.ts';
import {
  answers,
  app,
  BrowserWindow,
  callsOf,
  ipcListeners,
  makeReady,
  resetElectron,
  type Notification,
} from '../doubles/electron.ts';
import { createRecordingEngine } from '../doubles/recording-engine.ts';

vi.mock('electron', () => import('../doubles/electron.ts'));

const ownPage = { origin: 'app://pellucid', parent: null };
let folder: string;
let argv: string[];

beforeEach(() => {
  resetElectron();
  argv = process.argv;
  process.argv = ['/opt/pellucid'];
  folder = mkdtempSync(path.join(tmpdir(), 'pellucid-shell-'));
  answers.paths['userData'] = folder;
  answers.paths['temp'] = folder;
});
afterEach(() => {
  process.argv = argv;
  rmSync(folder, { recursive: true });
});

async function start(): Promise<BrowserWindow> {
  const engine = createRecordingEngine();
  engine.stopped();
  const options = {
    engine: engine as unknown as EngineClient,
    rendererFolder: folder,
    preloadPath: '/app/preload.cjs',
  };
  const started = startDesktopApp(options);
  await makeReady();
  await started;
  const window = BrowserWindow.all.at(-1);
  if (window === undefined) throw new Error('There is no window.');
  return window;
}

/** Quits as the person does, and waits until the app would be gone. */
async function quit(window: BrowserWindow): Promise<void> {
  window.events.emit('close');
  app.emit('will-quit', { preventDefault: () => undefined });
  await vi.waitFor(() => expect(callsOf('app.quit')).toHaveLength(1));
}

async function startAgain(): Promise<BrowserWindow> {
  const { paths } = answers;
  const kept = { ...paths };
  resetElectron();
  answers.paths = kept;
  return await start();
}

describe('where the window is', () => {
  test('is kept from one run to the next', async () => {
    const window = await start();
    expect(window.options).toMatchObject({ width: 1280, height: 800 });
    window.isLarge = true;
    await quit(window);
    const next = await startAgain();
    expect(next.options).toMatchObject({ x: 10, y: 20, width: 1000, height: 700 });
    expect(next.did).toContain('maximize');
  });

  test('is forgotten where the screen is gone that it was on', async () => {
    const window = await start();
    window.bounds = { x: 4000, y: 20, width: 1000, height: 700 };
    await quit(window);
    expect((await startAgain()).options).not.toHaveProperty('x');
  });

  test.each(['', '{', 'null', '[]', '{"bounds":{"x":"1"},"isMaximized":true}', '{"bounds":null}'])(
    'that was kept badly does no harm: %s',
    async (text) => {
      writeFileSync(path.join(folder, 'window.json'), text);
      expect((await start()).options).toMatchObject({ width: 1280, height: 800 });
    },
  );
});

describe('recent files', () => {
  interface Item {
    label?: string;
    submenu?: Item[];
    enabled?: boolean;
    click?: () => void;
  }
  const recentMenu = (): Item => {
    const [menu] = callsOf('Menu.setApplicationMenu').at(-1) as [Item[]];
    const file = menu.flatMap(({ submenu }) => submenu ?? []);
    return file.find(({ label }) => label === 'Open Recent') ?? {};
  };

  test('are in the menu and in the lists of the system, the newest first, and kept', async () => {
    process.argv = ['/opt/pellucid', '/photos/a.jpg', '/photos/b & c.jpg'];
    const window = await start();
    expect(callsOf('app.addRecentDocument')).toEqual([['/photos/a.jpg'], ['/photos/b & c.jpg']]);
    const labels = () => recentMenu().submenu?.map(({ label }) => label);
    expect(labels()?.slice(0, 2)).toEqual(['b && c.jpg (/photos)', 'a.jpg (/photos)']);
    await quit(window);
    process.argv = ['/opt/pellucid'];
    await startAgain();
    expect(labels()?.slice(0, 2)).toEqual(['b && c.jpg (/photos)', 'a.jpg (/photos)']);
  });

  test('are opened from the menu, and forgotten when the person wants it', async () => {
    process.argv = ['/opt/pellucid', '/photos/a.jpg'];
    const window = await start();
    ipcListeners.get(desktopChannels.connect)?.({ sender: window.webContents, senderFrame: ownPage });
    recentMenu().submenu?.[0]?.click?.();
    const sent = window.contents.sent.filter(({ channel }) => channel === desktopChannels.openFiles);
    expect(sent.at(-1)?.value).toEqual([{ path: '/photos/a.jpg', name: 'a.jpg' }]);
    recentMenu().submenu?.at(-1)?.click?.();
    expect(recentMenu().enabled).toBe(false);
    expect(callsOf('app.clearRecentDocuments')).toHaveLength(1);
  });

  test('from `open with` on a Mac are handed to the page', async () => {
    const window = await start();
    ipcListeners.get(desktopChannels.connect)?.({ sender: window.webContents, senderFrame: ownPage });
    const preventDefault = vi.fn();
    app.emit('open-file', { preventDefault }, '/photos/d.pel');
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(window.contents.sent.at(-1)?.value).toEqual([{ path: '/photos/d.pel', name: 'd.pel' }]);
  });
});

describe('signs of work', () => {
  function signs() {
    const window = new BrowserWindow({});
    let now = 0;
    const shown = new WorkSigns(
      () => window as never,
      () => now,
    );
    return { window, shown, pass: (ms: number) => (now += ms) };
  }

  test('the task bar shows how far it is, and the computer stays awake until it has ended', () => {
    const { window, shown } = signs();
    shown.show({ isBusy: true, done: null });
    shown.show({ isBusy: true, done: 0.25 });
    expect(callsOf('powerSaveBlocker.start')).toEqual([['prevent-app-suspension']]);
    expect(callsOf('powerSaveBlocker.stop')).toEqual([]);
    shown.show({ isBusy: false, done: null });
    expect(callsOf('powerSaveBlocker.stop')).toEqual([[7]]);
    expect(window.did).toEqual(['progress 2', 'progress 0.25', 'progress -1']);
  });

  test.each([
    ['that was long while the person looks elsewhere is told', 60_000, false, 1],
    ['that was short is not', 5000, false, 0],
    ['that the person has looked at is not', 60_000, true, 0],
  ])('the end of work %s', (_name, ms, hasFocus, count) => {
    const { window, shown, pass } = signs();
    window.hasFocus = hasFocus;
    shown.show({ isBusy: true, done: null });
    pass(ms);
    shown.show({ isBusy: false, done: null });
    expect(callsOf('Notification.show')).toHaveLength(count);
    if (count === 0) return;
    (callsOf('Notification')[0]?.[1] as Notification).click();
    expect(window.did).toContain('show');
  });

  test('what is work is read off the calls and the queue that the page watches', async () => {
    const told: Work[] = [];
    const events: ((event: unknown) => void)[] = [];
    const ends: (() => void)[] = [];
    const call = (_name: string, _params: unknown, options: { onEvent: (event: unknown) => void }) => {
      events.push(options.onEvent);
      return new Promise((resolve) => ends.push(() => resolve(null)));
    };
    const watched = watchWork({ call } as unknown as EngineClient, (work) => told.push(work));
    const seen: unknown[] = [];

    const light = watched.call('models.list', {});
    const heavy = watched.call('restore.run', {} as never, { onEvent: (event) => seen.push(event) });
    events[1]?.({ type: 'progress', progress: { completed: 1, total: 4 } });
    ends[1]?.();
    await heavy;
    expect(seen).toHaveLength(1);
    expect(told).toEqual([
      { isBusy: true, done: null },
      { isBusy: true, done: 0.25 },
      { isBusy: false, done: null },
    ]);

    told.length = 0;
    const queue = watched.call('batch.watch', {});
    const totals = { waiting: 2, running: 1, done: 1, skipped: 0, failed: 0, cancelled: 5, isPaused: false };
    events[2]?.({ type: 'event', event: { type: 'state', state: { items: [], totals } } });
    events[2]?.({ type: 'event', event: { type: 'totals', totals: { ...totals, isPaused: true } } });
    expect(told).toEqual([
      { isBusy: true, done: 0.25 },
      { isBusy: false, done: null },
    ]);

    told.length = 0;
    const training = watched.call('train.start', {} as never);
    events[3]?.({ type: 'event', event: { type: 'step', step: 3, totalSteps: 4 } });
    expect(told.at(-1)).toEqual({ isBusy: true, done: 0.75 });
    for (const end of ends) end();
    await Promise.all([light, queue, training]);
    expect(told.at(-1)).toEqual({ isBusy: false, done: null });
  });
});

describe('a result that is dragged out', () => {
  const drag = (window: BrowserWindow, bytes: unknown, name: unknown, frame: unknown = ownPage) =>
    ipcListeners.get(desktopChannels.dragOut)?.({ sender: window.webContents, senderFrame: frame }, bytes, name);
  const dragged = () => callsOf('webContents.startDrag').map(([item]) => item as { file: string; icon: string });

  test('is a whole file under its own name, inside the folder of the app, and gone when it quits', async () => {
    const window = await start();
    drag(window, Buffer.from('photo'), '../../evil.pel');
    await vi.waitFor(() => expect(dragged()).toHaveLength(1));
    const [{ file, icon } = { file: '', icon: '' }] = dragged();
    expect(file.startsWith(path.join(folder, 'pellucid-drag-'))).toBe(true);
    expect(path.basename(file)).toBe('_.._evil.pel');
    expect(readFileSync(file, 'utf8')).toBe('photo');
    expect(icon).toBe(`icon of ${file}`);
    await quit(window);
    expect(existsSync(file)).toBe(false);
  });

  test('comes from the own page and is bytes, or is none', async () => {
    const window = await start();
    drag(window, Buffer.from('x'), 'a.pel', { origin: 'https://evil.example', parent: null });
    drag(window, '/etc/passwd', 'a.pel');
    drag(window, Buffer.from('x'), 7);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(dragged()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('pellucid-drag'))).toEqual([]);
  });
});

describe('troubles', () => {
  const reloads = () => callsOf('webContents.reload').length;
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

  test('crash reports are kept in the folder of the app, the newest five, and sent nowhere', async () => {
    const reports = path.join(folder, 'crash-reports');
    mkdirSync(path.join(reports, 'completed'), { recursive: true });
    for (let day = 1; day <= 8; day++) {
      const file = path.join(reports, 'completed', `${day}.dmp`);
      writeFileSync(file, '');
      utimesSync(file, day, day);
    }
    await start();
    expect(callsOf('app.setPath')).toEqual([['crashDumps', reports]]);
    expect(callsOf('crashReporter.start')).toEqual([[{ uploadToServer: false }]]);
    expect(readdirSync(path.join(reports, 'completed')).toSorted()).toEqual([4, 5, 6, 7, 8].map((day) => `${day}.dmp`));
  });

  test('a window that hangs is loaded again only where the person wants it', async () => {
    const window = await start();
    window.events.emit('unresponsive');
    window.events.emit('unresponsive');
    await settle();
    expect(callsOf('dialog.showMessageBox')).toHaveLength(1);
    expect(reloads()).toBe(0);
    answers.messageBox = 1;
    window.events.emit('unresponsive');
    await settle();
    expect(reloads()).toBe(1);
  });

  test('a page that crashes is loaded again, and after three times the person is asked', async () => {
    const window = await start();
    const crash = () => window.contents.events.emit('render-process-gone', {}, { reason: 'oom' });
    crash();
    crash();
    expect(reloads()).toBe(2);
    answers.messageBox = 1;
    crash();
    await settle();
    expect(reloads()).toBe(2);
    expect(callsOf('dialog.showMessageBox')).toHaveLength(1);
    expect(callsOf('app.quit')).toHaveLength(1);
  });

  test('a page that ends in order is no trouble', async () => {
    const window = await start();
    window.contents.events.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(reloads()).toBe(0);
  });
});
