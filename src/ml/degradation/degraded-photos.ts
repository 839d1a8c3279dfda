import type { Pixels } from '../../shared/pixels.ts';
import { Graph } from '../graph/graph.ts';
import { cast, reshape, scale } from '../graph/operations.ts';
import { bytesInput } from '../graph/packed-values.ts';
import { Session } from '../graph/session.ts';
import { degradedPictures } from './in-graph.ts';
import type { DegradationSettings } from './settings.ts';

/** A noisy photo with its clean side, RGB on the 0..255 scale, and the level that a denoiser is told. */
export interface DegradedPhoto {
  width: number;
  height: number;
  noisy: Float32Array;
  clean: Float32Array;
  sigma255: number;
}

/**
 * Photos with the degradations of training, the same at every call.
 * @param photos RGB, 8 bits, sides even
 */
export async function degradedPhotos(
  photos: readonly Pixels[],
  settings: DegradationSettings,
): Promise<DegradedPhoto[]> {
  const results: DegradedPhoto[] = [];
  const sessions = new Map<string, Session>();
  try {
    for (const [index, { width, height, data }] of photos.entries()) {
      const key = `${width}x${height}`;
      const session = sessions.get(key) ?? (await Session.load(degradingGraph(width, height, settings)));
      sessions.set(key, session);
      const outputs = session.run('degrade', { photo: data as Uint8Array, seed: Int32Array.of(index, 0) });
      const { noisy, clean, level } = outputs as Record<'noisy' | 'clean' | 'level', Float32Array>;
      results.push({ width, height, noisy, clean, sigma255: 255 * (level[0] ?? 0) });
    }
  } finally {
    for (const session of sessions.values()) session.dispose();
  }
  return results;
}

function degradingGraph(width: number, height: number, settings: DegradationSettings): Graph {
  const graph = new Graph();
  const { input, bytes } = bytesInput(graph, 'photo', [1, height, width, 3]);
  const seed = graph.placeholder('seed', [2], 'int32');
  const photo = scale(graph, cast(graph, bytes, 'float32'), 1 / 255);
  const { noisy, clean, level } = degradedPictures(graph, photo, seed, settings);
  const outputs = {
    noisy: scale(graph, noisy, 255),
    clean: scale(graph, clean, 255),
    level: reshape(graph, level, [1]),
  };
  graph.signature('degrade', { inputs: { photo: input, seed }, outputs });
  return graph;
}
