import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createBridge } from '../../src/engine-client/bridge.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { createRpcClient, type Call } from '../../src/rpc/client.ts';
import { createMemoryPair } from '../../src/rpc/memory-transport.ts';
import { PellucidError } from '../../src/shared/errors.ts';
import type { BatchJob, CallName, Params, RestoreSettings } from '../../src/shared/params.ts';
import { hashOf, type World } from './chaos-world.ts';

/** What is found out while it goes on. */
export interface Findings {
  /** Calls that were answered, by what they came to: `done`, or the code of the error. */
  outcomes: Map<string, number>;
  /** Hash of each result that the queue has called done. */
  written: Map<string, string>;
  /** What must not happen. */
  faults: string[];
}

/** Calls that take longer than this have been forgotten. */
const forgottenMs = 180_000;

/** What may go wrong while engines are killed, disks are full and files vanish. */
const expected = new Set([
  ...['ABORTED', 'ENGINE_CRASHED', 'ENGINE_START_FAILED', 'FILE_NOT_FOUND', 'DISK_FULL', 'ALREADY_EXISTS'],
  ...['QUEUE_IN_USE', 'INVALID_ARGUMENT', 'RUN_NOT_FOUND', 'WRITE_FAILED'],
]);

const settings: RestoreSettings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };

/** One person at one window, or at a command line: does one thing after another, and cancels some of it. */
export class Person {
  readonly #engine: EngineClient;
  readonly #world: World;
  readonly #findings: Findings;
  readonly #random: () => number;
  readonly #ended = new AbortController();
  #window: { call: Call; close(): void };

  constructor(engine: EngineClient, world: World, findings: Findings, random: () => number) {
    this.#engine = engine;
    this.#world = world;
    this.#findings = findings;
    this.#random = random;
    this.#window = this.#openWindow();
  }

  /** Goes on until it is told to end. */
  async live(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#pick([
        () => this.#lookAtPhoto(),
        () => this.#lookAtPhoto(),
        () => this.#addBatch(),
        () => this.#steerQueue(),
        () => this.#processFile(),
        () => this.#reopenWindow(),
      ])();
      await delay(this.#random() * 400);
    }
  }

  end(): void {
    this.#ended.abort();
  }

  close(): void {
    this.#window.close();
  }

  /** A call whose every outcome is noted; undefined where it came to nothing. Four in ten are cancelled on the way. */
  async try<K extends CallName>(name: K, params: Params<K>, mayCancel = true) {
    const cancel = new AbortController();
    const isCancelled = mayCancel && this.#random() < 0.4;
    const timer = isCancelled ? setTimeout(() => cancel.abort(), this.#random() * 1500) : undefined;
    const forgotten = setTimeout(() => this.#findings.faults.push(`${name} was never answered`), forgottenMs);
    try {
      const result = await this.#window.call(name, params, { signal: cancel.signal });
      this.#note('done');
      return result;
    } catch (error) {
      this.#noteError(name, error);
      return undefined;
    } finally {
      clearTimeout(timer);
      clearTimeout(forgotten);
    }
  }

  #openWindow(): { call: Call; close(): void } {
    const [page, served] = createMemoryPair();
    createBridge(served, this.#engine, (name) => name as CallName);
    return { call: createRpcClient(page).call, close: () => page.close() };
  }

  async #reopenWindow(): Promise<void> {
    if (this.#random() < 0.5) return;
    const open = this.try('restore.run', { imageId: 'of another window', settings }, false);
    this.#window.close();
    await open;
    this.#window = this.#openWindow();
  }

  async #lookAtPhoto(): Promise<void> {
    const file = this.#photo();
    const source = this.#random() < 0.5 ? { path: file } : { bytes: await this.#bytesOf(file), name: basename(file) };
    const image = await this.try('image.open', { source }, false);
    if (image === undefined) return;
    const { imageId, width, height } = image;
    const region = { left: 0, top: 0, width: Math.min(64, width), height: Math.min(64, height) };
    await this.try('restore.crop', { imageId, settings, region });
    const mode = this.#pick(['codec', 'denoise'] as const);
    await this.try('restore.run', { imageId, settings: { ...settings, mode } });
    await this.try('image.view', { imageId, layer: 'restored', maxWidth: 200, maxHeight: 200 });
    const encoding = { format: this.#pick(['png', 'jpeg'] as const), metadata: 'keep' as const };
    await this.try('restore.export', { imageId, what: this.#pick(['pel', 'image'] as const), encoding });
    await this.try('image.close', { imageId }, false);
  }

  async #addBatch(): Promise<void> {
    const { results, fleeting, smallDisk, guests } = this.#world;
    const paths = this.#random() < 0.3 ? [guests] : [this.#photo(), this.#photo()];
    const folder = this.#pick([results, results, fleeting, smallDisk ?? fleeting]);
    const sources = paths.map((path) => ({ path }));
    await this.try('batch.add', { sources, recursive: false, job: jobInto(folder, this.#pick(operations)) });
  }

  async #steerQueue(): Promise<void> {
    const state = await this.try('batch.list', {}, false);
    if (state === undefined) return;
    for (const { state: itemState, outcome } of state.items) {
      if (itemState === 'done') for (const file of outcome?.outputs ?? []) await this.#noteWritten(file);
    }
    const roll = this.#random();
    if (roll < 0.2) await this.try('batch.cancel', {});
    else if (roll < 0.4) await this.try('batch.retry', {});
    else if (roll < 0.5) await this.try('batch.pause', {});
    // Only what has been noted is taken off the list.
    const over = state.items.filter(({ state: itemState }) => itemState === 'done').map(({ itemId }) => itemId);
    if (over.length > 60) await this.try('batch.clear', { itemIds: over });
    await this.try('batch.resume', {}, false);
  }

  async #processFile(): Promise<void> {
    const { rewritten, smallDisk, fleeting } = this.#world;
    const outDir = this.#pick([rewritten, rewritten, smallDisk ?? fleeting, fleeting]);
    const encoding = { format: 'png' as const, metadata: 'keep' as const };
    const operation = this.#pick(operations);
    await this.try('file.process', { operation, input: this.#photo(), outDir, settings, encoding, overwrite: true });
  }

  async #noteWritten(file: string): Promise<void> {
    if (!file.startsWith(this.#world.results) || this.#findings.written.has(file)) return;
    try {
      this.#findings.written.set(file, await hashOf(file));
    } catch (error) {
      this.#findings.faults.push(`${file} is called done and cannot be read: ${String(error)}`);
    }
  }

  #photo(): string {
    const { photos, guests, names } = this.#world;
    const name = this.#pick(names);
    return join(this.#random() < 0.25 ? guests : photos, name);
  }

  async #bytesOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await readFile(file).catch(() => Buffer.from('gone')));
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T;
  }

  #note(outcome: string): void {
    this.#findings.outcomes.set(outcome, (this.#findings.outcomes.get(outcome) ?? 0) + 1);
  }

  #noteError(name: string, error: unknown): void {
    const code = error instanceof PellucidError ? error.code : 'NO_PELLUCID_ERROR';
    this.#note(code);
    const isGuess = code === 'NOT_AN_IMAGE' || code === 'FORMAT_UNSUPPORTED';
    if (!expected.has(code) && !isGuess) this.#findings.faults.push(`${name}: ${String(error)}`);
  }
}

const operations = ['restore', 'denoise', 'compress'] as const;

function jobInto(folder: string, operation: BatchJob['operation']): BatchJob {
  const template = '{name}-{counter}';
  const output = { folder, template, existing: 'rename', skipLarger: false, again: true, keepDates: false } as const;
  return { operation, settings, encoding: { format: 'png', metadata: 'keep' }, output };
}
