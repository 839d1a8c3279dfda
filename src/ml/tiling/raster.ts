import type { Pixels, Region } from '../../shared/pixels.ts';
import { peakOf } from '../../shared/pixels.ts';

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
 * Reads a tile as [height, width, 3] numbers, 0..1 plus `offset`; grey fills three channels, and what lies beyond the
 * picture is mirrored.
 */
export function readTile(raster: Raster, tile: Region, offset: number, target: Float32Array): void {
  const { data, width, height, channels, peak } = raster;
  const columns = Int32Array.from({ length: tile.width }, (_, x) => mirrored(tile.left + x, width) * channels);
  const factor = 1 / peak;
  const second = channels === 3 ? 1 : 0;
  let t = 0;
  for (let y = 0; y < tile.height; y++) {
    const row = mirrored(tile.top + y, height) * width * channels;
    for (let x = 0; x < tile.width; x++) {
      const s = row + (columns[x] as number);
      target[t] = (data[s] as number) * factor + offset;
      target[t + 1] = (data[s + second] as number) * factor + offset;
      target[t + 2] = (data[s + 2 * second] as number) * factor + offset;
      t += 3;
    }
  }
}

/**
 * Writes the kept part of a tile into a raster whose top left pixel is `origin` in the picture. Grey takes the mean of
 * the three channels.
 * @param values [tile.height, tile.width, 3], 0..1 minus `offset`
 */
export function writeCore(
  raster: Raster,
  origin: { left: number; top: number },
  tile: Region,
  core: Region,
  values: Float32Array,
  offset: number,
): void {
  const { data, width, channels, peak } = raster;
  const isFloat = data instanceof Float32Array;
  const store = (index: number, value: number): void => {
    const scaled = (value + offset) * peak;
    data[index] = isFloat ? scaled : Math.min(peak, Math.max(0, Math.round(scaled)));
  };
  for (let y = 0; y < core.height; y++) {
    let s = ((core.top - tile.top + y) * tile.width + (core.left - tile.left)) * 3;
    let t = ((core.top - origin.top + y) * width + (core.left - origin.left)) * channels;
    for (let x = 0; x < core.width; x++, s += 3, t += channels) {
      const [r, g, b] = [values[s] as number, values[s + 1] as number, values[s + 2] as number];
      if (channels === 1) store(t, (r + g + b) / 3);
      else {
        store(t, r);
        store(t + 1, g);
        store(t + 2, b);
      }
    }
  }
}
