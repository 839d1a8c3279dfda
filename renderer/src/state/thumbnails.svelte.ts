import { untrack } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Host } from '../host/host.ts';

/** Side of the squares for lists, in pixels. */
const sidePx = 128;
/** Squares that are asked for at a time, and those that are kept. */
const mostAtOnce = 64;
const mostKept = 2000;
/** Time in which wishes are gathered. */
const gatherMs = 20;

/** Squares of the pictures of one library, fetched when they are first wanted. */
export class Thumbnails {
  readonly #host: Host;
  readonly #libraryId: string;
  readonly #bitmaps = new SvelteMap<number, ImageBitmap>();
  readonly #asked = new SvelteSet<number>();
  #version = $state(0);
  #wanted: number[] = [];
  #isFetching = false;

  constructor(host: Host, libraryId: string) {
    this.#host = host;
    this.#libraryId = libraryId;
  }

  /** The square of a picture; null while it is not there. */
  get(index: number): ImageBitmap | null {
    return this.#bitmaps.get(index) ?? null;
  }

  /** Goes up when squares have come, for those who look at many at once by {@link peek}. */
  get version(): number {
    return this.#version;
  }

  /** As {@link get}, but nothing follows from a change. */
  peek(index: number): ImageBitmap | null {
    return untrack(() => this.#bitmaps.get(index) ?? null);
  }

  /** Fetches a square unless it is there or on its way. */
  want(index: number): void {
    untrack(() => {
      if (this.#asked.has(index)) return;
      this.#asked.add(index);
      this.#wanted.push(index);
      if (!this.#isFetching) setTimeout(() => void this.#fetch(), gatherMs);
      this.#isFetching = true;
    });
  }

  async #fetch(): Promise<void> {
    // The newest wishes first: they are what is looked at.
    const indices = this.#wanted.splice(-mostAtOnce);
    try {
      for (const [index, bitmap] of await fetchSquares(this.#host, this.#libraryId, indices, sidePx)) {
        this.#bitmaps.set(index, bitmap);
      }
    } catch {
      // Without the engine there is nothing to show; the view says what is wrong.
      for (const index of indices) this.#asked.delete(index);
    }
    for (const index of this.#bitmaps.keys()) {
      if (this.#bitmaps.size <= mostKept) break;
      this.#bitmaps.delete(index);
      this.#asked.delete(index);
    }
    this.#version += 1;
    if (this.#wanted.length > 0) void this.#fetch();
    else this.#isFetching = false;
  }
}

async function fetchSquares(
  host: Host,
  libraryId: string,
  indices: readonly number[],
  side: number,
): Promise<[number, ImageBitmap][]> {
  const { jpeg, columns } = await host.call('explore.sheet', { libraryId, indices: [...indices], side });
  const sheet = await createImageBitmap(new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' }));
  return await Promise.all(
    indices.map(async (index, place): Promise<[number, ImageBitmap]> => {
      const [left, top] = [(place % columns) * side, Math.floor(place / columns) * side];
      return [index, await createImageBitmap(sheet, left, top, side, side)];
    }),
  );
}
