import type { RivalSizes } from '../../../src/shared/contract.ts';
import type { Host } from '../host/host.ts';
import type { Photo } from './photo.svelte.ts';

/** Waits for this long, so that a person who leafs through photos starts nothing. */
const delayMs = 400;

/** What other formats would take for the same quality: asked for when nothing else is to be done. */
export class Rivals {
  readonly #host: Host;
  #found = $state.raw<{ photo: Photo; version: number; sizes: RivalSizes } | null>(null);
  #abort: AbortController | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The sizes for the newest result of a photo; null while they are not known. */
  of(photo: Photo): RivalSizes | null {
    const found = this.#found;
    return found?.photo === photo && found.version === photo.resultVersion ? found.sizes : null;
  }

  /** Looks for the sizes; to be stopped as soon as the engine is wanted for anything else. */
  find(photo: Photo): () => void {
    const abort = new AbortController();
    this.#abort = abort;
    const timer = setTimeout(() => void this.#ask(photo, abort.signal), delayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  /** Without an answer there is nothing to show; the comparison is an extra and its failure nobody's concern. */
  async #ask(photo: Photo, signal: AbortSignal): Promise<void> {
    const version = photo.resultVersion;
    if (photo.info === null) return;
    try {
      const sizes = await this.#host.call('restore.rivals', { imageId: photo.info.imageId }, { signal });
      if (this.#abort?.signal === signal && !signal.aborted) this.#found = { photo, version, sizes };
    } catch {
      return;
    }
  }
}
