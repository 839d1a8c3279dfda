import type { LibrarySummary } from '../../../src/shared/explore.ts';
import type { Host } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';

export type MapMethod = 'pca' | 'umap';

/** Pictures in the plane, and those of them that are selected. */
export class PhotoMap {
  readonly #host: Host;
  readonly #library: LibrarySummary;
  readonly work = new ExploreWork();
  #method = $state<MapMethod>('pca');
  #points = $state.raw<readonly number[] | null>(null);
  #selection = $state.raw<readonly number[]>([]);

  constructor(host: Host, library: LibrarySummary) {
    this.#host = host;
    this.#library = library;
  }

  get method(): MapMethod {
    return this.#method;
  }

  /** Two numbers for each picture, within -1..1; null before they are there. */
  get points(): readonly number[] | null {
    return this.#points;
  }

  get selection(): readonly number[] {
    return this.#selection;
  }

  /** Arranges the pictures; what is shown stays until the new places are there. */
  arrange(method: MapMethod = this.#method): Promise<void> {
    this.#method = method;
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      const { points } = await this.#host.call('explore.map', { libraryId, method, seed: 0 }, options);
      this.#points = points;
    });
  }

  select(indices: readonly number[]): void {
    this.#selection = indices;
  }

  /** Saves the codes of what is selected, or of all pictures. */
  saveCodes(format: 'csv' | 'npy'): Promise<void> {
    const { libraryId } = this.#library;
    const indices = this.#selection.length > 0 ? [...this.#selection] : undefined;
    return this.work.do(async (options) => {
      const file = await this.#host.call('explore.codes', { libraryId, format, indices }, options);
      await this.#host.save(file.bytes, file.suggestedName, file.mediaType);
    });
  }
}
