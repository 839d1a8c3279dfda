import { expect, test } from 'vitest';
import { compareCodes } from './compare-codes.ts';

const never = new AbortController().signal;

test('names the nearest of each and groups what is linked by near-duplicates', async () => {
  // On the unit circle, cosines are those of the differences of the angles.
  const at = (path: string, degrees: number) => {
    const angle = (degrees * Math.PI) / 180;
    return { path, code: Float32Array.of(Math.cos(angle), Math.sin(angle)) };
  };
  const entries = [at('a', 0), at('b', 15), at('c', 31), at('d', 120), at('e', 250)];
  const { nearest, groups } = await compareCodes(entries, never);
  expect(nearest.map(({ path, nearest: other }) => `${path}${other}`)).toEqual(['ab', 'ba', 'cb', 'dc', 'ea']);
  expect(nearest[0]?.similarity).toBeCloseTo(Math.cos(Math.PI / 12), 6);
  expect(groups).toEqual([['a', 'b', 'c']]);
});

test('one photo alone has no nearest and is in no group', async () => {
  const entries = [{ path: 'a', code: Float32Array.of(1) }];
  expect(await compareCodes(entries, never)).toEqual({ nearest: [], groups: [] });
});
