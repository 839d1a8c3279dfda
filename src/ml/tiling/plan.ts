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
  /** Largest side of a tile, in pixels, a multiple of `multiple`. */
  maxTilePx: number;
  /** Pixels around a core that its result depends on. */
  haloPx: number;
  /** Height and width of a tile are multiples of this. */
  multiple: number;
}

/**
 * Cuts a region of a picture into tiles of one shape, so that TensorFlow prepares for one shape only.
 * A region that fits into one tile gets one that is just large enough. Cores start at multiples of `multiple`
 * relative to the picture, so that a tile's pixels are aligned as they are when the picture is done whole.
 * @throws {PellucidError} INVALID_ARGUMENT where a region needs several tiles and each one would be all halo
 */
export function planTiles(width: number, height: number, region: Region, options: TileOptions): TilePlan {
  const columns = cut(region.left, region.width, width, options);
  const rows = cut(region.top, region.height, height, options);
  const tiles = rows.parts.flatMap((row) =>
    columns.parts.map((column) => ({
      left: column.read,
      top: row.read,
      core: { left: column.start, top: row.start, width: column.length, height: row.length },
    })),
  );
  return { tileWidth: columns.size, tileHeight: rows.size, tiles };
}

interface Part {
  read: number;
  start: number;
  length: number;
}

function cut(start: number, length: number, total: number, options: TileOptions): { size: number; parts: Part[] } {
  const { maxTilePx, multiple } = options;
  const halo = roundUp(options.haloPx, multiple);
  const first = Math.max(0, floorTo(start, multiple) - halo);
  const last = Math.min(roundUp(total, multiple), roundUp(start + length, multiple) + halo);
  if (last - first <= maxTilePx) return { size: last - first, parts: [{ read: first, start, length }] };
  if (maxTilePx < 2 * halo + multiple || maxTilePx % multiple !== 0)
    throw invalidArgument('maxTilePx', `a multiple of ${multiple} from ${2 * halo + multiple} on`, maxTilePx);
  const parts: Part[] = [];
  const end = start + length;
  let position = start;
  while (position < end) {
    // The first tile needs no halo towards the picture's edge, nor does the last one.
    const read = Math.min(Math.max(0, floorTo(position, multiple) - halo), Math.max(0, last - maxTilePx));
    const reach = read + maxTilePx >= last ? end : read + maxTilePx - halo;
    parts.push({ read, start: position, length: Math.min(reach, end) - position });
    position = Math.min(reach, end);
  }
  return { size: maxTilePx, parts };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function floorTo(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}
