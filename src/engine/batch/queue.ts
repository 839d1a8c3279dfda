import { randomUUID } from 'node:crypto';
import type { BatchEvent, BatchItem, BatchItemState, BatchState, BatchTotals } from '../../shared/batch.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { BatchJob } from '../../shared/params.ts';
import type { QueueJournal } from './journal.ts';

/** One photo of a queue, with what only the engine needs to know. */
export interface QueueEntry {
  item: BatchItem;
  job: BatchJob;
  /** The file that is read: the photo, or the copy of the bytes that were handed over. */
  source: string;
  sizeBytes: number;
  /** Found in a folder, so that it was not asked for by name. */
  wasFound: boolean;
  counter: number;
  counterDigits: number;
  /** Times that the engine ended while it worked on this photo. */
  crashes: number;
}

const allStates = ['waiting', 'running', 'done', 'skipped', 'failed', 'cancelled'] as const;

/** True for an item on which nothing more will happen by itself. */
export function isOver(state: BatchItemState): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** The photos of a batch in their order, and what became of them. Every change goes to the journal and to listeners. */
export class BatchQueue {
  #entries: QueueEntry[] = [];
  readonly #byId = new Map<string, QueueEntry>();
  readonly #listeners = new Set<(event: BatchEvent) => void>();
  readonly #journal: QueueJournal;
  readonly #counts: Record<BatchItemState, number> = Object.fromEntries(allStates.map((state) => [state, 0])) as Record<
    BatchItemState,
    number
  >;
  readonly #pace = new Pace();
  #bytesIn = 0;
  #bytesOut = 0;
  #waitingBytes = 0;
  #isPaused = false;
  /** Before this place nothing waits. */
  #firstWaiting = 0;

  constructor(journal: QueueJournal) {
    this.#journal = journal;
  }

  /** Takes over what an earlier process has left, without telling anyone. */
  restore(entries: readonly QueueEntry[], isPaused: boolean): void {
    for (const entry of entries) this.#insert(entry);
    this.#isPaused = isPaused;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get entries(): readonly QueueEntry[] {
    return this.#entries;
  }

  totals(): BatchTotals {
    return {
      ...this.#counts,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      isPaused: this.#isPaused,
      etaSeconds: this.#pace.secondsFor(this.#waitingBytes),
    };
  }

  state(): BatchState {
    return { items: this.#entries.map(({ item }) => item), totals: this.totals() };
  }

  /** Calls the listener with every change; gives the function that ends this. */
  watch(listener: (event: BatchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws INVALID_ARGUMENT for an item that is not on the list. */
  get(itemId: string): QueueEntry {
    const entry = this.#byId.get(itemId);
    if (entry !== undefined) return entry;
    throw new PellucidError('INVALID_ARGUMENT', 'This photo is no longer on the list; add it again.', {
      subject: itemId,
    });
  }

  async add(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) this.#insert(entry);
    await this.#journal.put(entries);
    this.#emit({ type: 'items', items: entries.map(({ item }) => item), totals: this.totals() });
  }

  /** The first item that waits; undefined where none does. */
  next(): QueueEntry | undefined {
    while (this.#firstWaiting < this.#entries.length) {
      const entry = this.#entries[this.#firstWaiting];
      if (entry?.item.state === 'waiting') return entry;
      this.#firstWaiting += 1;
    }
    return undefined;
  }

  /** Changes what is told of an item. One that was taken off the list meanwhile is left alone. */
  async update(entry: QueueEntry, change: Partial<BatchItem>): Promise<void> {
    if (this.#byId.get(entry.item.itemId) !== entry) return;
    this.#count(entry, -1);
    entry.item = { ...entry.item, ...change };
    this.#count(entry, 1);
    if (entry.item.state === 'waiting') this.#firstWaiting = 0;
    this.#pace.note(entry);
    await this.#journal.set(entry);
    this.#emit({ type: 'items', items: [entry.item], totals: this.totals() });
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
    this.#pace.setPaused(isPaused);
    await this.#journal.setPaused(isPaused);
    this.#emit({ type: 'totals', totals: this.totals() });
  }

  async move(itemIds: readonly string[], before: string | null): Promise<void> {
    const moved = new Set(itemIds.map((itemId) => this.get(itemId)));
    const target = before === null ? undefined : this.get(before);
    const moving = this.#entries.filter((entry) => moved.has(entry));
    const staying = this.#entries.filter((entry) => !moved.has(entry) || entry === target);
    const at = target === undefined ? staying.length : staying.indexOf(target);
    this.#entries = [...staying.slice(0, at), ...moving.filter((entry) => entry !== target), ...staying.slice(at)];
    this.#firstWaiting = 0;
    const ids = this.#entries.map(({ item }) => item.itemId);
    await this.#journal.order(ids);
    this.#emit({ type: 'reordered', itemIds: ids, totals: this.totals() });
  }

  async remove(removed: readonly QueueEntry[]): Promise<void> {
    const gone = new Set(removed);
    this.#entries = this.#entries.filter((entry) => !gone.has(entry));
    for (const entry of removed) {
      this.#byId.delete(entry.item.itemId);
      this.#count(entry, -1);
    }
    this.#firstWaiting = 0;
    const itemIds = removed.map(({ item }) => item.itemId);
    await this.#journal.drop(itemIds);
    this.#emit({ type: 'removed', itemIds, totals: this.totals() });
  }

  /** Tells listeners something that is not kept. */
  emitProgress(event: Extract<BatchEvent, { type: 'progress' }>): void {
    this.#emit(event);
  }

  #insert(entry: QueueEntry): void {
    this.#entries.push(entry);
    this.#byId.set(entry.item.itemId, entry);
    this.#count(entry, 1);
  }

  #count({ item, sizeBytes }: QueueEntry, sign: 1 | -1): void {
    this.#counts[item.state] += sign;
    if (!isOver(item.state)) this.#waitingBytes += sign * sizeBytes;
    if (item.state !== 'done' || item.outcome === null) return;
    this.#bytesIn += sign * item.outcome.bytesIn;
    this.#bytesOut += sign * item.outcome.bytesOut;
  }

  #emit(event: BatchEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** How fast bytes of photos are worked off, pauses left out. */
class Pace {
  #bytes = 0;
  #seconds = 0;
  #since: number | null = null;
  #isPaused = false;

  /** Counts an item whose state has just changed. */
  note({ item, sizeBytes }: QueueEntry): void {
    this.#settle();
    if (item.state === 'running' && !this.#isPaused) this.#since ??= performance.now();
    if (item.state === 'done') this.#bytes += sizeBytes;
  }

  setPaused(isPaused: boolean): void {
    this.#settle();
    this.#isPaused = isPaused;
    this.#since = isPaused ? null : performance.now();
  }

  secondsFor(waitingBytes: number): number | null {
    if (waitingBytes === 0) return 0;
    this.#settle();
    return this.#bytes === 0 ? null : (this.#seconds / this.#bytes) * waitingBytes;
  }

  #settle(): void {
    if (this.#since === null) return;
    const now = performance.now();
    this.#seconds += (now - this.#since) / 1000;
    this.#since = now;
  }
}

/** A new item that waits. */
export function newItem(about: Pick<BatchItem, 'name' | 'path' | 'folder' | 'operation'>): BatchItem {
  return { itemId: randomUUID(), ...about, state: 'waiting', outcome: null, skipReason: null, error: null };
}
