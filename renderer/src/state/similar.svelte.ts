import { SvelteSet } from 'svelte/reactivity';
import type { LibrarySummary, Neighbour, SimilarResult } from '../../../src/shared/explore.ts';
import type { Host } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';

const neighbourCount = 24;

/** Near-duplicates with a choice of which to keep, and the photos that are most like one. */
export class Similar {
  readonly #host: Host;
  readonly #library: LibrarySummary;
  readonly work = new ExploreWork();
  /** Photos that are to go. */
  readonly marked = new SvelteSet<number>();
  readonly discarded = new SvelteSet<number>();
  #result = $state.raw<SimilarResult | null>(null);
  #selected = $state<number | null>(null);
  #neighbours = $state.raw<readonly Neighbour[]>([]);

  constructor(host: Host, library: LibrarySummary) {
    this.#host = host;
    this.#library = library;
  }

  get result(): SimilarResult | null {
    return this.#result;
  }

  /** Groups of photos that are still there. */
  get groups(): number[][] {
    const groups = this.#result?.groups ?? [];
    return groups
      .map((group) => group.filter((index) => !this.discarded.has(index)))
      .filter(({ length }) => length > 1);
  }

  get selected(): number | null {
    return this.#selected;
  }

  get neighbours(): readonly Neighbour[] {
    return this.#neighbours;
  }

  find(): Promise<void> {
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      this.#result = await this.#host.call('explore.similar', { libraryId }, options);
    });
  }

  select(index: number): Promise<void> {
    this.#selected = index;
    const { libraryId } = this.#library;
    return this.work.do(async () => {
      this.#neighbours = await this.#host.call('explore.neighbours', { libraryId, index, count: neighbourCount });
    });
  }

  toggle(index: number): void {
    if (!this.marked.delete(index)) this.marked.add(index);
  }

  /** Marks all but the first of each group, which is the largest file. */
  markCopies(): void {
    for (const [, ...copies] of this.groups) for (const index of copies) this.marked.add(index);
  }

  /** Moves the marked photos to the bin. */
  discard(): Promise<void> {
    const { paths } = this.#library;
    const chosen = [...this.marked];
    return this.work.do(async (options) => {
      if (paths === null) return;
      const { moved, failed } = await this.#host.call(
        'explore.discard',
        { paths: chosen.map((index) => paths[index] ?? '') },
        options,
      );
      for (const index of chosen) if (moved.includes(paths[index] ?? '')) this.discarded.add(index);
      this.marked.clear();
      const [first] = failed;
      if (first !== undefined) throw new Error(first.reason);
    });
  }

  /** The names of the marked photos as a text file. */
  async saveList(): Promise<void> {
    const names = [...this.marked].map((index) => this.#library.names[index] ?? '');
    await this.work.do(() =>
      this.#host.save(new TextEncoder().encode(`${names.join('\n')}\n`), 'copies.txt', 'text/plain'),
    );
  }
}
