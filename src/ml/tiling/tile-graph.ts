import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { bytesInput, bytesOutput, cast, divideBy } from '../graph/operations.ts';
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

/** The prepared graphs of one network by tile shape, for both formats. */
export class TileSessions {
  readonly #caches: Record<TileFormat, SessionCache>;

  constructor(build: (height: number, width: number, format: TileFormat) => Graph) {
    this.#caches = {
      bytes: new SessionCache((height, width) => build(height, width, 'bytes')),
      floats: new SessionCache((height, width) => build(height, width, 'floats')),
    };
  }

  async get(height: number, width: number, format: TileFormat): Promise<Session> {
    return await this.#caches[format].get(height, width);
  }

  dispose(): void {
    this.#caches.bytes.dispose();
    this.#caches.floats.dispose();
  }
}
