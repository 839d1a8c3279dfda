import type { Page } from 'playwright-core';

/** The whole app as a person has it, whichever way its window is shown. */
export interface RunningApp {
  /** Where it keeps models, runs and the queue; its own unless one was given, and gone when it has stopped. */
  readonly dataFolder: string;
  /** The process that has started the engine, or an ancestor of it. */
  ownerPid(): number;
  /** A window with the settings of a first start, with what the page complained about. */
  open(options?: WindowOptions): Promise<{ page: Page; complaints: string[] }>;
  stop(options?: { keepsData?: boolean }): Promise<void>;
}

interface WindowOptions {
  /** In a browser only: the window of Electron has the size that it has. */
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  locale?: string;
}

/** A photo to be dropped, or a file to be chosen. */
export interface DroppedFile {
  name: string;
  bytes: Buffer;
  mediaType?: string;
}

/** What a person does outside the page: in the dialogs of the browser or of the system. */
export interface Hands {
  /** The file that an action saves. */
  save(action: () => Promise<void>): Promise<{ name: string; bytes: Buffer }>;
  /** Chooses files where an action asks for some. */
  choose(action: () => Promise<void>, files: DroppedFile[]): Promise<void>;
}

const hands = new WeakMap<Page, Hands>();

export function giveHands(page: Page, own: Hands): void {
  hands.set(page, own);
}

export function handsOf(page: Page): Hands {
  const own = hands.get(page);
  if (own === undefined) throw new Error('This page was not opened by the app.');
  return own;
}

/** What a page complains about from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
}
