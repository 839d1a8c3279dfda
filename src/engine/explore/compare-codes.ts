import { setImmediate } from 'node:timers/promises';
import type { SimilarResult } from '../../shared/contract.ts';
import type { IndexEntry } from './code-index.ts';

/**
 * Cosine from which two photos are taken for copies of one another: above the highest of two different scenes among 400
 * photos, 0.914.
 */
const duplicateFrom = 0.95;
/** Rows of comparisons between two looks at the event loop. */
const rowsAtOnce = 16;

/**
 * Compares every code with every other.
 * @returns for each photo the one with the highest cosine, and the groups of photos that are linked by near-duplicates
 * @throws the signal's reason when cancelled
 */
export async function compareCodes(
  entries: readonly Pick<IndexEntry, 'path' | 'code'>[],
  signal: AbortSignal,
): Promise<Pick<SimilarResult, 'nearest' | 'groups'>> {
  const best = entries.map(() => ({ other: -1, similarity: -Infinity }));
  const group = entries.map((_, index) => index);
  for (const [first, { code }] of entries.entries()) {
    if (first % rowsAtOnce === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
    for (let second = first + 1; second < entries.length; second++) {
      const similarity = dot(code, entries[second]?.code ?? code);
      if (similarity > (best[first]?.similarity ?? 0)) best[first] = { other: second, similarity };
      if (similarity > (best[second]?.similarity ?? 0)) best[second] = { other: first, similarity };
      if (similarity >= duplicateFrom) group[rootOf(group, second)] = rootOf(group, first);
    }
  }
  const members = new Map<number, number[]>();
  for (const index of entries.keys()) {
    const root = rootOf(group, index);
    members.set(root, [...(members.get(root) ?? []), index]);
  }
  const pathOf = (index: number): string => entries[index]?.path ?? '';
  return {
    nearest: best.flatMap(({ other, similarity }, index) =>
      other < 0 ? [] : [{ path: pathOf(index), nearest: pathOf(other), similarity }],
    ),
    groups: [...members.values()].filter(({ length }) => length > 1).map((indices) => indices.map(pathOf)),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
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
