import { SvelteMap } from 'svelte/reactivity';
import type { LibrarySummary, SortResult } from '../../../src/shared/explore.ts';
import type { Host } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';

export type SortMethod = 'linear' | 'network';

/** Characters that no folder's name has, on one system or another. */
const notInNames = /[\p{Cc}/\\:*?"<>|]/gu;
const longestName = 60;

/** Classes of which the person marks a few photos each, and what the rest was sorted into. */
export class Sorting {
  readonly #host: Host;
  readonly #library: LibrarySummary;
  readonly work = new ExploreWork();
  /** Name of the class of each photo that was marked. */
  readonly marks = new SvelteMap<number, string>();
  #classes = $state.raw<readonly string[]>([]);
  #active = $state<string | null>(null);
  #method = $state<SortMethod>('linear');
  #sorted = $state.raw<{ classes: readonly string[]; result: SortResult } | null>(null);
  #copied = $state<number | null>(null);

  constructor(host: Host, library: LibrarySummary) {
    this.#host = host;
    this.#library = library;
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** The class that a click on a photo marks. */
  get active(): string | null {
    return this.#active;
  }

  get method(): SortMethod {
    return this.#method;
  }

  get accuracy(): number | null {
    return this.#sorted?.result.accuracy ?? null;
  }

  get isSorted(): boolean {
    return this.#sorted !== null;
  }

  /** Photos that were copied into folders the last time; null before that. */
  get copied(): number | null {
    return this.#copied;
  }

  /** True where there are two classes with a marked photo each. */
  get canSort(): boolean {
    return this.#marked.length > 1;
  }

  /** Photos in the order in which they are worth a look: the most doubtful first, once they are sorted. */
  get order(): number[] {
    const all = this.#library.names.map((_, index) => index);
    const confidences = this.#sorted?.result.confidences;
    if (confidences === undefined) return all;
    return all.toSorted((a, b) => (confidences[a] ?? 0) - (confidences[b] ?? 0));
  }

  get #marked(): { name: string; indices: number[] }[] {
    return this.#classes
      .map((name) => ({ name, indices: [...this.marks].filter(([, of]) => of === name).map(([index]) => index) }))
      .filter(({ indices }) => indices.length > 0);
  }

  countOf(name: string): number {
    return [...this.marks.values()].filter((of) => of === name).length;
  }

  /** What a photo was sorted into; null before that. */
  sortedInto(index: number): { name: string; confidence: number } | null {
    if (this.#sorted === null) return null;
    const { classes, result } = this.#sorted;
    return { name: classes[result.labels[index] ?? -1] ?? '', confidence: result.confidences[index] ?? 0 };
  }

  /** Adds a class; what a folder cannot have in its name is left out. */
  addClass(typed: string): void {
    const name = typed
      .replaceAll(notInNames, ' ')
      .trim()
      .replaceAll(/^\.+|\.+$/g, '')
      .trim()
      .slice(0, longestName)
      .trim();
    if (name === '') return;
    const known = this.#classes.find((other) => other.toLowerCase() === name.toLowerCase());
    if (known === undefined) this.#classes = [...this.#classes, name];
    this.#active = known ?? name;
  }

  removeClass(name: string): void {
    this.#classes = this.#classes.filter((other) => other !== name);
    for (const [index, of] of this.marks) if (of === name) this.marks.delete(index);
    if (this.#active === name) this.#active = this.#classes[0] ?? null;
  }

  activate(name: string): void {
    this.#active = name;
  }

  setMethod(method: SortMethod): void {
    this.#method = method;
  }

  /** Marks a photo as one of the active class, or takes that back. */
  mark(index: number): void {
    if (this.#active === null) return;
    if (this.marks.get(index) === this.#active) this.marks.delete(index);
    else this.marks.set(index, this.#active);
  }

  sort(): Promise<void> {
    const classes = this.#marked;
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      const params = { libraryId, classes, method: this.#method, seed: 0 };
      const result = await this.#host.call('explore.sort', params, options);
      this.#sorted = { classes: classes.map(({ name }) => name), result };
      this.#copied = null;
    });
  }

  saveTable(): Promise<void> {
    const sorted = this.#sorted;
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      if (sorted === null) return;
      const { labels, confidences } = sorted.result;
      const params = { libraryId, classes: [...sorted.classes], labels, confidences };
      const file = await this.#host.call('explore.sortTable', params, options);
      await this.#host.save(file.bytes, file.suggestedName, file.mediaType);
    });
  }

  /** Copies all photos into a folder for each class, in one that the person chooses. */
  copyIntoFolders(): Promise<void> {
    const sorted = this.#sorted;
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      const folder = sorted === null ? null : await this.#host.chooseOutputFolder();
      if (sorted === null || folder === null) return;
      const classes = sorted.classes
        .map((name, label) => ({
          name,
          indices: sorted.result.labels.flatMap((of, index) => (of === label ? [index] : [])),
        }))
        .filter(({ indices }) => indices.length > 0);
      const { copied, failed } = await this.#host.call('explore.sortInto', { libraryId, classes, folder }, options);
      this.#copied = copied.length;
      const [first] = failed;
      if (first !== undefined) throw new Error(first.reason);
    });
  }
}
