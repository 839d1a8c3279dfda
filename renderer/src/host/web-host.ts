import { createRpcClient } from '../../../src/rpc/client.ts';
import { createWorkerChannel } from '../../../src/rpc/worker-transport.ts';
import { chooseFilesInPage, chooseFolderInPage } from './choose-in-page.ts';
import { unreadBytes } from './file-bytes.ts';
import type { Host, SaveOutcome } from './host.ts';
import type { Connection } from './socket-worker.ts';

/** The host of a page in an ordinary browser: a WebSocket, in a thread of its own, to the loopback server of the page. */
export function createWebHost(): Host {
  const url = new URL('/rpc', location.href);
  url.protocol = 'ws:';
  url.search = '';
  url.hash = '';
  const worker = new Worker(new URL('./socket-worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage({ url: url.href, token: takeToken() } satisfies Connection);
  const channel = createWorkerChannel(worker);
  const client = createRpcClient(channel);
  return {
    kind: 'web',
    call: (name, params, options) => client.call(name, params, options),
    onEngineState: (callback) => client.onEngineState(callback),
    onDisconnect: (callback) => channel.onClose(callback),
    chooseFiles: () => chooseFilesInPage('image/*,.pel,.tif,.tiff,.avif,.webp', true),
    choosePackage: () => chooseFilesInPage('.zip', false),
    // Nothing reaches a page in a browser but through the page.
    onOpenFiles: () => undefined,
    openSources: async (files) => files.map(unreadBytes),
    chooseFolder: chooseFolderInPage,
    // A page names no folders of this computer: results stay with the app until the person saves them.
    chooseOutputFolder: () => Promise.resolve(null),
    resultsFolder: () => Promise.resolve(null),
    async trainingPaths(files) {
      const group = `photos-${crypto.randomUUID()}`;
      const folders = new Set<string>();
      // One after the other, so that a large folder is not held in memory.
      for (const file of files) {
        const source = unreadBytes(file);
        if ('bytes' in source) folders.add((await client.call('files.receive', { group, ...source })).folder);
      }
      return [...folders];
    },
    save: (bytes, suggestedName, mediaType) => Promise.resolve(download(bytes, suggestedName, mediaType)),
  };
}

const tokenItem = 'pellucid.token';

/**
 * The token of this run, from the part of the printed address that browsers do not send. It is taken out of the
 * address bar at once, and kept for the life of the tab so that a reload works.
 */
function takeToken(): string {
  const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token');
  if (fromAddress === null) return sessionStorage.getItem(tokenItem) ?? '';
  sessionStorage.setItem(tokenItem, fromAddress);
  history.replaceState(null, '', location.pathname);
  return fromAddress;
}

function download(bytes: Uint8Array, suggestedName: string, mediaType: string): SaveOutcome {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = suggestedName;
  link.click();
  // The browser takes the data when it handles the click, but not within it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { saved: true, where: suggestedName };
}
