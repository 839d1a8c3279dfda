import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../shared/pixels.ts';
import { largestDifference, scatteredPicture } from '../synthetic-pictures.test-support.ts';
import { mirrored, rasterLike, rasterOf, readTile, writeCore } from './raster.ts';
import type { Raster } from './raster.ts';

describe('mirroring', () => {
  it('goes back and forth without repeating the edge', () => {
    const indices = Array.from({ length: 13 }, (_, i) => mirrored(i - 5, 4));
    expect(indices).toEqual([1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
  });

  it('stays within one and two values', () => {
    expect([-3, -1, 0, 1, 7].map((index) => mirrored(index, 1))).toEqual([0, 0, 0, 0, 0]);
    expect([-3, -2, -1, 0, 1, 2, 3].map((index) => mirrored(index, 2))).toEqual([1, 0, 1, 0, 1, 0, 1]);
  });
});

function read(raster: Raster, tile: { left: number; top: number; width: number; height: number }): number[] {
  const target = new Float32Array(tile.width * tile.height * 3);
  readTile(raster, tile, target);
  return Array.from(target);
}

describe('reading a tile', () => {
  it('gives numbers from 0 to 1 at every depth', () => {
    const tile = { left: 0, top: 0, width: 1, height: 1 };
    const eight: Pixels = { width: 1, height: 1, channels: 3, data: Uint8Array.of(0, 51, 255) };
    const sixteen: Pixels = { width: 1, height: 1, channels: 3, data: Uint16Array.of(0, 13107, 65535) };
    const floats: Raster = { width: 1, height: 1, channels: 3, data: Float32Array.of(-25.5, 51, 280.5), peak: 255 };
    expect(largestDifference(read(rasterOf(eight), tile), [0, 0.2, 1])).toBeLessThan(1e-6);
    expect(largestDifference(read(rasterOf(sixteen), tile), [0, 0.2, 1])).toBeLessThan(1e-6);
    expect(largestDifference(read(floats, tile), [-0.1, 0.2, 1.1])).toBeLessThan(1e-6);
  });

  it('fills three channels with grey', () => {
    const grey: Pixels = { width: 2, height: 1, channels: 1, data: Uint8Array.of(51, 102) };
    const values = read(rasterOf(grey), { left: 0, top: 0, width: 2, height: 1 });
    expect(largestDifference(values, [0.2, 0.2, 0.2, 0.4, 0.4, 0.4])).toBeLessThan(1e-6);
  });

  it('mirrors what lies beyond the picture', () => {
    const grey: Pixels = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 51, 102, 153, 204, 255) };
    const values = read(rasterOf(grey), { left: 1, top: 1, width: 4, height: 2 });
    const tenths = values.filter((_, i) => i % 3 === 0).map((value) => Math.round(5 * value));
    // Columns 1, 2, then 1, 0 again; rows 1, then 0 again.
    expect(tenths).toEqual([4, 5, 4, 3, 1, 2, 1, 0]);
  });

  it('repeats a single pixel', () => {
    const pixel: Pixels = { width: 1, height: 1, channels: 1, data: Uint8Array.of(255) };
    expect(read(rasterOf(pixel), { left: 0, top: 0, width: 2, height: 2 })).toEqual(new Array(12).fill(1));
  });
});

it('reads bytes as they are, and mirrors beyond the edge as it does in floats', () => {
  const pixels = scatteredPicture({ width: 7, height: 5 });
  const tile = { left: 2, top: 3, width: 9, height: 4 };
  const bytes = new Uint8Array(tile.width * tile.height * 3);
  readTile(rasterOf(pixels), tile, bytes);
  expect(Array.from(bytes)).toEqual(read(rasterOf(pixels), tile).map((value) => Math.round(255 * value)));
});

describe('writing a core', () => {
  const all = { left: 0, top: 0, width: 1, height: 1 };
  const write = (raster: Raster, values: number[]): number[] => {
    writeCore(raster, all, all, all, Float32Array.from(values));
    return Array.from(raster.data);
  };

  it('rounds and clips integers, and leaves floats as they are', () => {
    const eight = rasterOf({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
    expect(write(eight, [-0.2, 100.4 / 255, 1.3])).toEqual([0, 100, 255]);
    expect(write(eight, [100.6 / 255, 0, 1])).toEqual([101, 0, 255]);
    const sixteen = rasterOf({ width: 1, height: 1, channels: 3, data: new Uint16Array(3) });
    expect(write(sixteen, [-0.2, 1000.4 / 65535, 1.3])).toEqual([0, 1000, 65535]);
    const floats: Raster = { width: 1, height: 1, channels: 3, data: new Float32Array(3), peak: 255 };
    expect(largestDifference(write(floats, [-0.2, 0.5, 1.2]), [-51, 127.5, 306])).toBeLessThan(1e-4);
  });

  it('gives grey the mean of the channels', () => {
    const grey = rasterOf({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
    expect(write(grey, [0.1, 0.2, 0.6])).toEqual([77]);
  });

  it('writes only the core, at its place in the region', () => {
    const region = { left: 10, top: 20 };
    const target = rasterOf({ width: 4, height: 3, channels: 1, data: new Uint8Array(12) });
    const tile = { left: 8, top: 16, width: 8, height: 8 };
    const values = new Float32Array(8 * 8 * 3).map((_, i) => Math.floor(i / 3) / 255);
    writeCore(target, region, tile, { left: 11, top: 21, width: 2, height: 2 }, values);
    // Row 21 is the tile's row 5, column 11 its column 3.
    expect(Array.from(target.data)).toEqual([0, 0, 0, 0, 0, 43, 44, 0, 0, 51, 52, 0]);
  });

  it('takes bytes that come four to an integer', () => {
    const target = rasterOf({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
    const tile = { left: 4, top: 2, width: 2, height: 2 };
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
    const core = { left: 5, top: 3, width: 1, height: 1 };
    writeCore(target, { left: 5, top: 3 }, tile, core, new Int32Array(bytes.buffer));
    expect(Array.from(target.data)).toEqual([180, 200, 220]);
  });

  it.each([
    { width: 1, height: 1, channels: 3, depth: 8 },
    { width: 1, height: 1, channels: 1, depth: 16 },
    { width: 7, height: 5, channels: 3, depth: 16 },
    { width: 6, height: 4, channels: 1, depth: 8 },
  ] as const)('undoes reading: %o', (options) => {
    const pixels = scatteredPicture(options);
    const whole = { left: 0, top: 0, width: options.width, height: options.height };
    const values = Float32Array.from(read(rasterOf(pixels), whole));
    const copy = rasterLike(rasterOf(pixels), options.width, options.height);
    writeCore(copy, whole, whole, whole, values);
    expect(copy.data).toEqual(pixels.data);
  });
});
