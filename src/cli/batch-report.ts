import type { BatchEvent, BatchItem, BatchTotals, SkipReason } from '../shared/batch.ts';
import type { FileOutcome } from '../shared/contract.ts';
import { PellucidError } from '../shared/errors.ts';
import { byteSize, duration, progressLine } from './output.ts';
import type { Output } from './output.ts';

const skipReasons: Record<SkipReason, string> = {
  finished: 'done before with the same settings',
  'own-output': 'a result of Pellucid itself; --again takes it all the same',
  larger: 'the result would be larger',
  exists: 'there is a file of that name',
};

/** Tells the photos of a batch as they end, each once, however often the batch begins anew. */
export class BatchReport {
  readonly #output: Output;
  /** By path, in the order of the batch. */
  readonly #items = new Map<string, BatchItem>();
  readonly #paths = new Map<string, string>();
  readonly #told = new Set<string>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Every photo as it was last heard of. */
  get items(): readonly BatchItem[] {
    return [...this.#items.values()];
  }

  /** For the calls that work on a batch. */
  readonly listener = (event: { type: 'event'; event: BatchEvent } | { type: 'progress' }): void => {
    if (event.type === 'event') this.#take(event.event);
  };

  #take(event: BatchEvent): void {
    if (event.type === 'items') for (const item of event.items) this.#takeItem(item, event.totals);
    if (event.type !== 'progress') return;
    const path = this.#paths.get(event.itemId) ?? '';
    this.#output.progress(progressLine(`${this.#told.size + 1}/${this.#items.size} ${path}`, event.progress));
  }

  /** How many photos ended how: `3 done, 1 skipped, 1 failed; 9.1 MB became 2.0 MB.` */
  sentence(): string {
    const count = (state: BatchItem['state']): number => this.items.filter((item) => item.state === state).length;
    const parts = [`${count('done')} done`];
    for (const state of ['skipped', 'failed', 'cancelled'] as const)
      if (count(state) > 0 || state === 'failed') parts.push(`${count(state)} ${state}`);
    const outcomes = this.items.flatMap(({ state, outcome }) => (state === 'done' && outcome ? [outcome] : []));
    const sum = (key: 'bytesIn' | 'bytesOut'): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
    const sizes = outcomes.length === 0 ? '' : `; ${byteSize(sum('bytesIn'))} became ${byteSize(sum('bytesOut'))}`;
    return `${parts.join(', ')}${sizes}.`;
  }

  #takeItem(item: BatchItem, totals: BatchTotals): void {
    const path = item.path ?? item.name;
    this.#paths.set(item.itemId, path);
    const isOver = item.state === 'done' || item.state === 'skipped' || item.state === 'failed';
    const told = this.#told.has(path) ? this.#items.get(path) : undefined;
    if (told !== undefined && (!isOver || saysNothingNew(item, told))) return;
    this.#items.set(path, item);
    if (!isOver) return;
    this.#told.add(path);
    this.#tell(item, path, totals);
  }

  #tell({ state, outcome, skipReason, error }: BatchItem, path: string, { etaSeconds }: BatchTotals): void {
    if (state === 'failed' && error !== null) {
      this.#output.failure(new PellucidError(error.code, error.message, { subject: path }), { input: path });
    } else if (state === 'skipped' && skipReason !== null) {
      const outputs = outcome?.outputs ?? [];
      this.#output.result(
        { input: path, skipped: skipReason, outputs },
        `${path}: skipped, ${skipReasons[skipReason]}`,
      );
    } else if (outcome !== null) {
      this.#output.result(jsonLine(outcome), sentenceOf(outcome));
      for (const note of outcome.notes) this.#output.note(`${outcome.input}: ${note}`);
    }
    if (etaSeconds !== null && etaSeconds > 0)
      this.#output.progress(`${this.#told.size}/${this.#items.size}, ${duration(etaSeconds)} left`);
  }
}

/** After a new start: it was finished just before, or has failed just as it did before. */
function saysNothingNew(item: BatchItem, told: BatchItem): boolean {
  return item.skipReason === 'finished' || (item.state === 'failed' && item.error?.message === told.error?.message);
}

function jsonLine(outcome: FileOutcome): Record<string, unknown> {
  const { input, outputs, width, height, bytesIn, bytesOut, bpp, sigma255, quality, model, seconds, notes } = outcome;
  const output = outputs.at(-1) ?? null;
  return {
    input,
    output,
    outputs,
    width,
    height,
    bytesIn,
    bytesOut,
    bpp,
    sigma: sigma255,
    quality,
    model,
    seconds,
    notes,
  };
}

function sentenceOf({ input, outputs, bytesIn, bytesOut, bpp, sigma255, quality, seconds }: FileOutcome): string {
  const rate = bpp === null ? '' : `, ${bpp.toFixed(2)} bpp, quality ${quality}`;
  const noise = sigma255 === null ? '' : `, sigma ${sigma255.toFixed(1)}`;
  return `${input} -> ${outputs.join(', ')}  (${byteSize(bytesIn)} to ${byteSize(bytesOut)}${rate}${noise}, ${duration(seconds)})`;
}
