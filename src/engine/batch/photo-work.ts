import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { extensionOf, sameFormat } from '../../image/encode-photo.ts';
import { removeAbandoned } from '../../image/write-file.ts';
import type { BatchItem, SkipReason } from '../../shared/batch.ts';
import type { FileOutcome, Progress } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { BatchJob } from '../../shared/params.ts';
import { computeFile, decodeFile, encodeFile, loadFile } from '../operations/file-work.ts';
import type { ComputedFile, DecodedFile, EncodedFile, LoadedFile, PictureSize } from '../operations/file-work.ts';
import type { Models } from '../operations/models.ts';
import { writeOutputs } from '../operations/write-outputs.ts';
import { keyOf, sha256Of } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { MemoryBudget } from './memory-budget.ts';
import { baseNameOf } from './naming.ts';
import type { QueueEntry } from './queue.ts';
import type { PhotoControl } from './runner.ts';

/** What all photos of a batch share. */
export interface PhotoWorkContext {
  models: Models;
  ledger: Ledger;
  /** Folder with a folder for each item whose job names none. */
  resultsFolder: string;
  onProgress: (itemId: string, progress: Progress) => void;
}

/** Decoded pictures and results that are in memory at a time, of photos that overlap. */
const budgetBytes = 600 * 1024 * 1024;

/** A photo on its way, with what was found out about it. */
interface Underway {
  entry: QueueEntry;
  control: PhotoControl;
  started: number;
  modifiedMs: number | undefined;
  /** SHA-256 of the photo's bytes; empty until they are read. */
  sha256: string;
  /** In the ledger; null where results are not remembered. */
  key: string | null;
}

/** Thrown where a photo is knowingly not done. */
class Skip extends Error {
  readonly change: Partial<BatchItem>;

  constructor(skipReason: SkipReason, outcome: FileOutcome | null = null) {
    super(skipReason);
    this.change = { state: 'skipped', skipReason, outcome };
  }
}

/** Does the photos of batches: one is decoded while one is computed and one is encoded, each in the order of arrival. */
export class BatchWork {
  readonly #context: PhotoWorkContext;
  readonly #reading = new Turns();
  readonly #computing = new Turns();
  readonly #writing = new Turns();
  readonly #budget = new MemoryBudget(budgetBytes);
  readonly #tidied = new Set<string>();
  readonly #weights = new WeakMap<BatchJob, Promise<string>>();

  constructor(context: PhotoWorkContext) {
    this.#context = context;
  }

  /**
   * Does one photo as its job says.
   *
   * @returns the change of its item: `done` or `skipped`
   * @throws {PellucidError} what reading, models and writing throw; nothing is left behind then
   */
  async do(entry: QueueEntry, control: PhotoControl): Promise<Partial<BatchItem>> {
    const releases: (() => void)[] = [];
    try {
      const underway = { entry, control, started: performance.now(), modifiedMs: undefined, sha256: '', key: null };
      return await this.#doSteps(underway, releases);
    } catch (error) {
      if (error instanceof Skip) return error.change;
      throw error;
    } finally {
      for (const release of releases) release();
    }
  }

  async #doSteps(underway: Underway, releases: (() => void)[]): Promise<Partial<BatchItem>> {
    // Nested, so that nothing holds the decoded photo once it is computed.
    const computed = await this.#readAndCompute(underway, releases);
    return this.#writing.run(() => this.#write(computed, underway));
  }

  async #readAndCompute(underway: Underway, releases: (() => void)[]): Promise<ComputedFile> {
    const { entry, control } = underway;
    const { signal, pace } = control;
    const decoded = await this.#reading.run(() => this.#read(underway, releases));
    return this.#computing.run(async () => {
      signal.throwIfAborted();
      underway.started = performance.now();
      return computeFile(decoded, entry.job, this.#context.models, {
        signal,
        pace,
        onProgress: (progress) => this.#context.onProgress(entry.item.itemId, progress),
      });
    });
  }

  async #read(underway: Underway, releases: (() => void)[]): Promise<DecodedFile> {
    const { entry, control } = underway;
    const { signal } = control;
    signal.throwIfAborted();
    const { job, item } = entry;
    const source = item.path === null ? { bytes: await readFile(entry.source), name: item.name } : { path: item.path };
    const loaded = await loadFile(job.operation, source, signal);
    underway.modifiedMs = loaded.modifiedMs;
    await this.#passOver(loaded, underway);
    return decodeFile(loaded, job, {
      signal,
      beforeDecode: async (size) => {
        releases.push(await this.#budget.take(bytesOf(size)));
      },
    });
  }

  /** Throws {@link Skip} for what need not be done. */
  async #passOver(loaded: LoadedFile, underway: Underway): Promise<void> {
    const { entry } = underway;
    const { job, wasFound } = entry;
    const sha256 = sha256Of(loaded.bytes);
    underway.sha256 = sha256;
    const { ledger } = this.#context;
    const folder = this.#folderOf(entry);
    if (job.output.folder !== null) {
      const weightsSha256 = await this.#weightsOf(job);
      underway.key = keyOf({ sha256, job, weightsSha256, folder, name: entry.item.name });
    }
    if (!job.output.again) {
      const isOwn = wasFound && job.operation !== 'decompress' && (await ledger.isOwnOutput(sha256));
      if (isOwn) throw new Skip('own-output');
      const finding = underway.key === null ? null : await ledger.find(underway.key);
      if (finding?.kind === 'finished') throw new Skip('finished', finding.outcome);
      if (finding?.kind === 'larger' && job.output.skipLarger) throw new Skip('larger');
    }
    if (job.output.existing === 'skip') await skipTaken(folder, entry, loaded);
  }

  #weightsOf(job: BatchJob): Promise<string> {
    const known = this.#weights.get(job);
    const weights = known ?? weightsOf(job, this.#context.models);
    this.#weights.set(job, weights);
    return weights;
  }

  async #write(computed: ComputedFile, underway: Underway): Promise<Partial<BatchItem>> {
    const { entry, control, key } = underway;
    const { job } = entry;
    control.signal.throwIfAborted();
    const encoded = await encodeFile(withoutPel(computed, job), job, control.signal);
    control.signal.throwIfAborted();
    const { bytesIn, bytesOut } = encoded.about;
    if (job.output.skipLarger && job.operation !== 'decompress' && bytesOut > bytesIn) {
      if (key !== null) await this.#context.ledger.finish(key, null);
      throw new Skip('larger');
    }
    const outputs = await this.#writeFiles(encoded, underway);
    const seconds = (performance.now() - underway.started) / 1000;
    const outcome = { input: entry.item.path ?? entry.item.name, outputs, seconds, ...encoded.about };
    if (key !== null) await this.#context.ledger.finish(key, outcome);
    return { state: 'done', outcome, error: null, skipReason: null };
  }

  async #writeFiles({ outputs, about }: EncodedFile, underway: Underway): Promise<string[]> {
    const { entry, modifiedMs } = underway;
    const { existing, keepDates } = entry.job.output;
    const folder = this.#folderOf(entry);
    if (!this.#tidied.has(folder)) await removeAbandoned(folder);
    this.#tidied.add(folder);
    try {
      return await writeOutputs(folder, nameOf(entry, about.model, about.sigma255), outputs, {
        existing,
        ...(keepDates && modifiedMs !== undefined ? { modifiedMs } : {}),
        beforeWrite: (paths) => this.#plan(paths, outputs, underway),
      });
    } catch (error) {
      const isTaken = error instanceof PellucidError && error.code === 'ALREADY_EXISTS';
      throw isTaken && existing === 'skip' ? new Skip('exists') : error;
    }
  }

  /** Also where results are not looked up again, so that the app knows its own. */
  async #plan(
    paths: readonly string[],
    outputs: EncodedFile['outputs'],
    { entry, key, sha256 }: Underway,
  ): Promise<void> {
    const planned = outputs.map(({ bytes }, index) => ({ path: paths[index] ?? '', bytes }));
    await this.#context.ledger.plan(key ?? entry.item.itemId, sha256, planned);
  }

  #folderOf({ job, item }: QueueEntry): string {
    const { folder } = job.output;
    return folder === null ? join(this.#context.resultsFolder, item.itemId) : join(folder, item.folder);
  }
}

/** Lets one at a time through, in the order of arrival. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(job);
    // Neither the value nor the error is kept for the next one.
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

/** What is to be written, where a job wants pictures alone. */
function withoutPel(computed: ComputedFile, { output }: BatchJob): ComputedFile {
  return output.pictureOnly === true && computed.picture !== null ? { ...computed, pel: null } : computed;
}

/** Bytes of a decoded picture and of its result. */
function bytesOf({ width, height, channels, bitDepth }: PictureSize): number {
  return 2 * width * height * channels * (bitDepth > 8 ? 2 : 1);
}

function nameOf({ job, item, counter, counterDigits }: QueueEntry, model: string, sigma255: number | null): string {
  const name = basename(item.name, extname(item.name));
  return baseNameOf(job.output.template, { name, model, sigma255, counter, counterDigits });
}

/** Saves the computing where the names of the results are known beforehand and taken. */
async function skipTaken(folder: string, entry: QueueEntry, { photo }: LoadedFile): Promise<void> {
  const { operation, settings, encoding, output } = entry.job;
  if (/\{(sigma|model)\}/.test(output.template)) return;
  const format = encoding.format === 'same' ? sameFormat(photo?.format ?? 'png') : encoding.format;
  const isEncoded = operation === 'compress' || (operation === 'restore' && settings.mode === 'codec');
  const extensions = [
    ...(isEncoded && output.pictureOnly !== true ? ['.pel'] : []),
    ...(operation === 'compress' ? [] : [extensionOf(format)]),
  ];
  const name = nameOf(entry, '', null);
  for (const extension of extensions) {
    const isTaken = await stat(join(folder, `${name}${extension}`)).then(
      () => true,
      () => false,
    );
    if (isTaken) throw new Skip('exists');
  }
}

/** Hash of the weights that a job leads to; empty where the file itself says, or where there is no such model. */
async function weightsOf({ operation, settings }: BatchJob, models: Models): Promise<string> {
  if (operation === 'decompress') return '';
  const kind =
    operation === 'denoise' || (operation === 'restore' && settings.mode === 'denoise') ? 'denoiser' : 'codec';
  const installed = await models.list();
  const isMeant = settings.modelId === undefined ? isDefault : ({ id }: { id: string }) => id === settings.modelId;
  return installed.find((model) => model.kind === kind && isMeant(model))?.weightsSha256 ?? '';
}

function isDefault(model: { isDefault: boolean }): boolean {
  return model.isDefault;
}
