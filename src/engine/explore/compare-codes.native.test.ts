import { expect, test } from 'vitest';
import { compareCodes, neighboursOf } from './compare-codes.ts';
import type { Library, LibraryPhoto } from './library.ts';

const { signal } = new AbortController();

/** Codes on the unit circle, where cosines are those of the differences of the angles. */
function circle(kind: Library['kind'], degrees: readonly number[]): Library {
  const codes = degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]);
  const photos = degrees.map((angle): LibraryPhoto => {
    return { name: `${angle}`, path: null, sizeBytes: angle, label: null, psnr: 30, detailBytes: null };
  });
  const common = { libraryId: '', modelId: '', codeLength: 2, photos, codes: Float32Array.from(codes) };
  return { ...common, kind, thumbnail: () => Promise.reject(new Error('There are no pictures.')) };
}

test('names the nearest of each and groups what is linked by near-duplicates, the largest file first', async () => {
  const { nearest, groups } = await compareCodes(circle('codec', [0, 15, 31, 120, 250]), { signal });
  expect(nearest.map((other) => other?.index ?? null)).toEqual([1, 0, 1, 2, null]);
  expect(nearest[0]?.similarity).toBeCloseTo(Math.cos(Math.PI / 12), 6);
  expect(groups).toEqual([[2, 1, 0]]);
});

test('names the neighbours of one, nearest first', () => {
  const found = neighboursOf(circle('codec', [0, 15, 31, 120, 350]), 0, 3);
  expect(found.map(({ index }) => index)).toEqual([4, 1, 2]);
  expect(found[0]?.similarity).toBeCloseTo(Math.cos(Math.PI / 18), 6);
});

test('takes codes of an autoencoder from their mean, and groups nothing by them', async () => {
  const library = circle('dense', [0, 1, 180, 181]);
  const far = { ...library, codes: library.codes.map((value) => value + 100) };
  const { nearest, groups } = await compareCodes(far, { signal });
  expect(nearest.map((other) => other?.index)).toEqual([1, 0, 3, 2]);
  expect(groups).toEqual([]);
});

test('one photo alone has no nearest and is in no group', async () => {
  expect(await compareCodes(circle('codec', [0]), { signal })).toEqual({ nearest: [null], groups: [] });
});

test('stops when it is cancelled', async () => {
  await expect(compareCodes(circle('codec', [0, 9]), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
