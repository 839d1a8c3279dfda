import { smallest, visitProducts } from '../../ml/reduce/products.ts';
import type { Progress } from '../../shared/contract.ts';
import type { Neighbour, SimilarResult } from '../../shared/explore.ts';
import type { Library } from './library.ts';

/**
 * Cosine from which two photos are taken for copies of one another: above the highest of two different scenes among 400
 * photos, 0.914. Measured with the codec's codes; those of other models group nothing.
 */
const duplicateFrom = 0.95;

/**
 * Compares every code with every other.
 * @returns for each photo the one with the highest cosine above 0, and the groups of photos that are linked by
 *   near-duplicates
 * @throws the signal's reason when cancelled
 */
export async function compareCodes(
  library: Pick<Library, 'codes' | 'codeLength' | 'kind' | 'photos'>,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<SimilarResult> {
  const rows = unitCodes(library);
  const total = rows.length / library.codeLength;
  const nearest: (Neighbour | null)[] = [];
  const group = Array.from({ length: total }, (_, index) => index);
  const groupsFrom = library.kind === 'codec' ? duplicateFrom : Infinity;
  const visit = (row: number, products: Float32Array): void => {
    let best: Neighbour | null = null;
    for (let other = 0; other < products.length; other++) {
      const similarity = products[other] ?? 0;
      if (other === row) continue;
      if (similarity > (best?.similarity ?? 0)) best = { index: other, similarity };
      if (similarity >= groupsFrom && other > row) group[rootOf(group, other)] = rootOf(group, row);
    }
    nearest.push(best);
    if (row % 256 === 255 || row === total - 1) {
      onProgress?.({ stage: 'compare', completed: row + 1, total, unit: 'photos', etaSeconds: null });
    }
  };
  await visitProducts(rows, library.codeLength, visit, signal);
  const members = new Map<number, number[]>();
  for (const index of group.keys()) {
    const root = rootOf(group, index);
    const own = members.get(root);
    if (own === undefined) members.set(root, [index]);
    else own.push(index);
  }
  const sizeOf = (index: number): number => library.photos[index]?.sizeBytes ?? 0;
  const groups = [...members.values()].filter(({ length }) => length > 1);
  return { nearest, groups: groups.map((group) => group.sort((a, b) => sizeOf(b) - sizeOf(a))) };
}

/** The photos that are most like one, most alike first. */
export function neighboursOf(library: Library, index: number, count: number): Neighbour[] {
  const { codeLength: length, photos } = library;
  const rows = unitCodes(library);
  const own = rows.subarray(index * length, (index + 1) * length);
  const similarityTo = (other: number): number =>
    own.reduce((sum, value, at) => sum + value * (rows[other * length + at] ?? 0), 0);
  return smallest(photos.length, Math.min(count, photos.length - 1), (other) =>
    other === index ? Infinity : -similarityTo(other),
  ).map(({ index: other, value }) => ({ index: other, similarity: -value }));
}

/**
 * Codes with a Euclidean norm of 1. Those of an autoencoder, which need not lie around 0, are taken from their mean; the
 * codec's are that by themselves.
 */
export function unitCodes({
  codes,
  codeLength: length,
  kind,
}: Pick<Library, 'codes' | 'codeLength' | 'kind'>): Float32Array {
  if (kind === 'codec') return codes;
  const count = codes.length / length;
  const mean = new Float64Array(length);
  codes.forEach((value, at) => (mean[at % length] = (mean[at % length] ?? 0) + value / count));
  const rows = codes.map((value, at) => value - (mean[at % length] ?? 0));
  for (let first = 0; first < rows.length; first += length) {
    const row = rows.subarray(first, first + length);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) row.forEach((value, at) => (row[at] = value / norm));
  }
  return rows;
}

/** Representative of a group, union-find with path halving. */
function rootOf(group: number[], start: number): number {
  let at = start;
  for (let above = group[at] ?? at; above !== at; above = group[at] ?? at) {
    const next = group[above] ?? above;
    group[at] = next;
    at = next;
  }
  return at;
}
