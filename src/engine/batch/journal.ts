import { z } from 'zod';
import { writeFileSafely } from '../../image/write-file.ts';
import type { BatchItem } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/params.ts';
import { LinesFile } from './lines-file.ts';
import type { QueueEntry } from './queue.ts';

const entry = z.object({
  item: z.custom<BatchItem>((value) => z.object({ itemId: z.string(), state: z.string() }).safeParse(value).success),
  jobNumber: z.int(),
  source: z.string(),
  sizeBytes: z.number(),
  wasFound: z.boolean(),
  counter: z.int(),
  counterDigits: z.int(),
  crashes: z.int(),
});
const line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), jobNumber: z.int(), job: z.custom<BatchJob>() }),
  z.object({ type: z.literal('put'), entries: z.array(entry) }),
  z.object({ type: z.literal('set'), item: entry.shape.item, crashes: z.int() }),
  z.object({ type: z.literal('drop'), itemIds: z.array(z.string()) }),
  z.object({ type: z.literal('order'), itemIds: z.array(z.string()) }),
  z.object({ type: z.literal('paused'), isPaused: z.boolean() }),
]);
type Line = z.infer<typeof line>;

/** What a queue was when it was last heard of. */
export interface JournalContent {
  entries: QueueEntry[];
  isPaused: boolean;
}

/**
 * A queue on disk: one line for each change. It is written anew, without its history, when it is opened. The journal
 * survives a killed process; after a power failure the last changes may be missing, which costs work and no photo.
 */
export class QueueJournal {
  readonly #path: string;
  #lines: LinesFile;
  readonly #jobs = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
    this.#lines = new LinesFile(path);
  }

  /**
   * Reads what is there and makes the file short again. Items that were worked on wait again; each of them may be what
   * ended the process, which is counted.
   */
  async load(): Promise<JournalContent> {
    const content = replay(await this.#lines.readNew());
    for (const restored of content.entries) {
      if (restored.item.state !== 'running') continue;
      restored.item = { ...restored.item, state: 'waiting' };
      restored.crashes += 1;
    }
    await this.reset(content);
    return content;
  }

  /** Replaces everything. */
  async reset({ entries, isPaused }: JournalContent): Promise<void> {
    await this.#lines.settled();
    this.#jobs.clear();
    const text = [...this.#linesFor(entries), { type: 'paused', isPaused } satisfies Line]
      .map((value) => `${JSON.stringify(value)}\n`)
      .join('');
    await writeFileSafely(this.#path, Buffer.from(text), { overwrite: true });
    this.#lines = new LinesFile(this.#path);
  }

  async put(entries: readonly QueueEntry[]): Promise<void> {
    await this.#lines.append(this.#linesFor(entries), true);
  }

  async set({ item, crashes }: QueueEntry): Promise<void> {
    await this.#append({ type: 'set', item, crashes });
  }

  async drop(itemIds: string[]): Promise<void> {
    await this.#append({ type: 'drop', itemIds });
  }

  async order(itemIds: string[]): Promise<void> {
    await this.#append({ type: 'order', itemIds });
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await this.#append({ type: 'paused', isPaused });
  }

  async settled(): Promise<void> {
    await this.#lines.settled();
  }

  async #append(value: Line): Promise<void> {
    await this.#lines.append([value], false);
  }

  /** Jobs are long and shared by many items, so each one is written once. */
  #linesFor(entries: readonly QueueEntry[]): Line[] {
    const lines: Line[] = [];
    const stored = entries.map(({ job, ...rest }) => {
      const text = JSON.stringify(job);
      let jobNumber = this.#jobs.get(text);
      if (jobNumber === undefined) {
        jobNumber = this.#jobs.size;
        this.#jobs.set(text, jobNumber);
        lines.push({ type: 'job', jobNumber, job });
      }
      return { ...rest, jobNumber };
    });
    return [...lines, { type: 'put', entries: stored }];
  }
}

function replay(values: readonly unknown[]): JournalContent {
  const jobs = new Map<number, BatchJob>();
  const entries = new Map<string, QueueEntry>();
  let isPaused = false;
  for (const value of values) {
    const parsed = line.safeParse(value);
    if (!parsed.success) continue;
    const change = parsed.data;
    if (change.type === 'job') jobs.set(change.jobNumber, change.job);
    else if (change.type === 'paused') ({ isPaused } = change);
    else if (change.type === 'put') {
      for (const { jobNumber, ...rest } of change.entries) {
        const job = jobs.get(jobNumber);
        if (job !== undefined) entries.set(rest.item.itemId, { ...rest, job });
      }
    } else if (change.type === 'set') {
      const known = entries.get(change.item.itemId);
      if (known !== undefined) Object.assign(known, { item: change.item, crashes: change.crashes });
    } else if (change.type === 'drop') {
      for (const itemId of change.itemIds) entries.delete(itemId);
    } else {
      for (const itemId of change.itemIds) {
        const moved = entries.get(itemId);
        entries.delete(itemId);
        if (moved !== undefined) entries.set(itemId, moved);
      }
    }
  }
  return { entries: [...entries.values()], isPaused };
}
