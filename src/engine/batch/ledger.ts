import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { FileOutcome } from '../../shared/contract.ts';
import type { BatchJob } from '../../shared/params.ts';
import { LinesFile } from './lines-file.ts';

/** What the app has made: which bytes with which settings, where the results are, and the results' own bytes. */

const plannedLine = z.object({
  type: z.literal('planned'),
  key: z.string(),
  /** SHA-256 of the photo. */
  source: z.string(),
  outputs: z.array(z.object({ path: z.string(), sha256: z.string() })),
});
const finishedLine = z.object({
  type: z.literal('finished'),
  key: z.string(),
  /** Null where nothing was to be written, since the result was larger. */
  outcome: z.custom<FileOutcome>((value) => typeof value === 'object' && value !== null).nullable(),
});
const line = z.discriminatedUnion('type', [plannedLine, finishedLine]);

interface Entry {
  outputs: { path: string; sha256: string }[];
  isFinished: boolean;
  outcome: FileOutcome | null;
}

/** What is known of a photo that comes again. `larger`: it was tried, and the result was larger than the photo. */
export type Finding = { kind: 'finished'; outcome: FileOutcome } | { kind: 'larger' };

/**
 * The record of finished work, shared by every process of the app. Results are planned before they are written and
 * finished after, so that one who is killed in between neither loses a photo nor writes it twice.
 */
export class Ledger {
  readonly #lines: LinesFile;
  readonly #entries = new Map<string, Entry>();
  /** SHA-256 of every result that is not the photo itself, bit for bit. */
  readonly #results = new Set<string>();

  constructor(path: string) {
    this.#lines = new LinesFile(path);
  }

  /** True for the bytes of a result of the app. */
  async isOwnOutput(sha256: string): Promise<boolean> {
    await this.#refresh();
    return this.#results.has(sha256);
  }

  /**
   * What was made of a photo before. Results that are gone or were never finished count as not made; what a crash has
   * left of them is removed, where it is provably ours.
   */
  async find(key: string): Promise<Finding | null> {
    await this.#refresh();
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.isFinished) {
      if (entry.outcome === null) return { kind: 'larger' };
      const present = await Promise.all(entry.outputs.map(({ path }) => exists(path)));
      return present.every(Boolean) ? { kind: 'finished', outcome: entry.outcome } : null;
    }
    for (const { path, sha256 } of entry.outputs) {
      const bytes = await readFile(path).catch(() => null);
      if (bytes !== null && sha256Of(bytes) === sha256) await rm(path, { force: true });
    }
    return null;
  }

  /**
   * Says what is about to be written. Returns when the disk knows it.
   *
   * @param source SHA-256 of the photo
   */
  async plan(key: string, source: string, outputs: { path: string; bytes: Uint8Array }[]): Promise<void> {
    const hashed = outputs.map(({ path, bytes }) => ({ path, sha256: sha256Of(bytes) }));
    await this.#append({ type: 'planned', key, source, outputs: hashed }, true);
  }

  /** Says that what was planned is written; or, with null, that nothing is to be written. */
  async finish(key: string, outcome: FileOutcome | null): Promise<void> {
    await this.#append({ type: 'finished', key, outcome }, false);
  }

  async #append(value: z.infer<typeof line>, isDurable: boolean): Promise<void> {
    this.#apply(value);
    await this.#lines.append([value], isDurable);
  }

  async #refresh(): Promise<void> {
    for (const value of await this.#lines.readNew()) {
      const parsed = line.safeParse(value);
      if (parsed.success) this.#apply(parsed.data);
    }
  }

  #apply(value: z.infer<typeof line>): void {
    if (value.type === 'planned') {
      const { outputs } = value;
      this.#entries.set(value.key, { outputs, isFinished: false, outcome: null });
      for (const { sha256 } of outputs) if (sha256 !== value.source) this.#results.add(sha256);
      return;
    }
    const outputs = value.outcome === null ? [] : (this.#entries.get(value.key)?.outputs ?? []);
    this.#entries.set(value.key, { outputs, isFinished: true, outcome: value.outcome });
  }
}

/** What makes two runs on one photo the same: its bytes, what is done to them, and where the result goes. */
export interface WorkIdentity {
  sha256: string;
  job: BatchJob;
  /** Hash of the weights of the model that the job leads to. */
  weightsSha256: string;
  /** Folder of the result, and name of the photo. */
  folder: string;
  name: string;
}

/** The key of a piece of work in the ledger. */
export function keyOf({ sha256, job, weightsSha256, folder, name }: WorkIdentity): string {
  const { operation, settings, encoding, output } = job;
  const pictureOnly = output.pictureOnly === true ? { pictureOnly: true } : {};
  const identity = { sha256, operation, settings, encoding, weightsSha256, folder, name, ...pictureOnly };
  // Object keys in a fixed order, whatever the order in which they came.
  const text = JSON.stringify(identity, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return sha256Of(Buffer.from(text));
}

/** SHA-256 in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
