import type { ImageInfo, Progress, RestoreResult } from '../../../src/shared/contract.ts';
import { toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { PhotoFile } from '../host/host.ts';

/** Where a photo comes from, kept so that it can be opened again after the engine has let go of it. */
export type PhotoSource =
  { kind: 'file'; file: PhotoFile } | { kind: 'noisy'; of: PhotoSource; sigma255: number; seed: number };

export type PhotoState = 'waiting' | 'opening' | 'restoring' | 'done' | 'failed' | 'cancelled';

let lastKey = 0;

/** One photo of the queue, from the file to its restored picture. */
export class Photo {
  readonly key: number;
  readonly source: PhotoSource;
  #state = $state<PhotoState>('waiting');
  #isOpen = $state(false);
  #info = $state.raw<ImageInfo | null>(null);
  #result = $state.raw<RestoreResult | null>(null);
  #hasLiveResult = $state(false);
  #resultKey = $state('');
  #resultVersion = $state(0);
  #error = $state.raw<PellucidError | null>(null);
  #progress = $state.raw<Progress | null>(null);
  #thumbnail = $state.raw<ImageBitmap | null>(null);

  constructor(source: PhotoSource) {
    lastKey += 1;
    this.key = lastKey;
    this.source = source;
  }

  /** Name of the file it began with. */
  get fileName(): string {
    let { source } = this;
    while (source.kind === 'noisy') source = source.of;
    return source.file.name;
  }

  get state(): PhotoState {
    return this.#state;
  }

  /** True while the engine holds it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get info(): ImageInfo | null {
    return this.#info;
  }

  /** The newest result; stays until the next one is there. */
  get result(): RestoreResult | null {
    return this.#result;
  }

  /** True while the engine still has the pixels and bytes of the result. */
  get hasLiveResult(): boolean {
    return this.#hasLiveResult;
  }

  /** Key of the settings that the result was made with. */
  get resultKey(): string {
    return this.#resultKey;
  }

  /** Counts the results, from 1. */
  get resultVersion(): number {
    return this.#resultVersion;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  get thumbnail(): ImageBitmap | null {
    return this.#thumbnail;
  }

  beginOpening(): void {
    this.#state = 'opening';
    this.#error = null;
  }

  opened(info: ImageInfo): void {
    this.#info = info;
    this.#isOpen = true;
  }

  setThumbnail(bitmap: ImageBitmap): void {
    this.#thumbnail = bitmap;
  }

  beginRestoring(): void {
    this.#state = 'restoring';
    this.#error = null;
    this.#progress = null;
  }

  progressed(progress: Progress): void {
    this.#progress = progress;
  }

  finished(result: RestoreResult, settingsKey: string): void {
    this.#state = 'done';
    this.#progress = null;
    this.#result = result;
    this.#resultKey = settingsKey;
    this.#hasLiveResult = true;
    this.#resultVersion += 1;
  }

  failed(error: unknown): void {
    this.#state = 'failed';
    this.#progress = null;
    this.#error = toPellucidError(error, this.fileName);
  }

  /** The work on it was given up: for good by the person, or to be done again. */
  interrupted(isCancelled: boolean): void {
    this.#progress = null;
    if (isCancelled) this.#state = 'cancelled';
    else this.#state = this.#hasLiveResult ? 'done' : 'waiting';
  }

  /** To be done (again). */
  enqueue(): void {
    this.#state = this.#hasLiveResult ? 'done' : 'waiting';
    this.#error = null;
  }

  /** The engine no longer holds it. */
  released(): void {
    this.#isOpen = false;
    this.#hasLiveResult = false;
  }
}
