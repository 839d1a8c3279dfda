import { PellucidError } from '../../shared/errors.ts';
import { availableBytes, bytesPerPhotoPixel } from '../../shared/memory-limit.ts';

/** Part of the free memory that tiles may take: the rest is for the photos around them. */
const shareOfFree = 0.5;
/**
 * Memory that tiles may take: the larger they are, the less is computed twice around them. Beside a large photo they are
 * smaller, so that the engine stays below 1.5 GiB with one of 100 megapixels.
 */
const tileBytes = { most: 640 * 2 ** 20, least: 256 * 2 ** 20, withPhoto: 900 * 2 ** 20 };
/** Tiles smaller than this are mostly what they share with their neighbours. */
const leastPixels = 256 ** 2;

/**
 * What TensorFlow, oneDNN and V8 say where there is no memory for a tile. Where the system ends the process instead, it
 * is started again with half the tile: see `engine-client`.
 */
const words = /OOM when|Resource ?exhausted|could not create a (?:primitive|memory)|bad_alloc|allocation failed/i;

/** How large a tile may be: as large as wanted where there is memory for it, and half of that when it has run out. */
export class TileMemory {
  readonly #bytesPerPixel: number;
  readonly #share = shareOfTiles();
  #mostPixels: number;
  #heldBytes = 0;

  /**
   * @param bytesPerPixel memory that a graph takes for a pixel of its tile
   * @param mostPixels pixels of a tile at most; as many as there is memory for when absent
   */
  constructor(bytesPerPixel: number, mostPixels = tileBytes.most / bytesPerPixel) {
    this.#bytesPerPixel = bytesPerPixel;
    this.#mostPixels = mostPixels * this.#share;
  }

  /**
   * Does work with tiles of at most as many pixels as it is given; once more with half of that, as long as it fails for
   * want of memory.
   * @param photoPixels of the photo that the tiles are parts of
   * @param release lets go of what was prepared for tiles that were too large
   * @throws {PellucidError} OUT_OF_MEMORY where the smallest tile is too large, and what `work` throws
   */
  async run<Result>(
    photoPixels: number,
    work: (mostPixels: number) => Promise<Result>,
    release: () => void,
  ): Promise<Result> {
    for (;;) {
      const pixels = this.#fitting(photoPixels);
      try {
        return await work(pixels);
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        release();
        if (pixels / 2 < leastPixels) throw outOfMemory(error);
        this.#mostPixels = pixels / 2;
        this.#heldBytes = 0;
      }
    }
  }

  /** What earlier tiles took is there for this one too. */
  #fitting(photoPixels: number): number {
    const beside = Math.max(tileBytes.least, tileBytes.withPhoto - photoPixels * bytesPerPhotoPixel);
    const bytes = shareOfFree * (availableBytes() + this.#heldBytes);
    let pixels = Math.min(this.#mostPixels, (this.#share * beside) / this.#bytesPerPixel);
    while (pixels * this.#bytesPerPixel > bytes && pixels / 2 >= leastPixels) pixels /= 2;
    this.#heldBytes = Math.max(this.#heldBytes, pixels * this.#bytesPerPixel);
    return pixels;
  }
}

/** Below 1 in an engine that was started again after its process had run out of memory. */
function shareOfTiles(): number {
  const share = Number(process.env['PELLUCID_TILE_SHARE'] ?? '1');
  return share > 0 && share <= 1 ? share : 1;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && !(error instanceof PellucidError) && words.test(error.message);
}

function outOfMemory(cause: unknown): PellucidError {
  const message = 'There is not enough memory for even a small part of the photo. Close other programs and repeat it.';
  return new PellucidError('OUT_OF_MEMORY', message, { cause });
}
