import { ipcRenderer } from 'electron';
import {
  desktopChannels,
  type ChosenFile,
  type DesktopSaveOutcome,
  type ResultsFolderAction,
} from '../../src/shared/desktop-bridge.ts';

/** The typed side of the messages to the main process: the only file of the preload that sends or receives any. */

/** Tells the main process that a page begins; what belonged to the page before it ends there. */
export function connect(): void {
  ipcRenderer.send(desktopChannels.connect);
}

export function sendFrame(frame: Uint8Array): void {
  ipcRenderer.send(desktopChannels.frame, frame);
}

/** Messages on one channel arrive in the order in which they were sent: a path is known before a call names it. */
export function allowPath(path: string): void {
  ipcRenderer.send(desktopChannels.allowPath, path);
}

export function saveFile(bytes: Uint8Array, suggestedName: string): Promise<DesktopSaveOutcome> {
  return ipcRenderer.invoke(desktopChannels.saveFile, bytes, suggestedName);
}

export function dragOut(bytes: Uint8Array, suggestedName: string): void {
  ipcRenderer.send(desktopChannels.dragOut, bytes, suggestedName);
}

export function chooseFiles(): Promise<ChosenFile[]> {
  return ipcRenderer.invoke(desktopChannels.chooseFiles);
}

export function chooseFolder(): Promise<ChosenFile | null> {
  return ipcRenderer.invoke(desktopChannels.chooseFolder);
}

export function resultsFolder(action: ResultsFolderAction): Promise<ChosenFile | null> {
  return ipcRenderer.invoke(desktopChannels.resultsFolder, action);
}

/** Both listen from the start of the page on; what comes before its script is ready is kept for it. */
export const onFrame = listen<Uint8Array>(desktopChannels.frame);
export const onOpenFiles = listen<ChosenFile[]>(desktopChannels.openFiles);

function listen<T>(channel: string): (listener: (value: T) => void) => void {
  const waiting: T[] = [];
  let listener = (value: T): void => void waiting.push(value);
  ipcRenderer.on(channel, (_event, value: T) => listener(value));
  return (next) => {
    listener = next;
    for (const value of waiting.splice(0)) next(value);
  };
}
