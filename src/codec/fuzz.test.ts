import { expect, test, vi } from 'vitest';
import { fuzzPel } from './fuzz.ts';

vi.setConfig({ testTimeout: 60_000 });

test('damaged files are refused with a typed error or decode within their size, in bounded time and memory', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const counts = await fuzzPel(1, 1000);
  const refused = Object.values(counts.refused).reduce((sum, count) => sum + count, 0);
  expect(refused + counts.decoded).toBe(1000);
  expect(Object.keys(counts.refused).sort()).toEqual(['PEL_CORRUPT', 'PEL_VERSION_UNSUPPORTED']);
  expect(counts.slowestMs).toBeLessThan(2000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 30);
});

test('one seed damages the same files in the same way', async () => {
  const { slowestMs: _first, ...first } = await fuzzPel(7, 200);
  const { slowestMs: _second, ...second } = await fuzzPel(7, 200);
  expect(second).toEqual(first);
});
