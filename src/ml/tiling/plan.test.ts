import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { Region } from '../../shared/pixels.ts';
import { planTiles } from './plan.ts';
import type { TileOptions, TilePlan } from './plan.ts';

/** How often each pixel of the region is in a core; pixels outside of it count as -1 when they are in one. */
function coverage({ tiles }: TilePlan, region: Region): Int32Array {
  const counts = new Int32Array(region.width * region.height);
  for (const { core } of tiles) {
    for (let y = core.top - region.top; y < core.top - region.top + core.height; y++) {
      for (let x = core.left - region.left; x < core.left - region.left + core.width; x++) {
        if (x < 0 || y < 0 || x >= region.width || y >= region.height) return Int32Array.of(-1);
        counts[y * region.width + x] = (counts[y * region.width + x] as number) + 1;
      }
    }
  }
  return counts;
}

/** Pixels that a core sees to one side: up to the tile's end, or without limit where that is the picture's. */
function sight(coreEnd: number, tileEnd: number, isPictureEnd: boolean): number {
  return isPictureEnd ? Infinity : Math.abs(tileEnd - coreEnd);
}

function expectSound(width: number, height: number, region: Region, options: TileOptions): TilePlan {
  const plan = planTiles(width, height, region, options);
  const { tileWidth, tileHeight, tiles } = plan;
  const name = JSON.stringify({ width, height, region, options });
  expect(
    coverage(plan, region).every((count) => count === 1),
    name,
  ).toBe(true);
  expect([tileWidth % options.multiple, tileHeight % options.multiple], name).toEqual([0, 0]);
  expect(tileWidth * tileHeight, name).toBeLessThanOrEqual(options.maxTilePixels);
  for (const { left, top, core } of tiles) {
    expect([left % options.multiple, top % options.multiple], name).toEqual([0, 0]);
    expect(Math.min(left, top), name).toBeGreaterThanOrEqual(0);
    const sights = [
      sight(core.left, left, left === 0),
      sight(core.top, top, top === 0),
      sight(core.left + core.width, left + tileWidth, left + tileWidth >= width),
      sight(core.top + core.height, top + tileHeight, top + tileHeight >= height),
    ];
    expect(Math.min(...sights), name).toBeGreaterThanOrEqual(options.haloPx);
  }
  return plan;
}

describe('a plan of tiles', () => {
  it('covers each pixel of a region once, with aligned tiles of one shape and whole halos', () => {
    const random = createRandom(11, 0);
    for (let round = 0; round < 400; round++) {
      const multiple = 2 ** random.integer(5);
      const haloPx = random.integer(40);
      const [width, height] = [1 + random.integer(300), 1 + random.integer(300)];
      const [left, top] = [random.integer(width), random.integer(height)];
      const region = { left, top, width: 1 + random.integer(width - left), height: 1 + random.integer(height - top) };
      const smallest = 2 * Math.ceil(haloPx / multiple) + 1;
      const maxTilePixels = (multiple * (smallest + random.integer(12))) ** 2;
      expectSound(width, height, region, { maxTilePixels, haloPx, multiple });
    }
  });

  it('is a single tile that is just large enough where that is possible', () => {
    const options = { maxTilePixels: 256 ** 2, haloPx: 20, multiple: 8 };
    const whole = expectSound(100, 50, { left: 0, top: 0, width: 100, height: 50 }, options);
    expect(whole).toMatchObject({ tileWidth: 104, tileHeight: 56 });
    expect(whole.tiles).toHaveLength(1);
    // 40..48 with 24 on each side.
    const part = expectSound(1000, 1000, { left: 40, top: 500, width: 8, height: 1 }, options);
    expect(part).toMatchObject({ tileWidth: 56, tileHeight: 56 });
    expect(part.tiles).toMatchObject([{ left: 16, top: 472 }]);
  });

  it('does not repeat work at the edges of a picture', () => {
    // 256 + 232 + ... : a tile at an edge needs no halo there.
    const { tiles } = expectSound(
      464,
      8,
      { left: 0, top: 0, width: 464, height: 8 },
      { maxTilePixels: 256 * 8, haloPx: 24, multiple: 8 },
    );
    expect(tiles.map(({ left, core }) => [left, core.left, core.width])).toEqual([
      [0, 0, 232],
      [208, 232, 232],
    ]);
  });

  it('reads a photo of 12 megapixels with a sixth more than it has', () => {
    const options = { maxTilePixels: 1024 ** 2, haloPx: 48, multiple: 8 };
    const plan = expectSound(4256, 2848, { left: 0, top: 0, width: 4256, height: 2848 }, options);
    const read = plan.tiles.length * plan.tileWidth * plan.tileHeight;
    expect(read / (4256 * 2848)).toBeLessThan(1.17);
  });

  it('is refused where a tile is all halo', () => {
    const region = { left: 0, top: 0, width: 300, height: 300 };
    expect(() => planTiles(300, 300, region, { maxTilePixels: 64 ** 2, haloPx: 32, multiple: 8 })).toThrow(
      'maxTilePixels',
    );
  });
});
