import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { broadcastTo, cast, divideBy, reshape } from '../graph/operations.ts';
import { bytesInput, bytesOutput } from '../graph/packed-values.ts';
import { SessionCache } from '../graph/session-cache.ts';
import type { Session } from '../graph/session.ts';
import { unsharedBytes, unsharedFloats } from '../runtime/unshared.ts';
import type { Raster } from './raster.ts';

/** How pixels go into graphs and come out: bytes are a quarter of the memory, and nothing is computed on them here. */
export type TileFormat = 'bytes' | 'floats';

/** The format for the tiles of a raster. */
export function formatOf({ data, channels }: Raster): TileFormat {
  return data instanceof Uint8Array && channels === 3 ? 'bytes' : 'floats';
}

/** An array for the pixels of a tile [height, width, 3]. */
export function emptyTile(format: TileFormat, width: number, height: number): Uint8Array | Float32Array {
  return (format === 'bytes' ? unsharedBytes : unsharedFloats)(3 * width * height);
}

/** A placeholder for a tile, and its pixels [1, height, width, 3], 0..1. */
export function tileInput(
  graph: Graph,
  format: TileFormat,
  height: number,
  width: number,
): { input: Value; pixels: Value } {
  const shape = [1, height, width, 3];
  if (format === 'floats') {
    const input = graph.placeholder('photo', shape, 'float32');
    return { input, pixels: input };
  }
  const { input, bytes } = bytesInput(graph, 'photo', shape);
  return { input, pixels: divideBy(graph, cast(graph, bytes, 'float32'), 255) };
}

/** An output for pixels 0..1: floats as they are, or bytes that are rounded and clipped. */
export function tileOutput(graph: Graph, format: TileFormat, pixels: Value): Value {
  return format === 'floats' ? pixels : bytesOutput(graph, pixels);
}

/** What a graph for tiles is made for. */
export interface TileKind {
  format: TileFormat;
  /** The noise level is given for each pixel and not once for the tile. */
  isMapped: boolean;
}

/**
 * A placeholder for the noise level, [1] or [1, height, width, 1], and the level of each pixel [1, height, width, 1],
 * all 0..1.
 */
export function levelInput(
  graph: Graph,
  isMapped: boolean,
  height: number,
  width: number,
): { input: Value; sigma: Value } {
  const shape = [1, height, width, 1];
  const input = graph.placeholder('level', isMapped ? shape : [1], 'float32');
  return { input, sigma: isMapped ? input : broadcastTo(graph, reshape(graph, input, [1, 1, 1, 1]), shape) };
}

/** The prepared graphs of one network by tile shape, for each kind. */
export class TileSessions {
  readonly #build: (height: number, width: number, kind: TileKind) => Graph;
  readonly #caches = new Map<string, SessionCache>();

  constructor(build: (height: number, width: number, kind: TileKind) => Graph) {
    this.#build = build;
  }

  async get(height: number, width: number, format: TileFormat, isMapped = false): Promise<Session> {
    const key = `${format} ${isMapped}`;
    const cache = this.#caches.get(key) ?? new SessionCache((...size) => this.#build(...size, { format, isMapped }));
    this.#caches.set(key, cache);
    return await cache.get(height, width);
  }

  dispose(): void {
    for (const cache of this.#caches.values()) cache.dispose();
    this.#caches.clear();
  }
}
