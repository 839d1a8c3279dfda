import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { findOdd } from './find-odd.ts';
import type { LibraryPhoto } from './library.ts';

const { signal } = new AbortController();

/** Photos that are alike but for what is changed in one of them. */
function library(changes: Record<number, Partial<LibraryPhoto> & { code?: number[] }>) {
  const { normal } = createRandom(1, 0);
  const codes: number[] = [];
  const photos = Array.from({ length: 60 }, (_, index): LibraryPhoto => {
    const { code, ...own } = changes[index] ?? {};
    codes.push(...(code ?? [1, 0.2 * normal(), 0.2 * normal()]));
    const common = { name: `${index}`, path: null, sizeBytes: 0, label: null };
    return { ...common, psnr: 32 + normal(), detailBytes: Math.round(4000 * Math.exp(normal() / 4)), ...own };
  });
  const unit = codes.map((value, at) => {
    const row = codes.slice(at - (at % 3), at - (at % 3) + 3);
    return value / Math.hypot(...row);
  });
  return { photos, codes: Float32Array.from(unit), codeLength: 3, kind: 'codec' as const };
}

test('names what is restored badly, has little detail or is unlike the others, oddest first', async () => {
  const odd = await findOdd(library({ 7: { psnr: 8 }, 20: { detailBytes: 300 }, 33: { code: [-1, 0, 0.2] } }), {
    signal,
  });
  const reasons = new Map(odd.map(({ index, reason }) => [index, reason]));
  expect(reasons.get(7)).toBe('restoredBadly');
  expect(reasons.get(20)).toBe('littleDetail');
  expect(reasons.get(33)).toBe('unlikeOthers');
  const scores = odd.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(odd.length).toBeLessThan(10);
});

test('finds nothing odd among photos that are all the same, and needs no measure of detail', async () => {
  const same = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [index, { psnr: 30, detailBytes: null, code: [1, 0, 0] }]),
  );
  expect(await findOdd(library(same), { signal })).toEqual([]);
  const single = library({});
  const one = { ...single, photos: single.photos.slice(0, 1), codes: single.codes.slice(0, 3) };
  expect(await findOdd(one, { signal })).toEqual([]);
});
