import type { Pixels, Region } from '../../shared/pixels.ts';
import { peakOf } from '../../shared/pixels.ts';
import type { OutputValues } from '../graph/session.ts';

/** A picture that tiles are read from and written to: bytes, 16-bit values, or floats. */
export interface Raster {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array | Uint16Array | Float32Array;
  /** The value that stands for 1; integers are rounded and clipped to 0..peak, floats are left as they are. */
  peak: number;
}

export function rasterOf(pixels: Pixels): Raster {
  return { ...pixels, peak: peakOf(pixels) };
}

/** A raster for a result, of the same kind as another one. */
export function rasterLike(raster: Raster, width: number, height: number): Raster {
  const size = width * height * raster.channels;
  const { data } = raster;
  const empty =
    data instanceof Uint8Array
      ? new Uint8Array(size)
      : data instanceof Uint16Array
        ? new Uint16Array(size)
        : new Float32Array(size);
  return { ...raster, width, height, data: empty };
}

/** Index mirrored into 0..length-1, without repeating the edge; for any length from 1 up. */
export function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const wrapped = ((index % period) + period) % period;
  return wrapped < length ? wrapped : period - wrapped;
}

/**
 * Reads a tile as [height, width, 3]: as bytes where `target` has bytes, else as numbers 0..1. Grey fills three channels,
 * and what lies beyond the picture is mirrored.
 */
export function readTile(raster: Raster, tile: Region, target: Uint8Array | Float32Array): void {
  if (target instanceof Uint8Array) readBytes(raster, tile, target);
  else readFloats(raster, tile, target);
}

function readBytes({ data, width, height }: Raster, tile: Region, target: Uint8Array): void {
  const inside = Math.min(tile.width, width - tile.left);
  for (let y = 0, t = 0; y < tile.height; y++) {
    const row = mirrored(tile.top + y, height) * width * 3;
    target.set(data.subarray(row + 3 * tile.left, row + 3 * (tile.left + inside)), t);
    t += 3 * inside;
    for (let x = inside; x < tile.width; x++, t += 3) {
      const s = row + 3 * mirrored(tile.left + x, width);
      target[t] = data[s] as number;
      target[t + 1] = data[s + 1] as number;
      target[t + 2] = data[s + 2] as number;
    }
  }
}

function readFloats({ data, width, height, channels, peak }: Raster, tile: Region, target: Float32Array): void {
  const columns = Int32Array.from({ length: tile.width }, (_, x) => mirrored(tile.left + x, width) * channels);
  const second = channels === 3 ? 1 : 0;
  let t = 0;
  for (let y = 0; y < tile.height; y++) {
    const row = mirrored(tile.top + y, height) * width * channels;
    for (let x = 0; x < tile.width; x++) {
      const s = row + (columns[x] as number);
      target[t] = (data[s] as number) / peak;
      target[t + 1] = (data[s + second] as number) / peak;
      target[t + 2] = (data[s + 2 * second] as number) / peak;
      t += 3;
    }
  }
}

/**
 * Writes the kept part of a tile into a raster whose top left pixel is `origin` in the picture. Grey takes the mean of
 * the three channels.
 * @param values [tile.height, tile.width, 3], 0..1; or the bytes of the pixels, four to an integer
 */
export function writeCore(
  raster: Raster,
  origin: { left: number; top: number },
  tile: Region,
  core: Region,
  values: OutputValues,
): void {
  const source =
    values instanceof Int32Array ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : values;
  const { data, width, channels } = raster;
  for (let y = 0; y < core.height; y++) {
    const from = ((core.top - tile.top + y) * tile.width + (core.left - tile.left)) * 3;
    const to = ((core.top - origin.top + y) * width + (core.left - origin.left)) * channels;
    const row = source.subarray(from, from + 3 * core.width);
    if (row instanceof Uint8Array) data.set(row, to);
    else writeFloats(raster, row, to);
  }
}

/** Numbers 0..1 of one row into a raster from an index on. */
function writeFloats({ data, channels, peak }: Raster, row: Float32Array, start: number): void {
  const isFloat = data instanceof Float32Array;
  const store = (index: number, value: number): void => {
    const scaled = value * peak;
    data[index] = isFloat ? scaled : Math.min(peak, Math.max(0, Math.round(scaled)));
  };
  if (channels === 3) for (let i = 0; i < row.length; i++) store(start + i, row[i] as number);
  else
    for (let s = 0, t = start; s < row.length; s += 3, t++)
      store(t, ((row[s] as number) + (row[s + 1] as number) + (row[s + 2] as number)) / 3);
}
