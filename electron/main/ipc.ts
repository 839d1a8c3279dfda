import { ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { createFrameChannel, type Channel } from '../../src/rpc/channel.ts';
import {
  desktopChannels,
  desktopOrigin,
  resultsFolderActions,
  type ChosenFile,
  type DesktopSaveOutcome,
  type ResultsFolderAction,
} from '../../src/shared/desktop-bridge.ts';
import { PagePort } from './page-port.ts';

/**
 * The typed side of the messages from the window: the only file of the main process that receives or answers any.
 * A message counts only when it comes from the main frame of a window that was registered here, while that frame shows
 * the app's own page. All others are dropped.
 */
export interface PageIpc {
  register(window: BrowserWindow): void;
}

export interface PageServices {
  /** A page has begun; its channel closes when it goes. */
  connect(channel: Channel): void;
  allowPath(file: string): void;
  chooseFiles(window: BrowserWindow): Promise<ChosenFile[]>;
  chooseFolder(window: BrowserWindow): Promise<ChosenFile | null>;
  resultsFolder(action: ResultsFolderAction, window: BrowserWindow): Promise<ChosenFile | null>;
  dragOut(contents: WebContents, bytes: Uint8Array, suggestedName: string): void;
  saveFile(window: BrowserWindow, bytes: Uint8Array, suggestedName: string): Promise<DesktopSaveOutcome>;
}

interface Registration {
  window: BrowserWindow;
  port: PagePort | undefined;
}

export function createPageIpc(services: PageServices): PageIpc {
  const registered = new Map<number, Registration>();
  const senderOf = (event: IpcMainEvent | IpcMainInvokeEvent): Registration | undefined => {
    const registration = registered.get(event.sender.id);
    const frame = event.senderFrame;
    const isOwnPage = frame !== null && frame.parent === null && frame.origin === desktopOrigin;
    return isOwnPage ? registration : undefined;
  };

  ipcMain.on(desktopChannels.connect, (event) => {
    const sender = senderOf(event);
    if (sender === undefined) return;
    sender.port?.close();
    sender.port = new PagePort(event.sender);
    services.connect(createFrameChannel(sender.port));
  });
  ipcMain.on(desktopChannels.frame, (event, frame: unknown) => senderOf(event)?.port?.accept(frame));
  ipcMain.on(desktopChannels.allowPath, (event, file: unknown) => {
    if (senderOf(event) !== undefined && typeof file === 'string') services.allowPath(file);
  });
  ipcMain.on(desktopChannels.dragOut, (event, bytes: unknown, name: unknown) => {
    const isValid = bytes instanceof Uint8Array && typeof name === 'string';
    if (senderOf(event) !== undefined && isValid) services.dragOut(event.sender, bytes, name);
  });
  ipcMain.handle(desktopChannels.chooseFiles, async (event): Promise<ChosenFile[]> => {
    const sender = senderOf(event);
    return sender === undefined ? [] : services.chooseFiles(sender.window);
  });
  ipcMain.handle(desktopChannels.chooseFolder, async (event): Promise<ChosenFile | null> => {
    const sender = senderOf(event);
    return sender === undefined ? null : services.chooseFolder(sender.window);
  });
  ipcMain.handle(desktopChannels.resultsFolder, async (event, action: unknown): Promise<ChosenFile | null> => {
    const sender = senderOf(event);
    const known = resultsFolderActions.find((candidate) => candidate === action);
    return sender === undefined || known === undefined ? null : services.resultsFolder(known, sender.window);
  });
  ipcMain.handle(
    desktopChannels.saveFile,
    async (event, bytes: unknown, name: unknown): Promise<DesktopSaveOutcome> => {
      const sender = senderOf(event);
      const isValid = bytes instanceof Uint8Array && typeof name === 'string';
      if (sender === undefined || !isValid) return { saved: false, where: '' };
      return services.saveFile(sender.window, bytes, name);
    },
  );

  return {
    register(window) {
      const { webContents } = window;
      const { id } = webContents;
      const registration: Registration = { window, port: undefined };
      registered.set(id, registration);
      webContents.on('render-process-gone', () => registration.port?.close());
      webContents.once('destroyed', () => {
        registered.delete(id);
        registration.port?.close();
      });
    },
  };
}

/** Hands files to the page of a window. */
export function sendOpenFiles(window: BrowserWindow, files: readonly ChosenFile[]): void {
  if (files.length > 0) window.webContents.send(desktopChannels.openFiles, files);
}
