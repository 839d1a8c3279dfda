import type { LibrarySummary } from '../../../src/shared/explore.ts';
import type { Host, PhotoFile } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';
import { Generator } from './generator.svelte.ts';
import { OddPhotos } from './odd-photos.svelte.ts';
import { PhotoMap } from './photo-map.svelte.ts';
import { Similar } from './similar.svelte.ts';
import { Sorting } from './sorting.svelte.ts';
import { Thumbnails } from './thumbnails.svelte.ts';

/** Pictures that were indexed, and what is done with them. */
export class OpenLibrary {
  readonly summary: LibrarySummary;
  readonly thumbnails: Thumbnails;
  readonly similar: Similar;
  readonly map: PhotoMap;
  readonly sorting: Sorting;
  readonly odd: OddPhotos;

  constructor(host: Host, summary: LibrarySummary) {
    this.summary = summary;
    this.thumbnails = new Thumbnails(host, summary.libraryId);
    this.similar = new Similar(host, summary);
    this.map = new PhotoMap(host, summary);
    this.sorting = new Sorting(host, summary);
    this.odd = new OddPhotos(host, summary);
  }
}

export const explorePartNames = ['similar', 'map', 'sort', 'odd', 'generate'] as const;
export type ExplorePart = (typeof explorePartNames)[number];

/** Everything of the view that explores: the photos, and the model that looks at them. */
export class Explore {
  readonly #host: Host;
  readonly indexing = new ExploreWork();
  readonly generator: Generator;
  part = $state<ExplorePart>('similar');
  #paths = $state.raw<readonly string[]>([]);
  #fileCount = $state(0);
  #adding = $state(0);
  #modelId = $state('');
  #library = $state.raw<OpenLibrary | null>(null);

  constructor(host: Host) {
    this.#host = host;
    this.generator = new Generator(host);
  }

  /** Files that were chosen. */
  get fileCount(): number {
    return this.#fileCount;
  }

  /** Files that are being taken in. */
  get adding(): number {
    return this.#adding;
  }

  /** Model that makes the codes; empty for the default codec. */
  get modelId(): string {
    return this.#modelId;
  }

  get library(): OpenLibrary | null {
    return this.#library;
  }

  async add(files: readonly PhotoFile[]): Promise<void> {
    if (files.length === 0) return;
    this.#adding += files.length;
    await this.indexing.do(async () => {
      const paths = await this.#host.trainingPaths(files);
      this.#paths = [...this.#paths, ...paths.filter((path) => !this.#paths.includes(path))];
      this.#fileCount += files.length;
    });
    this.#adding -= files.length;
    if (this.indexing.error === null) await this.index();
  }

  /** Starts over with no photos. */
  clear(): void {
    this.indexing.cancel();
    this.#paths = [];
    this.#fileCount = 0;
    this.#library = null;
  }

  async index(): Promise<void> {
    const data = [...this.#paths];
    if (data.length === 0) return;
    await this.indexing.do(async (options) => {
      const modelId = this.#modelId === '' ? undefined : this.#modelId;
      const summary = await this.#host.call('explore.open', { data, modelId }, options);
      this.#library = new OpenLibrary(this.#host, summary);
    });
  }

  async setModel(modelId: string): Promise<void> {
    this.#modelId = modelId;
    this.#library = null;
    await this.index();
  }
}
