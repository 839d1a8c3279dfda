import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { LibraryPhoto } from './library.ts';
import { mapPoints } from './map-points.ts';

const { signal } = new AbortController();

/** Two heaps of codes, far from one another. */
function twoHeaps(each: number): Parameters<typeof mapPoints>[0] {
  const random = createRandom(4, 0);
  const photos = Array.from({ length: 2 * each }, (_, index): LibraryPhoto => {
    return { name: `${index}`, path: null, sizeBytes: 0, label: null, psnr: 30, detailBytes: null };
  });
  const codes = Float32Array.from({ length: 2 * each * 6 }, (_, at) => (at < 6 * each ? 0 : 8) + random.normal());
  return { codes, codeLength: 6, photos };
}

describe.each(['pca', 'umap'] as const)('the map by %s', (method) => {
  it('keeps two heaps apart, fills the square, and is the same for the same seed', async () => {
    const library = twoHeaps(40);
    const points = await mapPoints(library, { method, seed: 1, signal });
    expect(points).toHaveLength(160);
    expect(Math.max(...points.map(Math.abs))).toBeCloseTo(1, 6);
    const place = (index: number): [number, number] => [points[2 * index] ?? 0, points[2 * index + 1] ?? 0];
    const nearest = (index: number): number => {
      const [x, y] = place(index);
      const others = library.photos.map((_, other) => other).filter((other) => other !== index);
      const distance = (other: number): number => Math.hypot(place(other)[0] - x, place(other)[1] - y);
      return others.reduce((best, other) => (distance(other) < distance(best) ? other : best));
    };
    for (const index of library.photos.keys()) expect(nearest(index) < 40).toBe(index < 40);
    expect(await mapPoints(library, { method, seed: 1, signal })).toEqual(points);
  });

  it('has room for one photo', async () => {
    const { codes, codeLength, photos } = twoHeaps(1);
    const one = { codes: codes.subarray(0, 6), codeLength, photos: photos.slice(0, 1) };
    expect(await mapPoints(one, { method, seed: 1, signal })).toEqual([0, 0]);
  });
});
