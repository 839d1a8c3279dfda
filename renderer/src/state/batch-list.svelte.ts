import { SvelteMap } from 'svelte/reactivity';
import type { BatchEvent, BatchItem, BatchTotals } from '../../../src/shared/batch.ts';
import type { SkippedFile } from '../../../src/shared/contract.ts';
import { isAborted, PellucidError, toPellucidError } from '../../../src/shared/errors.ts';
import type { BatchJob, CallName } from '../../../src/shared/params.ts';
import { toTile } from '../canvas/layer.svelte.ts';
import type { Host, PhotoFile } from '../host/host.ts';
import { itemsAfter } from './items-after.ts';

type Action = Extract<CallName, 'batch.pause' | 'batch.resume'>;
type ItemAction = Extract<CallName, 'batch.cancel' | 'batch.retry' | 'batch.clear'>;

/** Photos that go to the engine in one message, so that a folder of them is not held in memory. */
const photosInMessage = 4;
const thumbnailSide = 128;
/** Small pictures that are asked for at a time. */
const thumbnailsAtOnce = 2;

const empty: BatchTotals = {
  waiting: 0,
  running: 0,
  done: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
  bytesIn: 0,
  bytesOut: 0,
  isPaused: false,
  etaSeconds: null,
};

/** The engine's queue of photos to write, as it is now. It outlives the window: the engine keeps it on disk. */
export class BatchList {
  readonly #host: Host;
  #items = $state.raw<readonly BatchItem[]>([]);
  #totals = $state.raw<BatchTotals>(empty);
  /** How far each photo that is being worked on is, 0..1. */
  readonly #shares = new SvelteMap<string, number>();
  readonly #thumbnails = new SvelteMap<string, ImageBitmap | null>();
  #wanted: string[] = [];
  #loading = 0;
  #error = $state.raw<PellucidError | null>(null);
  #skipped = $state.raw<readonly SkippedFile[]>([]);
  #adding = $state(0);
  #isWatching = false;

  constructor(host: Host) {
    this.#host = host;
  }

  get items(): readonly BatchItem[] {
    return this.#items;
  }

  get totals(): BatchTotals {
    return this.#totals;
  }

  /** Photos that will not become any further by themselves. */
  get overCount(): number {
    const { done, skipped, failed, cancelled } = this.#totals;
    return done + skipped + failed + cancelled;
  }

  get isBusy(): boolean {
    return this.#totals.waiting + this.#totals.running > 0;
  }

  /** How much of everything is over, 0..1; photos that are being worked on count with their share. */
  get share(): number {
    const total = this.#items.length;
    if (total === 0) return 0;
    return (this.overCount + [...this.#shares.values()].reduce((sum, share) => sum + share, 0)) / total;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  /** Files that were not taken in, and why. */
  get skipped(): readonly SkippedFile[] {
    return this.#skipped;
  }

  /** Photos that are still being handed to the engine. */
  get adding(): number {
    return this.#adding;
  }

  shareOf(itemId: string): number | null {
    return this.#shares.get(itemId) ?? null;
  }

  /** The small picture of a photo; null where there is none (yet). */
  thumbnailOf(itemId: string): ImageBitmap | null {
    return this.#thumbnails.get(itemId) ?? null;
  }

  /** Follows the queue until the engine goes; to be called whenever the engine has become ready. */
  async watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    try {
      const onEvent = (sent: { type: string; event?: BatchEvent }) => {
        if (sent.event !== undefined) this.#take(sent.event);
      };
      await this.#host.call('batch.watch', {}, { onEvent });
    } catch (error) {
      this.#report(error);
    } finally {
      this.#isWatching = false;
    }
  }

  /** Hands photos to the queue, a few at a time. */
  async add(jobs: readonly { files: readonly PhotoFile[]; job: BatchJob }[]): Promise<void> {
    this.#error = null;
    this.#skipped = [];
    this.#adding = jobs.reduce((sum, { files }) => sum + files.length, 0);
    try {
      for (const { files, job } of jobs) {
        for (let from = 0; from < files.length; from += photosInMessage) {
          const some = files.slice(from, from + photosInMessage);
          const sources = await this.#host.openSources(some);
          const { skipped } = await this.#host.call('batch.add', { sources, recursive: true, job });
          this.#skipped = [...this.#skipped, ...skipped];
          this.#adding -= some.length;
        }
      }
    } catch (error) {
      this.#report(error);
    } finally {
      this.#adding = 0;
    }
  }

  pause(): Promise<void> {
    return this.#act('batch.pause');
  }

  resume(): Promise<void> {
    return this.#act('batch.resume');
  }

  /** Those named, or all. */
  cancel(itemIds?: string[]): Promise<void> {
    return this.#actOn('batch.cancel', itemIds);
  }

  retry(itemIds?: string[]): Promise<void> {
    return this.#actOn('batch.retry', itemIds);
  }

  /** Takes what is over off the list. */
  clear(itemIds?: string[]): Promise<void> {
    return this.#actOn('batch.clear', itemIds);
  }

  /** Puts a waiting photo so many places further down (or up, below 0) among those that wait. */
  shift(itemId: string, by: -1 | 1): Promise<void> {
    const waiting = this.#items.filter(({ state }) => state === 'waiting').map((item) => item.itemId);
    const at = waiting.indexOf(itemId);
    const before = by < 0 ? waiting[at - 1] : (waiting[at + 2] ?? null);
    return at < 0 || before === undefined ? Promise.resolve() : this.move(itemId, before);
  }

  /** Puts a photo before another one; at the end for null. */
  async move(itemId: string, before: string | null): Promise<void> {
    await this.#try(() => this.#host.call('batch.move', { itemIds: [itemId], before }));
  }

  /** Whether the app keeps the results of a photo, in a folder named for it, until the person saves them. */
  isKept({ itemId, state, outcome }: BatchItem): boolean {
    return state === 'done' && outcome !== null && outcome.outputs.some((path) => path.includes(itemId));
  }

  get keptItems(): readonly BatchItem[] {
    return this.#items.filter((item) => this.isKept(item));
  }

  /** Saves the results that the app keeps for a photo. */
  async save({ itemId, outcome }: BatchItem): Promise<void> {
    await this.#try(async () => {
      for (const index of (outcome?.outputs ?? []).keys()) {
        const { bytes, suggestedName, mediaType } = await this.#host.call('batch.result', { itemId, index });
        await this.#host.save(bytes, suggestedName, mediaType);
      }
    });
  }

  /** Asks for the small picture of a photo that has come into view. */
  wantThumbnail(itemId: string): void {
    if (this.#thumbnails.has(itemId) || this.#wanted.includes(itemId)) return;
    this.#wanted.push(itemId);
    while (this.#loading < thumbnailsAtOnce && this.#wanted.length > 0) void this.#loadThumbnails();
  }

  /** Forgets what went wrong and what was left out. */
  dismiss(): void {
    this.#error = null;
    this.#skipped = [];
  }

  async #loadThumbnails(): Promise<void> {
    this.#loading += 1;
    for (let itemId = this.#wanted.shift(); itemId !== undefined; itemId = this.#wanted.shift()) {
      this.#thumbnails.set(itemId, await this.#thumbnail(itemId));
    }
    this.#loading -= 1;
  }

  /** A photo that cannot be shown has none; the queue tells what is wrong with it. */
  async #thumbnail(itemId: string): Promise<ImageBitmap | null> {
    try {
      const { png } = await this.#host.call('batch.thumbnail', { itemId, maxSide: thumbnailSide });
      const region = { left: 0, top: 0, width: 1, height: 1 };
      return png === null ? null : (await toTile({ png, region, width: 1, height: 1 })).bitmap;
    } catch {
      return null;
    }
  }

  #take(event: BatchEvent): void {
    if (event.type === 'progress') {
      const { completed, total } = event.progress;
      if (total > 0) this.#shares.set(event.itemId, completed / total);
      return;
    }
    this.#items = itemsAfter(this.#items, event);
    this.#totals = event.type === 'state' ? event.state.totals : event.totals;
    if (event.type === 'state') this.#shares.clear();
    if (event.type === 'items') for (const item of event.items) this.#changed(item);
    if (event.type === 'removed') for (const itemId of event.itemIds) this.#forget(itemId);
  }

  #changed({ itemId, state, operation }: BatchItem): void {
    if (state !== 'running') this.#shares.delete(itemId);
    // A `.pel` has a picture once it is restored.
    if (state === 'done' && operation === 'decompress') this.#thumbnails.delete(itemId);
  }

  #forget(itemId: string): void {
    this.#shares.delete(itemId);
    this.#thumbnails.get(itemId)?.close();
    this.#thumbnails.delete(itemId);
  }

  async #act(call: Action): Promise<void> {
    await this.#try(() => this.#host.call(call, {}));
  }

  async #actOn(call: ItemAction, itemIds: string[] | undefined): Promise<void> {
    if (itemIds?.length === 0) return;
    await this.#try(() => this.#host.call(call, itemIds === undefined ? {} : { itemIds }));
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    this.#error = null;
    try {
      await action();
    } catch (error) {
      this.#report(error);
    }
  }

  /** An engine that has ended is told of elsewhere, and takes the queue up again when it is back. */
  #report(error: unknown): void {
    if (isAborted(error) || (error instanceof PellucidError && error.code === 'ENGINE_CRASHED')) return;
    this.#error = toPellucidError(error);
  }
}
