import { isAborted, PellucidError, type ErrorCode } from '../../../src/shared/errors.ts';
import type { CallEvent, ImageInfo } from '../../../src/shared/contract.ts';
import { toTile } from '../canvas/layer.svelte.ts';
import type { Host } from '../host/host.ts';
import type { Photo, PhotoSource } from './photo.svelte.ts';
import type { Preview } from './preview.svelte.ts';
import type { Queue } from './queue.svelte.ts';
import type { RestoreOptions } from './restore-options.svelte.ts';

interface Job {
  photo: Photo;
  abort: AbortController;
  /** Key of the settings that it restores with; empty until it has begun to. */
  settingsKey: string;
}

/** Pixels that the engine may hold open for the window; beyond it, photos are closed and opened again when needed. */
const openPixels = 60e6;
const thumbnailSide = 192;
const mostRestoredAhead = 12;
/** What is wrong with the file itself, so that it does not belong in the queue. */
const faultsOfFile: ReadonlySet<ErrorCode> = new Set([
  'EMPTY_FILE',
  'FORMAT_UNSUPPORTED',
  'IMAGE_CORRUPT',
  'IMAGE_DIMENSIONS_INVALID',
  'IMAGE_TOO_LARGE',
  'NOT_AN_IMAGE',
  'PEL_CORRUPT',
  'PERMISSION_DENIED',
  'FILE_NOT_FOUND',
]);

/** Works through the queue, the photo that is looked at first, one at a time. */
export class Restorer {
  readonly #host: Host;
  readonly #queue: Queue;
  readonly #options: RestoreOptions;
  readonly #preview: Preview;
  #job = $state.raw<Job | null>(null);
  #isPaused = $state(false);
  #isWorking = false;
  #keyAtPause = '';

  constructor(host: Host, queue: Queue, options: RestoreOptions, preview: Preview) {
    this.#host = host;
    this.#queue = queue;
    this.#options = options;
    this.#preview = preview;
  }

  /** The photo that is being worked on. */
  get photo(): Photo | null {
    return this.#job?.photo ?? null;
  }

  /** True after a cancel, until the person goes on. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Looks again at what is to be done: to be called when the selection, the queue or the settings have changed. */
  reconsider(): void {
    const { selected } = this.#queue;
    this.#options.lookAt(selected);
    if (this.#isPaused && this.#keyAtPause !== this.#options.key) this.resume();
    const job = this.#job;
    if (job !== null && this.#isStale(job)) job.abort.abort();
    if (this.#options.isAdjusting && selected !== null) this.#preview.soon(selected);
    if (!this.#isWorking) void this.#work();
  }

  /** Stops the work at once and starts nothing new. */
  cancel(): void {
    this.#isPaused = true;
    this.#keyAtPause = this.#options.key;
    this.#preview.stop();
    this.#job?.abort.abort();
  }

  /** Goes on after a cancel. */
  resume(): void {
    this.#isPaused = false;
    for (const photo of this.#queue.photos) if (photo.state === 'cancelled') photo.enqueue();
    this.reconsider();
  }

  /** Tries a photo again that failed. */
  retry(photo: Photo): void {
    photo.enqueue();
    this.resume();
  }

  /** Takes a photo out of the queue, and out of the engine. */
  remove(photo: Photo): void {
    this.#queue.remove(photo);
    if (this.#job?.photo === photo) this.#job.abort.abort();
    this.#release(photo);
    this.reconsider();
  }

  /** The engine has gone, and with it all that it held. */
  engineLost(): void {
    for (const photo of this.#queue.photos) photo.released();
  }

  #isStale(job: Job): boolean {
    const { selected } = this.#queue;
    if (selected === null) return false;
    if (job.photo !== selected) return this.#needsWork(selected) || this.#options.isAdjusting;
    return job.settingsKey !== '' && job.settingsKey !== this.#options.keyFor(selected);
  }

  #needsWork(selected: Photo): boolean {
    if (selected.state === 'waiting') return true;
    return (
      selected.state === 'done' && (!selected.hasLiveResult || selected.resultKey !== this.#options.keyFor(selected))
    );
  }

  #next(): Photo | undefined {
    const { selected, photos } = this.#queue;
    if (this.#isPaused || this.#options.isAdjusting) return undefined;
    if (selected !== null && this.#needsWork(selected)) return selected;
    const waiting = photos.filter((photo) => photo.state === 'waiting');
    return this.#restoresAhead ? waiting[0] : waiting.find((photo) => photo.info === null);
  }

  /** Of many photos only the one that is looked at is restored; the others go to the queue when they are exported. */
  get #restoresAhead(): boolean {
    return this.#queue.photos.length <= mostRestoredAhead;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      for (let photo = this.#next(); photo !== undefined; photo = this.#next()) await this.#process(photo);
    } finally {
      this.#isWorking = false;
    }
  }

  async #process(photo: Photo): Promise<void> {
    const job: Job = { photo, abort: new AbortController(), settingsKey: '' };
    this.#job = job;
    try {
      await this.#open(photo);
      job.abort.signal.throwIfAborted();
      if (photo === this.#queue.selected || this.#restoresAhead) await this.#restore(job);
      else photo.enqueue();
    } catch (error) {
      this.#settle(job, error);
    } finally {
      this.#job = null;
    }
  }

  async #restore(job: Job): Promise<void> {
    const { photo, abort } = job;
    if (photo.info === null) return;
    const { imageId } = photo.info;
    const settings = this.#options.settingsFor(photo);
    job.settingsKey = this.#options.keyFor(photo);
    photo.beginRestoring();
    const isPhoto = photo.info.pel == null;
    if (isPhoto && photo === this.#queue.selected && this.#preview.isWorthwhile(photo.info)) this.#preview.soon(photo);
    const onEvent = (event: CallEvent<'restore.run'>) => photo.progressed(event.progress);
    const result = await this.#host.call('restore.run', { imageId, settings }, { signal: abort.signal, onEvent });
    photo.finished(result, job.settingsKey);
    this.#preview.stop();
  }

  #settle({ photo, abort }: Job, error: unknown): void {
    if (abort.signal.aborted || isAborted(error)) {
      photo.interrupted(this.#isPaused);
      return;
    }
    if (error instanceof PellucidError && error.code === 'ENGINE_CRASHED') this.engineLost();
    photo.failed(error);
    if (photo.info === null && photo.error !== null && faultsOfFile.has(photo.error.code)) {
      this.#queue.skip(photo, photo.error);
    }
  }

  async #open(photo: Photo): Promise<void> {
    if (photo.isOpen) return;
    photo.beginOpening();
    const info = await this.#openSource(photo.source);
    photo.opened(info);
    if (!this.#queue.photos.includes(photo)) {
      this.#release(photo);
      return;
    }
    this.#closeOldest(photo);
    if (photo.thumbnail === null) {
      const most = { maxWidth: thumbnailSide, maxHeight: thumbnailSide };
      const view = await this.#host.call('image.view', { imageId: info.imageId, layer: 'source', ...most });
      photo.setThumbnail((await toTile(view)).bitmap);
    }
  }

  async #openSource(source: PhotoSource): Promise<ImageInfo> {
    if (source.kind === 'file') {
      const [opened] = await this.#host.openSources([source.file]);
      if (opened === undefined) throw new PellucidError('FILE_NOT_FOUND', `${source.file.name} could not be read.`);
      return this.#host.call('image.open', { source: opened });
    }
    const clean = await this.#openSource(source.of);
    const { sigma255, seed } = source;
    const noisy = await this.#host.call('image.addNoise', { imageId: clean.imageId, sigma255, seed });
    if (noisy.imageId !== clean.imageId) await this.#host.call('image.close', { imageId: clean.imageId });
    return noisy;
  }

  #closeOldest(newest: Photo): void {
    const open = this.#queue.photos.filter((photo) => photo.isOpen);
    let pixels = open.reduce((sum, { info }) => sum + (info === null ? 0 : info.width * info.height), 0);
    for (const photo of open) {
      if (pixels <= openPixels) return;
      if (photo === newest || photo === this.#queue.selected || photo.info === null) continue;
      pixels -= photo.info.width * photo.info.height;
      this.#release(photo);
    }
  }

  #release(photo: Photo): void {
    if (!photo.isOpen || photo.info === null) return;
    photo.released();
    // The engine closes what is left when the page goes; a failure to close one photo is nobody's concern.
    this.#host.call('image.close', { imageId: photo.info.imageId }).catch(() => undefined);
  }
}
