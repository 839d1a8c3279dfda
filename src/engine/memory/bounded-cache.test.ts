import { expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

function counting(sizeBytes: number) {
  const loaded: number[] = [];
  const cache = createBoundedCache<number, { sizeBytes: number }>(100, (value) => value.sizeBytes);
  const get = (key: number) =>
    cache.get(key, async () => {
      loaded.push(key);
      await Promise.resolve();
      return { sizeBytes };
    });
  return { loaded, cache, get };
}

test('loads a value once, also for two who ask at the same time', async () => {
  const { loaded, get } = counting(10);
  const [one, other] = await Promise.all([get(1), get(1)]);
  expect(one).toBe(other);
  expect(await get(1)).toBe(one);
  expect(loaded).toEqual([1]);
});

test('drops the value that was not asked for the longest when the limit is passed', async () => {
  const { loaded, get } = counting(40);
  for (const key of [1, 2, 1, 3, 1, 2]) await get(key);
  expect(loaded).toEqual([1, 2, 3, 2]);
});

test('a value above the limit is given and not kept', async () => {
  const { loaded, get } = counting(400);
  await get(1);
  await get(1);
  expect(loaded).toEqual([1, 1]);
});

test('a value that is deleted, even while it loads, is loaded again', async () => {
  const { loaded, cache, get } = counting(10);
  const loading = get(1);
  cache.delete(1);
  await loading;
  await get(1);
  cache.delete(1);
  await get(1);
  expect(loaded).toEqual([1, 1, 1]);
});

test('what was put is kept in place of the older value, and counted once', async () => {
  const { loaded, cache, get } = counting(40);
  cache.put(1, { sizeBytes: 40 });
  cache.put(1, { sizeBytes: 50 });
  cache.put(2, { sizeBytes: 50 });
  expect(await get(1)).toEqual({ sizeBytes: 50 });
  expect(loaded).toEqual([]);
});

test('a failure is told to every asker and tried again later', async () => {
  const cache = createBoundedCache<number, number>(100, () => 1);
  let calls = 0;
  const fail = () => Promise.reject(new Error(`failure ${++calls}`));
  await expect(Promise.all([cache.get(1, fail), cache.get(1, fail)])).rejects.toThrow('failure 1');
  await expect(cache.get(1, fail)).rejects.toThrow('failure 2');
});
