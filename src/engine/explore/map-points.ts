import { setImmediate } from 'node:timers/promises';
import { principalComponents, project } from '../../ml/reduce/principal-components.ts';
import { nearestRows } from '../../ml/reduce/products.ts';
import type { Progress } from '../../shared/contract.ts';
import { createRandom } from '../../shared/random.ts';
import type { Library } from './library.ts';

export interface MapOptions {
  method: 'pca' | 'umap';
  seed: number;
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Directions that UMAP sees: more hold little but noise, and cost time. */
const mostDirections = 50;
const neighbours = 15;

/**
 * Places of the pictures of a library in the plane: along the two directions of most variance, or by UMAP (McInnes,
 * Healy and Melville 2018) from the exact nearest neighbours.
 * @returns two numbers for each picture, within -1..1, with the proportions kept
 * @throws the signal's reason when cancelled
 */
export async function mapPoints(
  { codes, codeLength, photos }: Pick<Library, 'codes' | 'codeLength' | 'photos'>,
  options: MapOptions,
): Promise<number[]> {
  const count = photos.length;
  const wanted = Math.min(codeLength, options.method === 'pca' ? 2 : mostDirections);
  const components = await principalComponents(codes, codeLength, wanted);
  const coordinates = await project(codes, components);
  options.signal.throwIfAborted();
  // UMAP needs more pictures than it looks at around each.
  if (options.method === 'pca' || count <= neighbours + 1) return inUnitSquare(firstTwo(coordinates, wanted));
  return inUnitSquare(await umapOf(coordinates, wanted, options));
}

async function umapOf(coordinates: Float32Array, length: number, options: MapOptions): Promise<number[]> {
  const { seed, signal, onProgress } = options;
  const count = coordinates.length / length;
  const { indices, distances } = await nearestRows(coordinates, length, neighbours - 1, signal);
  const { uniform } = createRandom(seed, 0);
  const { UMAP } = await import('umap-js');
  const umap = new UMAP({ nNeighbors: neighbours, minDist: 0.1, random: uniform });
  // The library counts a point as its own first neighbour.
  umap.setPrecomputedKNN(
    indices.map((row, index) => [index, ...row]),
    distances.map((row) => [0, ...row]),
  );
  const rows = Array.from({ length: count }, (_, row) => [...coordinates.subarray(row * length, (row + 1) * length)]);
  const total = umap.initializeFit(rows);
  for (let completed = 1; completed <= total; completed++) {
    umap.step();
    onProgress?.({ stage: 'arrange', completed, total, unit: 'steps', etaSeconds: null });
    await setImmediate();
    signal.throwIfAborted();
  }
  return umap.getEmbedding().flat();
}

function firstTwo(coordinates: Float32Array, length: number): number[] {
  const count = coordinates.length / length;
  return Array.from({ length: count }, (_, row) => [
    coordinates[row * length] ?? 0,
    length > 1 ? (coordinates[row * length + 1] ?? 0) : 0,
  ]).flat();
}

function inUnitSquare(points: readonly number[]): number[] {
  const range = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = axis; at < points.length; at += 2) {
      low = Math.min(low, points[at] ?? 0);
      high = Math.max(high, points[at] ?? 0);
    }
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const half = Math.max(...range.map((axis) => axis.half), Number.MIN_VALUE);
  return points.map((value, at) => (value - (range[at % 2]?.middle ?? 0)) / half);
}
