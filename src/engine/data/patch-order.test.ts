import { expect, test } from 'vitest';
import { createPatchOrder, shuffle } from './patch-order.ts';

function positions(order: { photoAt(position: number): number }, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => order.photoAt(from + index));
}

test('a shuffle holds every number once', () => {
  expect([...shuffle(100, 3, 4)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test('every photo comes once an epoch, in another order each time', () => {
  const order = createPatchOrder({ photos: 50, seed: 1, groupSize: 50, patchesPerVisit: 1 });
  const first = positions(order, 0, 50);
  const second = positions(order, 50, 50);
  expect(new Set(first).size).toBe(50);
  expect(new Set(second).size).toBe(50);
  expect(first).not.toEqual(second);
});

test('photos over the memory are visited in groups, each photo as often as the others', () => {
  const order = createPatchOrder({ photos: 10, seed: 1, groupSize: 4, patchesPerVisit: 3 });
  const epoch = positions(order, 0, 30);
  const groups = [epoch.slice(0, 12), epoch.slice(12, 24), epoch.slice(24, 30)].map((group) => new Set(group));
  expect(groups.map(({ size }) => size)).toEqual([4, 4, 2]);
  expect(new Set(epoch).size).toBe(10);
  for (let photo = 0; photo < 10; photo++) expect(epoch.filter((other) => other === photo)).toHaveLength(3);
});

test('depends on seed and position alone, whatever was asked before', () => {
  const options = { photos: 20, seed: 5, groupSize: 6, patchesPerVisit: 2 };
  const forwards = positions(createPatchOrder(options), 0, 200);
  const order = createPatchOrder(options);
  for (let position = 199; position >= 0; position -= 7) expect(order.photoAt(position)).toBe(forwards[position]);
  expect(positions(createPatchOrder({ ...options, seed: 6 }), 0, 200)).not.toEqual(forwards);
});
