import { createFrameChannel, type Channel } from '../../../src/rpc/channel.ts';
import { createRpcClient } from '../../../src/rpc/client.ts';
import type { DesktopBridge } from '../../../src/shared/desktop-bridge.ts';
import { fromErrorPayload } from '../../../src/shared/errors.ts';
import type { ImageSource } from '../../../src/shared/params.ts';
import { chooseFilesInPage, chooseFolderInPage } from './choose-in-page.ts';
import { readBytes } from './file-bytes.ts';
import type { Host, PhotoFile } from './host.ts';

/** The host of the desktop app: the functions that the preload script has put on the window. */
export function createElectronHost(bridge: DesktopBridge): Host {
  const client = createRpcClient(createBridgeChannel(bridge));
  const toSource = async (file: PhotoFile): Promise<ImageSource> => {
    const path = file instanceof File ? bridge.pathForFile(file) : file.path;
    return path === '' ? readBytes(file) : { path };
  };
  return {
    kind: 'electron',
    call: (name, params, options) => client.call(name, params, options),
    onEngineState: (callback) => client.onEngineState(callback),
    // The app and its window end together.
    onDisconnect: () => undefined,
    chooseFiles: () => bridge.chooseFiles(),
    onOpenFiles: (callback) => bridge.onOpenFiles(callback),
    openSources: (files) => Promise.all(files.map(toSource)),
    chooseFolder: chooseFolderInPage,
    chooseOutputFolder: async () => (await bridge.chooseFolder())?.path ?? null,
    resultsFolder: async (action) => (await bridge.resultsFolder(action))?.path ?? null,
    choosePackage: () => chooseFilesInPage('.zip', false),
    trainingPaths: (files) =>
      Promise.resolve(files.map((file) => (file instanceof File ? bridge.pathForFile(file) : file.path))),
    dragOut: (bytes, suggestedName) => bridge.dragOut(bytes, suggestedName),
    async save(bytes, suggestedName) {
      const { saved, where, error } = await bridge.saveFile(bytes, suggestedName);
      if (error !== undefined) throw fromErrorPayload(error);
      return { saved, where };
    },
  };
}

/** The bridge cannot be held back, and lives as long as the page. */
function createBridgeChannel(bridge: DesktopBridge): Channel {
  return createFrameChannel({
    send(frame) {
      bridge.send(frame);
      return Promise.resolve();
    },
    start: (receive) => bridge.onMessage(receive),
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  });
}
