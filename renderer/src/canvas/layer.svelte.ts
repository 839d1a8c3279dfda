import type { ImageView } from '../../../src/shared/contract.ts';
import type { Region } from '../../../src/shared/pixels.ts';
import { contains, grow, type Size } from './geometry.ts';
import { LatestOnly } from './latest-only.ts';

/** A part of a picture as pixels to draw; fewer pixels than its region has when it was made for a smaller scale. */
export interface Tile {
  bitmap: ImageBitmap;
  region: Region;
  /** Its few pixels are meant to be seen as blocks, at every zoom. */
  isBlocky: boolean;
}

/** A tile for a picture that has one pixel for a block of the photo, such as the latent: laid over what it stands for. */
function overPhoto(tile: Tile, photo: Size): Tile {
  const { width, height } = tile.bitmap;
  // Networks halve, so the side of a block is a power of two; the last blocks reach over the photo's edge.
  const block = 2 ** Math.ceil(Math.log2(Math.max(photo.width / width, photo.height / height)));
  return {
    bitmap: tile.bitmap,
    region: { left: 0, top: 0, width: width * block, height: height * block },
    isBlocky: true,
  };
}

/** What is being looked at, which decides how many pixels are worth fetching. */
export interface Look {
  picture: Size;
  visible: Region;
  scale: number;
}

/** Fetches a part of a picture (all of it when absent) in at most so many pixels. */
export type FetchView = (region: Region | undefined, most: Size) => Promise<ImageView>;

/** Longest side of the copy of a whole picture that a layer keeps. */
const baseSide = 1600;
/** Panning by less than this share of the pane needs nothing new. */
const margin = 0.2;
const settleMs = 70;

/** A PNG from the engine as a bitmap; decoded off the main thread. */
export async function toTile(view: ImageView): Promise<Tile> {
  const png = view.png as Uint8Array<ArrayBuffer>;
  return {
    bitmap: await createImageBitmap(new Blob([png], { type: 'image/png' })),
    region: view.region,
    isBlocky: false,
  };
}

/**
 * One picture of the comparison: a copy of the whole that is kept, and the exact pixels of the visible part where the
 * copy is too coarse. A newer version replaces both at once, so nothing older flickers through.
 */
export class Layer {
  readonly #fetch: FetchView;
  /** True for a picture of blocks: all of it is fetched, and nothing finer exists. */
  readonly #isBlocky: boolean;
  readonly #requests = new LatestOnly();
  readonly #lensRequests = new LatestOnly();
  #base = $state.raw<Tile | null>(null);
  #detail = $state.raw<Tile | null>(null);
  #lens = $state.raw<Tile | null>(null);
  #version = $state(0);
  #settle: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  constructor(fetch: FetchView, isBlocky: boolean) {
    this.#fetch = fetch;
    this.#isBlocky = isBlocky;
  }

  /** What to draw, coarse first. */
  get tiles(): Tile[] {
    return [this.#base, this.#detail].filter((tile) => tile !== null);
  }

  /** The exact pixels of the part that a loupe was held over last. */
  get lens(): Tile | null {
    return this.#lens;
  }

  /** The version that is shown; 0 while there is nothing. */
  get version(): number {
    return this.#version;
  }

  /** Asks for a version of the picture as it is looked at now. */
  want(version: number, look: Look): void {
    clearTimeout(this.#settle);
    if (version !== this.#version) {
      this.#requests.run(() => this.#load(version, look));
    } else if (this.#isTooCoarse(look)) {
      this.#settle = setTimeout(() => this.#requests.run(() => this.#sharpen(version, look)), settleMs);
    }
  }

  /** Fetches the exact pixels of a part, where what is there is coarser. */
  magnify(region: Region): void {
    const base = this.#base;
    const exact = (tile: Tile | null) =>
      tile !== null && contains(tile.region, region) && !isCoarse(tile, { visible: region, scale: 1 });
    if (base === null || this.#isBlocky || exact(base) || exact(this.#detail) || exact(this.#lens)) return;
    this.#lensRequests.run(async () => {
      const lens = await toTile(await this.#fetch(region, region));
      this.#lens?.bitmap.close();
      this.#lens = this.#isDisposed ? null : lens;
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#settle);
    this.#requests.clear();
    this.#lensRequests.clear();
    this.#replace(null, null);
  }

  /** A view that cannot be had leaves the old one standing; the job that made it impossible tells why. */
  async #load(version: number, look: Look): Promise<void> {
    const most = { width: baseSide, height: baseSide };
    const whole = await toTile(await this.#fetch(undefined, most));
    const base = this.#isBlocky ? overPhoto(whole, look.picture) : whole;
    const detail = isCoarse(base, look) ? await this.#fetchDetail(look) : null;
    this.#replace(base, detail);
    this.#version = version;
  }

  async #sharpen(version: number, look: Look): Promise<void> {
    const detail = await this.#fetchDetail(look);
    if (version === this.#version) this.#replace(this.#base, detail);
    else detail.bitmap.close();
  }

  async #fetchDetail(look: Look): Promise<Tile> {
    const region = grow(look.visible, margin, look.picture);
    const scale = Math.min(1, look.scale);
    const most = { width: Math.ceil(region.width * scale), height: Math.ceil(region.height * scale) };
    return toTile(await this.#fetch(region, most));
  }

  #isTooCoarse(look: Look): boolean {
    if (this.#base === null || !isCoarse(this.#base, look)) return false;
    const detail = this.#detail;
    return detail === null || !contains(detail.region, look.visible) || isCoarse(detail, look);
  }

  #replace(base: Tile | null, detail: Tile | null): void {
    if (this.#base !== base) {
      this.#base?.bitmap.close();
      this.#lens?.bitmap.close();
      this.#lens = null;
    }
    if (this.#detail !== detail) this.#detail?.bitmap.close();
    this.#base = this.#isDisposed ? null : base;
    this.#detail = this.#isDisposed ? null : detail;
  }
}

/** True where a tile has fewer pixels than the screen would show. */
function isCoarse(tile: Tile, look: Pick<Look, 'visible' | 'scale'>): boolean {
  return !tile.isBlocky && tile.bitmap.width + 1 < Math.floor(tile.region.width * Math.min(1, look.scale));
}
