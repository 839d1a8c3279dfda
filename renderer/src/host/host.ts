import type { CallEvent, EngineState, Result } from '../../../src/shared/contract.ts';
import type { ChosenFile, ResultsFolderAction } from '../../../src/shared/desktop-bridge.ts';
import type { CallName, ImageSource, Params } from '../../../src/shared/params.ts';

interface CallOptions<K extends CallName> {
  signal?: AbortSignal;
  onEvent?: (event: CallEvent<K>) => void;
}

/** A photo file from outside: what the browser gives, or in the desktop app also a path that the app has chosen. */
export type PhotoFile = File | ChosenFile;

/** What became of a file that was to be saved; not saved means that the person chose not to. */
export interface SaveOutcome {
  saved: boolean;
  where: string;
}

/** Where the window runs: all that it needs from outside the page. */
export interface Host {
  readonly kind: 'electron' | 'web';
  /** Calls the engine; rejects with a PellucidError. */
  call<K extends CallName>(name: K, params: Params<K>, options?: CallOptions<K>): Promise<Result<K>>;
  onEngineState(callback: (state: EngineState) => void): void;
  /** Lets the person choose photos; none when they think better of it. */
  chooseFiles(): Promise<PhotoFile[]>;
  /** Calls back with photos that come from outside the page, such as by `open with`. */
  onOpenFiles(callback: (files: PhotoFile[]) => void): void;
  /** Calls back when the page has lost its host for good. */
  onDisconnect(callback: () => void): void;
  /** What the engine can open: a path where the file has one, else its bytes. */
  openSources(files: readonly PhotoFile[]): Promise<ImageSource[]>;
  /** Lets the person choose a folder; its files with their paths inside it, none when they think better of it. */
  chooseFolder(): Promise<File[]>;
  /** Lets the person choose a folder for results; null where there is no such thing, and when they think better of it. */
  chooseOutputFolder(): Promise<string | null>;
  /** The folder that results go to by themselves: as it is, as the person chooses it, or none any more; null for none. */
  resultsFolder(action: ResultsFolderAction): Promise<string | null>;
  /** Lets the person choose a model package; none when they think better of it. */
  choosePackage(): Promise<PhotoFile[]>;
  /** Paths by which the engine finds the files for training. */
  trainingPaths(files: readonly PhotoFile[]): Promise<string[]>;
  save(bytes: Uint8Array, suggestedName: string, mediaType: string): Promise<SaveOutcome>;
  /** Lets a file be dragged out of the window; absent in a browser, which has no such thing. */
  dragOut?(bytes: Uint8Array, suggestedName: string): void;
}
