import type { ErrorPayload } from './errors.ts';

/** What the preload script puts on the window of the desktop app as `window.pellucid`: named functions, nothing else. */
export interface DesktopBridge {
  /** Sends one frame of the RPC channel to the main process. */
  send(frame: Uint8Array): void;
  /** Sets the one listener for frames; those that came before are delivered to it. */
  onMessage(listener: (frame: Uint8Array) => void): void;
  /**
   * The path of a file or folder that was dropped or chosen in the page, which the engine may then read; an empty text
   * for one that exists only in memory.
   */
  pathForFile(file: File): string;
  /** Asks where to save and writes the file there, whole or not at all. */
  saveFile(bytes: Uint8Array, suggestedName: string): Promise<DesktopSaveOutcome>;
  /** Lets a file be dragged out of the window, while the mouse button is still down. */
  dragOut(bytes: Uint8Array, suggestedName: string): void;
  /** Asks for photos; the engine may then read them. Empty when the person chose none. */
  chooseFiles(): Promise<ChosenFile[]>;
  /** Asks for a folder that results may be written to; null when the person chose none. */
  chooseFolder(): Promise<ChosenFile | null>;
  /** Gives the folder that results go to by themselves, chooses another one, or forgets it; null where there is none. */
  resultsFolder(action: ResultsFolderAction): Promise<ChosenFile | null>;
  /** Sets the one listener for photos from the command line, `open with` and the menu; earlier ones are delivered. */
  onOpenFiles(listener: (files: ChosenFile[]) => void): void;
}

export const resultsFolderActions = ['get', 'choose', 'forget'] as const;
export type ResultsFolderAction = (typeof resultsFolderActions)[number];

export interface ChosenFile {
  path: string;
  name: string;
}

/** `saved` is false when the person chose not to, or, with an error, when it failed. */
export interface DesktopSaveOutcome {
  saved: boolean;
  /** Path of the file that was written. */
  where: string;
  error?: ErrorPayload;
}

/** The names under which these functions reach the main process. */
export const desktopChannels = {
  connect: 'pellucid:connect',
  frame: 'pellucid:frame',
  allowPath: 'pellucid:allow-path',
  saveFile: 'pellucid:save-file',
  dragOut: 'pellucid:drag-out',
  chooseFiles: 'pellucid:choose-files',
  chooseFolder: 'pellucid:choose-folder',
  resultsFolder: 'pellucid:results-folder',
  openFiles: 'pellucid:open-files',
} as const;

/** Where the page of the desktop app comes from; the scheme is served by the main process. */
export const desktopOrigin = 'app://pellucid';
