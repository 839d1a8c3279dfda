import { invalidArgument } from '../../shared/errors.ts';
import type { Region } from '../../shared/pixels.ts';

/** One tile: the part of the picture it reads, and the part of it that is kept. Both in picture pixels. */
interface Tile {
  /** Left and top of the area that is read; it has the plan's tile size and may reach beyond the picture. */
  left: number;
  top: number;
  /** What the tile's result is used for; tiles' cores cover the region without overlap. */
  core: Region;
}

export interface TilePlan {
  tileWidth: number;
  tileHeight: number;
  tiles: Tile[];
}

export interface TileOptions {
  /** Most pixels of a tile. */
  maxTilePixels: number;
  /** Pixels around a core that its result depends on. */
  haloPx: number;
  /** Height and width of a tile are multiples of this. */
  multiple: number;
}

/**
 * Cuts a region of a picture into tiles of one shape, so that TensorFlow prepares for one shape only, and of the number
 * for which the least is computed twice. A region that fits into one tile gets one that is just large enough. Cores
 * start at multiples of `multiple` relative to the picture, so that a tile's pixels are aligned as they are when the
 * picture is done whole.
 * @throws {PellucidError} INVALID_ARGUMENT where a region needs several tiles and each one would be all halo
 */
export function planTiles(width: number, height: number, region: Region, options: TileOptions): TilePlan {
  const { maxTilePixels, haloPx, multiple } = options;
  const across = spanOf(region.left, region.width, width, options);
  const down = spanOf(region.top, region.height, height, options);
  const shape = leastWork(sizesOf(across, options), sizesOf(down, options), maxTilePixels);
  if (shape === undefined) {
    const least = `at least ${(2 * roundUp(haloPx, multiple) + multiple) ** 2}`;
    throw invalidArgument('maxTilePixels', least, maxTilePixels);
  }
  const columns = partsOf(across, shape.width, options);
  const tiles = partsOf(down, shape.height, options).flatMap((row) =>
    columns.map((column) => ({
      left: column.read,
      top: row.read,
      core: { left: column.start, top: row.start, width: column.length, height: row.length },
    })),
  );
  return { tileWidth: shape.width, tileHeight: shape.height, tiles };
}

/** Along one axis: what is wanted, and what must be read for it, `first` to `last`, in multiples. */
interface Span {
  start: number;
  length: number;
  first: number;
  last: number;
}

/** A tile's length along one axis, and how much is read in all with tiles of that length. */
interface Size {
  length: number;
  read: number;
}

interface Part {
  read: number;
  start: number;
  length: number;
}

function spanOf(start: number, length: number, total: number, { haloPx, multiple }: TileOptions): Span {
  const halo = roundUp(haloPx, multiple);
  const first = Math.max(0, floorTo(start, multiple) - halo);
  const last = Math.min(roundUp(total, multiple), roundUp(start + length, multiple) + halo);
  return { start, length, first, last };
}

/** The least length for one tile, two tiles, ... to cover the span: the first and the last need one halo only. */
function sizesOf({ first, last }: Span, { haloPx, multiple }: TileOptions): Size[] {
  const halo = roundUp(haloPx, multiple);
  const sizes: Size[] = [];
  for (let count = 1; ; count++) {
    const length = roundUp((last - first + 2 * halo * (count - 1)) / count, multiple);
    if (count > 1 && length < 2 * halo + multiple) return sizes;
    sizes.push({ length, read: count * length });
    if (length === 2 * halo + multiple || length <= multiple) return sizes;
  }
}

/** The shape with which the least is read in all; the larger tile of two that are equal in that. */
function leastWork(
  widths: readonly Size[],
  heights: readonly Size[],
  maxTilePixels: number,
): { width: number; height: number } | undefined {
  let best: { width: number; height: number; work: number } | undefined;
  for (const { length: width, read: across } of widths) {
    // Fewer tiles are less work, so the first height that fits is the best for this width.
    const fitting = heights.find(({ length }) => length * width <= maxTilePixels);
    if (fitting === undefined) continue;
    const work = across * fitting.read;
    if (best === undefined || work < best.work) best = { width, height: fitting.length, work };
  }
  return best;
}

function partsOf({ start, length, first, last }: Span, size: number, { haloPx, multiple }: TileOptions): Part[] {
  const halo = roundUp(haloPx, multiple);
  if (last - first <= size) return [{ read: first, start, length }];
  const parts: Part[] = [];
  const end = start + length;
  let position = start;
  while (position < end) {
    // The first tile needs no halo towards the picture's edge, nor does the last one.
    const read = Math.min(Math.max(0, floorTo(position, multiple) - halo), Math.max(0, last - size));
    const reach = read + size >= last ? end : read + size - halo;
    parts.push({ read, start: position, length: Math.min(reach, end) - position });
    position = Math.min(reach, end);
  }
  return parts;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function floorTo(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}
