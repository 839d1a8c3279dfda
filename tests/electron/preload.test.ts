import { beforeEach, expect, test, vi } from 'vitest';
import { desktopChannels, type DesktopBridge } from '../../src/shared/desktop-bridge.ts';

const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  sent: [] as unknown[][],
  listeners: new Map<string, (event: unknown, value: unknown) => void>(),
}));

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => electron.exposed.set(name, api) },
  // A real file has a path; one that the page has made in memory has none.
  webUtils: { getPathForFile: (file: { path?: string }) => file.path ?? '' },
  ipcRenderer: {
    send: (...args: unknown[]) => electron.sent.push(args),
    invoke: async (...args: unknown[]) => args,
    on: (channel: string, listener: (event: unknown, value: unknown) => void) =>
      electron.listeners.set(channel, listener),
  },
}));

let bridge: DesktopBridge;

beforeEach(async () => {
  vi.resetModules();
  electron.sent.length = 0;
  await import('../../electron/preload/preload.ts');
  bridge = electron.exposed.get('pellucid') as DesktopBridge;
});

test('the page gets named functions and no way to choose a channel', () => {
  expect([...electron.exposed.keys()]).toEqual(['pellucid']);
  const names = [
    'chooseFiles',
    'chooseFolder',
    'dragOut',
    'onMessage',
    'onOpenFiles',
    'pathForFile',
    'resultsFolder',
    'saveFile',
    'send',
  ];
  expect(Object.keys(bridge).toSorted()).toEqual(names);
  bridge.send(Uint8Array.of(1));
  expect(electron.sent).toEqual([[desktopChannels.connect], [desktopChannels.frame, Uint8Array.of(1)]]);
});

test('the path of a dropped file is made known before it is given', () => {
  expect(bridge.pathForFile({ path: '/photos/a.jpg' } as unknown as File)).toBe('/photos/a.jpg');
  expect(electron.sent.at(-1)).toEqual([desktopChannels.allowPath, '/photos/a.jpg']);
});

test('a file that a page has made up has no path', () => {
  expect(bridge.pathForFile(new File([], '/etc/passwd'))).toBe('');
  expect(electron.sent).toEqual([[desktopChannels.connect]]);
});

test('what comes before the page listens is delivered in order, without the event of Electron', () => {
  const receive = electron.listeners.get(desktopChannels.frame);
  receive?.({ sender: 'powerful' }, 1);
  receive?.({ sender: 'powerful' }, 2);
  const listener = vi.fn();
  bridge.onMessage(listener);
  receive?.({ sender: 'powerful' }, 3);
  expect(listener.mock.calls).toEqual([[1], [2], [3]]);
});
