import type { Pixels, Region } from '../../shared/pixels.ts';
import { estimateSigma255 } from './noise-level.ts';

/** Noise levels over a picture, at the centres of equal blocks: between them they change evenly. */
export interface NoiseMap {
  columns: number;
  rows: number;
  /** Standard deviation on the 0..255 scale, row by row. */
  sigma255: Float32Array;
}

/** In pixels. */
interface PictureSize {
  width: number;
  height: number;
}

/** The noise of a photo: its level, and where that varies, a map. */
export interface NoiseEstimate {
  /** Standard deviation on the 0..255 scale, over the whole photo. */
  sigma255: number;
  /** Null where the noise is the same all over the photo, as far as can be told. */
  map: NoiseMap | null;
}

/** Blocks are at least this wide and high in pixels: smaller ones hold too few patches to tell. */
const leastSidePx = 128;
const mostBlocksAlong = 5;
const patchesInBlock = 2000;
/**
 * Over 30 photos of BSD with the same noise everywhere, blocks differ by at most a tenth of its level: what differs by
 * more than this factor, and by more than this many levels, is another noise.
 */
const telling = { factor: 1.25, difference255: 2 };
/** A block below this level is one that cannot be told, because it is all black or white, or is clean. */
const leastSigma255 = 1;

/** Estimates the noise of a photo, and whether and how it varies over it. */
export function estimateNoise(pixels: Pixels): NoiseEstimate {
  const sigma255 = estimateSigma255(pixels);
  const columns = blocksAlong(pixels.width);
  const rows = blocksAlong(pixels.height);
  if (sigma255 < leastSigma255 || columns * rows === 1) return { sigma255, map: null };
  const blocks = Float32Array.from({ length: columns * rows }, (_, index) =>
    estimateSigma255(pixels, {
      region: blockOf(pixels, columns, rows, index),
      patches: patchesInBlock,
      about: sigma255,
    }),
  );
  const told = blocks.filter((level) => level >= leastSigma255);
  const [least, most] = [Math.min(...told), Math.max(...told)];
  const varies = most > least * telling.factor && most - least > telling.difference255;
  if (!varies) return { sigma255, map: null };
  return { sigma255, map: { columns, rows, sigma255: filled(blocks, columns, rows) } };
}

/**
 * The levels of a part of a picture, from the map of all of it.
 * @param picture size of the picture in pixels
 * @param part may reach beyond the picture, where the levels are those of its edge
 * @param target [part.height, part.width]: standard deviations on the 0..1 scale
 */
export function levelsOf(map: NoiseMap, picture: PictureSize, part: Region, target: Float32Array): void {
  const alongX = Float64Array.from({ length: part.width }, (_, x) => part.left + x + 0.5);
  const alongY = Float64Array.from({ length: part.height }, (_, y) => part.top + y + 0.5);
  sampled(map, picture, alongX, alongY, target);
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) / 255;
}

/** The map of a part of a picture by itself, with as many blocks. */
export function mapOfPart(map: NoiseMap, picture: PictureSize, part: Region): NoiseMap {
  const { columns, rows } = map;
  const sigma255 = new Float32Array(columns * rows);
  const alongX = Float64Array.from({ length: columns }, (_, x) => part.left + ((x + 0.5) * part.width) / columns);
  const alongY = Float64Array.from({ length: rows }, (_, y) => part.top + ((y + 0.5) * part.height) / rows);
  sampled(map, picture, alongX, alongY, sigma255);
  return { columns, rows, sigma255 };
}

/** The map's levels at all crossings of some columns and rows of a picture, in pixels. */
function sampled(
  { columns, rows, sigma255 }: NoiseMap,
  { width, height }: PictureSize,
  alongX: Float64Array,
  alongY: Float64Array,
  target: Float32Array,
): void {
  const across = Array.from(alongX, (x) => placeIn(columns, x / width));
  const down = Array.from(alongY, (y) => placeIn(rows, y / height));
  let index = 0;
  for (const { before, after, share } of down) {
    // The row between two rows of blocks.
    const row = Float64Array.from({ length: columns }, (_, column) => {
      const upper = sigma255[before * columns + column] as number;
      return upper + share * ((sigma255[after * columns + column] as number) - upper);
    });
    for (const place of across) {
      const left = row[place.before] as number;
      target[index++] = left + place.share * ((row[place.after] as number) - left);
    }
  }
}

function blocksAlong(length: number): number {
  return Math.max(1, Math.min(mostBlocksAlong, Math.floor(length / leastSidePx)));
}

function blockOf({ width, height }: Pixels, columns: number, rows: number, index: number): Region {
  const [column, row] = [index % columns, Math.floor(index / columns)];
  const [left, top] = [Math.floor((column * width) / columns), Math.floor((row * height) / rows)];
  return {
    left,
    top,
    width: Math.floor(((column + 1) * width) / columns) - left,
    height: Math.floor(((row + 1) * height) / rows) - top,
  };
}

/** Blocks that could not be told take the mean of those beside them that could, from the nearest outwards. */
function filled(blocks: Float32Array, columns: number, rows: number): Float32Array {
  let levels = Float32Array.from(blocks, (level) => (level < leastSigma255 ? 0 : level));
  while (levels.includes(0)) {
    const known = levels;
    levels = known.map((level, index) => {
      if (level > 0) return level;
      const [column, row] = [index % columns, Math.floor(index / columns)];
      const beside = [-1, 0, 1].flatMap((y) =>
        [-1, 0, 1].map((x) => {
          const inside = column + x >= 0 && column + x < columns && row + y >= 0 && row + y < rows;
          return inside ? (known[(row + y) * columns + column + x] as number) : 0;
        }),
      );
      const told = beside.filter((neighbour) => neighbour > 0);
      return told.length === 0 ? 0 : told.reduce((sum, neighbour) => sum + neighbour, 0) / told.length;
    });
  }
  return levels;
}

/** Between which two blocks a place lies, 0..1 along the picture, and how near to the second. */
function placeIn(blocks: number, along: number): { before: number; after: number; share: number } {
  const place = Math.min(blocks - 1, Math.max(0, along * blocks - 0.5));
  const before = Math.floor(place);
  return { before, after: Math.min(blocks - 1, before + 1), share: place - before };
}
