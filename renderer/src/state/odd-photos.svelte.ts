import type { LibrarySummary, OddPhoto } from '../../../src/shared/explore.ts';
import type { Host } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';

/** Photos that stand out. */
export class OddPhotos {
  readonly #host: Host;
  readonly #library: LibrarySummary;
  readonly work = new ExploreWork();
  #found = $state.raw<readonly OddPhoto[] | null>(null);

  constructor(host: Host, library: LibrarySummary) {
    this.#host = host;
    this.#library = library;
  }

  /** Oddest first; null before they were looked for. */
  get found(): readonly OddPhoto[] | null {
    return this.#found;
  }

  find(): Promise<void> {
    const { libraryId } = this.#library;
    return this.work.do(async (options) => {
      this.#found = await this.#host.call('explore.odd', { libraryId }, options);
    });
  }

  /** The list as a text file: name, reason, score. */
  saveList(): Promise<void> {
    const { names, paths } = this.#library;
    const lines = (this.#found ?? []).map(
      ({ index, reason, score }) => `${score.toFixed(1)}\t${reason}\t${paths?.[index] ?? names[index] ?? ''}`,
    );
    return this.work.do(() =>
      this.#host.save(new TextEncoder().encode(`${lines.join('\n')}\n`), 'unusual.txt', 'text/plain'),
    );
  }
}
