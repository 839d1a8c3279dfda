import { smallest, visitProducts } from '../../ml/reduce/products.ts';
import type { Progress } from '../../shared/contract.ts';
import type { OddPhoto } from '../../shared/explore.ts';
import { unitCodes } from './compare-codes.ts';
import type { Library } from './library.ts';

/** Deviations from the middle from which a photo is called odd. */
const oddFrom = 3;
/** Other photos to which a photo is compared: the nearest ones. */
const companions = 5;
/** Distances much below this are all the same. */
const smallDistance = 1e-3;
/** A normal distribution's deviation in its median absolute deviations. */
const deviationsOfMedian = 1.4826;

/**
 * Photos that stand out: restored worst by the model, with least detail (blurred, empty), or least like their nearest
 * others. Each is measured in deviations from the median of all, robustly, so that odd ones do not hide one another.
 * @returns the odd ones, oddest first
 * @throws the signal's reason when cancelled
 */
export async function findOdd(
  library: Pick<Library, 'codes' | 'codeLength' | 'kind' | 'photos'>,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<OddPhoto[]> {
  const { photos } = library;
  const distances = await distancesToOthers(library, signal, onProgress);
  const detail = photos.map(({ detailBytes }) => detailBytes);
  const measures: [OddPhoto['reason'], number[]][] = [
    ['restoredBadly', deviations(photos.map(({ psnr }) => -psnr))],
    ['unlikeOthers', deviations(distances.map((distance) => Math.log(smallDistance + distance)))],
    ...(detail.every((bytes) => bytes !== null)
      ? [['littleDetail', deviations(detail.map((bytes) => -Math.log(bytes)))] satisfies [OddPhoto['reason'], number[]]]
      : []),
  ];
  const odd = photos.flatMap((_, index): OddPhoto[] => {
    const [most] = measures
      .map(([reason, values]): OddPhoto => ({ index, reason, score: values[index] ?? 0 }))
      .toSorted((a, b) => b.score - a.score);
    return most !== undefined && most.score >= oddFrom ? [most] : [];
  });
  return odd.toSorted((a, b) => b.score - a.score);
}

/** 1 minus the mean cosine with the nearest others. */
async function distancesToOthers(
  library: Pick<Library, 'codes' | 'codeLength' | 'kind' | 'photos'>,
  signal: AbortSignal,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<number[]> {
  const distances: number[] = [];
  const total = library.photos.length;
  const visit = (row: number, products: Float32Array): void => {
    const nearest = smallest(total, Math.min(companions, total - 1), (other) =>
      other === row ? Infinity : -(products[other] ?? 0),
    );
    const likeness = nearest.reduce((sum, { value }) => sum - value, 0) / nearest.length;
    distances.push(nearest.length === 0 ? 0 : 1 - likeness);
    if (row % 256 === 255)
      onProgress?.({ stage: 'compare', completed: row + 1, total, unit: 'photos', etaSeconds: null });
  };
  await visitProducts(unitCodes(library), library.codeLength, visit, signal);
  return distances;
}

/** How many robust deviations each value lies above the median. */
function deviations(values: readonly number[]): number[] {
  const middle = medianOf(values);
  const spread = deviationsOfMedian * medianOf(values.map((value) => Math.abs(value - middle)));
  return values.map((value) => (spread > 0 ? (value - middle) / spread : 0));
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
