import type { Region } from '../../shared/pixels.ts';
import { levelsOf } from '../estimate/noise-map.ts';
import type { NoiseOptions } from '../interfaces.ts';
import { unsharedFloats } from '../runtime/unshared.ts';

/** What a graph for tiles gets as its noise level. */
export interface TileLevel {
  isMapped: boolean;
  /** For a tile, [1] or [tile.height, tile.width], 0..1; the same array each time. */
  of(tile: Region): Float32Array;
}

/**
 * The noise level for the tiles of a picture: one number, or one for each pixel where there is a map.
 * @param picture its size in pixels
 * @param tileSize likewise
 */
export function tileLevel(
  { sigma255, noiseMap }: NoiseOptions,
  picture: { width: number; height: number },
  tileSize: { width: number; height: number },
): TileLevel {
  if (noiseMap === undefined) {
    const level = Float32Array.of(sigma255 / 255);
    return { isMapped: false, of: () => level };
  }
  const levels = unsharedFloats(tileSize.width * tileSize.height);
  return {
    isMapped: true,
    of: (tile) => {
      levelsOf(noiseMap, picture, tile, levels);
      return levels;
    },
  };
}
