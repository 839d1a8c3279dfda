import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mediaTypeOf } from '../../image/encode-photo.ts';
import { readPreview, toPng } from '../../image/preview.ts';
import { readFailure } from '../../image/image-source.ts';
import type { ImageSource } from '../../image/image-source.ts';
import type { BatchAdded, BatchEvent, BatchSummary } from '../../shared/batch.ts';
import type { ExportedFile } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { BatchJob, Params } from '../../shared/params.ts';
import type { OutputFormat } from '../../shared/photo.ts';
import type { Models } from '../operations/models.ts';
import { collectInputs } from './collect-inputs.ts';
import type { CollectOptions } from './collect-inputs.ts';
import { QueueJournal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { assertTemplate } from './naming.ts';
import { BatchWork } from './photo-work.ts';
import { lockQueue } from './queue-lock.ts';
import { BatchQueue, isOver } from './queue.ts';
import type { QueueEntry } from './queue.ts';
import { BatchRunner } from './runner.ts';
import { SettledFiles } from './settled-files.ts';

export interface BatchesOptions {
  /** The app's data folder. */
  dataFolder: string;
  models: Models;
  /** Awaited before each tile of the queue's photos: work that is more urgent. */
  letOthersGo: (signal: AbortSignal) => Promise<void>;
}

/** A file in a watched folder is complete when it has not changed for this long. */
const quietMs = 2000;
/** Milliseconds from one look at a watched folder to the next; longer, in proportion, where looking takes long. */
const lookEveryMs = 500;
const restPerLook = 20;

interface OpenQueue {
  queue: BatchQueue;
  runner: BatchRunner;
}

/** The queue of the app, which is opened when it is first asked for, and the runs of the command line. */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #folder: string;
  readonly #ledger: Ledger;
  #opened: Promise<OpenQueue> | undefined;

  constructor(options: BatchesOptions) {
    this.#options = options;
    this.#folder = join(options.dataFolder, 'batch');
    this.#ledger = new Ledger(join(this.#folder, 'finished.jsonl'));
  }

  /** The queue as the last process has left it, at work again where it was. Throws QUEUE_IN_USE. */
  open(): Promise<OpenQueue> {
    this.#opened ??= this.#openQueue();
    // One that could not be opened now may be free at the next try.
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }

  async add({ sources, recursive, job }: Params<'batch.add'>, signal: AbortSignal): Promise<BatchAdded> {
    assertTemplate(job.output.template);
    const { queue, runner } = await this.open();
    const { entries, skipped } = await collectInputs(sources, job, { recursive, signal, inboxFolder: this.#inbox });
    await queue.add(entries);
    void runner.run();
    return { items: entries.map(({ item }) => item), skipped };
  }

  /** Takes items off the list that are over, with what the app keeps for them. */
  async clear(itemIds: readonly string[] | undefined): Promise<void> {
    const { queue } = await this.open();
    const chosen = itemIds === undefined ? queue.entries : itemIds.map((itemId) => queue.get(itemId));
    const over = chosen.filter(({ item }) => isOver(item.state));
    await queue.remove(over);
    for (const { item } of over) {
      await rm(join(this.#inbox, item.itemId), { force: true });
      await rm(join(this.#results, item.itemId), { recursive: true, force: true });
    }
  }

  async retry(itemIds: readonly string[] | undefined): Promise<void> {
    const { queue, runner } = await this.open();
    const chosen = itemIds === undefined ? [...queue.entries] : itemIds.map((itemId) => queue.get(itemId));
    for (const entry of chosen) {
      if (entry.item.state !== 'failed' && entry.item.state !== 'cancelled') continue;
      entry.crashes = 0;
      await queue.update(entry, { state: 'waiting', error: null });
    }
    void runner.run();
  }

  async cancel(itemIds: readonly string[] | undefined): Promise<void> {
    const { queue, runner } = await this.open();
    await runner.cancel(itemIds === undefined ? [...queue.entries] : itemIds.map((itemId) => queue.get(itemId)));
  }

  async result({ itemId, index }: Params<'batch.result'>): Promise<ExportedFile> {
    const { queue } = await this.open();
    const { item } = queue.get(itemId);
    const path = item.outcome?.outputs[index];
    if (path === undefined) {
      const message = `${item.name} has no such result yet; wait until it is done.`;
      throw new PellucidError('INVALID_ARGUMENT', message, { subject: item.name });
    }
    return { bytes: await readFile(path), suggestedName: basename(path), mediaType: mediaTypeFor(path) };
  }

  /** A small PNG of the photo, or of what a `.pel` was decoded to. Throws as `readPreview`. */
  async thumbnail(
    { itemId, maxSide }: Params<'batch.thumbnail'>,
    signal: AbortSignal,
  ): Promise<{ png: Uint8Array | null }> {
    const { queue } = await this.open();
    const { item, source } = queue.get(itemId);
    const path = item.operation === 'decompress' ? item.outcome?.outputs.at(-1) : source;
    if (path === undefined) return { png: null };
    return { png: await toPng(await readPreview({ path }, { maxSide, signal }), 1) };
  }

  /**
   * Works on files and folders to the end. The list is found anew each time: what is finished is passed over by the
   * ledger. All that is kept of a run that was cut off is which photos were at work.
   */
  async run(
    { paths, recursive, job }: Params<'batch.run'>,
    { signal, send }: { signal: AbortSignal; send: (event: BatchEvent) => void },
  ): Promise<BatchSummary> {
    assertTemplate(job.output.template);
    const started = performance.now();
    const sources: ImageSource[] = paths.map((path) => ({ path }));
    const collected = await collectInputs(sources, job, { recursive, signal, inboxFolder: this.#inbox });
    const queue = await this.#workOff(collected.entries, runName(paths, job), { signal, send });
    return {
      totals: queue.totals(),
      failed: queue.entries.flatMap(failureOf),
      skipped: collected.skipped,
      seconds: (performance.now() - started) / 1000,
    };
  }

  /**
   * Works on what is in a folder and on each file that comes into it, once it is complete, until it is cancelled. Files
   * are looked for by reading the folder, so that it may be one of another computer.
   *
   * @throws {PellucidError} `FILE_NOT_FOUND` and its like for the folder, `ABORTED`
   */
  async follow(
    { folder, recursive, job }: Params<'batch.follow'>,
    { signal, send }: { signal: AbortSignal; send: (event: BatchEvent) => void },
  ): Promise<never> {
    assertTemplate(job.output.template);
    const files = new SettledFiles(quietMs);
    const isReady = (path: string): Promise<boolean> => files.take(path);
    for (let itemsBefore = 0; ;) {
      const started = performance.now();
      const entries = await this.#comeInto(folder, job, { recursive, signal, isReady, itemsBefore });
      itemsBefore += entries.length;
      const passMs = performance.now() - started;
      if (entries.length > 0) await this.#workOff(entries, runName(['follow', folder], job), { signal, send });
      await delay(Math.max(lookEveryMs, restPerLook * passMs), undefined, { signal });
    }
  }

  async #comeInto(folder: string, job: BatchJob, options: Omit<CollectOptions, 'inboxFolder'>): Promise<QueueEntry[]> {
    if (!(await stat(folder).catch(cannotBeRead)).isDirectory()) {
      const message = `${folder} is a file; name the folder that is to be watched.`;
      throw new PellucidError('INVALID_ARGUMENT', message, { subject: folder });
    }
    try {
      return (await collectInputs([{ path: folder }], job, { ...options, inboxFolder: this.#inbox })).entries;
    } catch (error) {
      if (toPellucidError(error).code === 'EMPTY_FOLDER') return [];
      throw error;
    }

    function cannotBeRead(error: unknown): never {
      throw toPellucidError(readFailure(error, folder), folder);
    }
  }

  /** Does the photos, with a journal of this name that tells the next process which ones were at work at a crash. */
  async #workOff(
    entries: readonly QueueEntry[],
    name: string,
    { signal, send }: { signal: AbortSignal; send: (event: BatchEvent) => void },
  ): Promise<BatchQueue> {
    const file = join(this.#folder, 'runs', `${name}.jsonl`);
    const journal = new QueueJournal(file);
    const crashes = new Map((await journal.load()).entries.map((entry) => [entry.source, entry.crashes]));
    for (const entry of entries) entry.crashes = crashes.get(entry.source) ?? 0;
    await journal.reset({ entries: [], isPaused: false });
    const queue = new BatchQueue(journal);
    const runner = this.#runnerFor(queue, () => Promise.resolve());
    queue.watch(send);
    await queue.add(entries);
    const cancel = (): void => void runner.cancel([...queue.entries]);
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    await runner.run();
    signal.removeEventListener('abort', cancel);
    await journal.settled();
    await rm(file, { force: true });
    return queue;
  }

  get #inbox(): string {
    return join(this.#folder, 'inbox');
  }

  get #results(): string {
    return join(this.#folder, 'results');
  }

  async #openQueue(): Promise<OpenQueue> {
    await mkdir(this.#folder, { recursive: true });
    await lockQueue(join(this.#folder, 'queue.lock'));
    const journal = new QueueJournal(join(this.#folder, 'queue.jsonl'));
    const { entries, isPaused } = await journal.load();
    const queue = new BatchQueue(journal);
    queue.restore(entries, isPaused);
    const runner = this.#runnerFor(queue, this.#options.letOthersGo);
    void runner.run();
    return { queue, runner };
  }

  #runnerFor(queue: BatchQueue, letOthersGo: BatchesOptions['letOthersGo']): BatchRunner {
    const work = new BatchWork({
      models: this.#options.models,
      ledger: this.#ledger,
      resultsFolder: this.#results,
      onProgress: (itemId, progress) => queue.emitProgress({ type: 'progress', itemId, progress }),
    });
    return new BatchRunner(queue, (entry, control) => work.do(entry, control), letOthersGo);
  }
}

function failureOf({ item }: QueueEntry): BatchSummary['failed'] {
  return item.state === 'failed' && item.error !== null ? [{ path: item.path ?? item.name, error: item.error }] : [];
}

/** The same command has the same name, so that it finds what it was at when it was cut off. */
function runName(paths: readonly string[], job: BatchJob): string {
  return createHash('sha256')
    .update(JSON.stringify([paths, job]))
    .digest('hex')
    .slice(0, 32);
}

const formatsByExtension: Record<string, OutputFormat> = {
  '.jpg': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
};

function mediaTypeFor(path: string): string {
  const format = formatsByExtension[extname(path)];
  return format === undefined ? 'application/octet-stream' : mediaTypeOf(format);
}
