import { expect, test } from 'vitest';
import { fixedNeighbours } from './fixed-neighbours.ts';

const [width, height] = [40, 32];
/** Each sample says where it is from: 100 y + x. */
const data = Uint16Array.from({ length: width * height }, (_, i) => 100 * Math.floor(i / width) + (i % width));

test('takes two pixels that touch from each cell, all pairs among them, the same for a seed', () => {
  const once = fixedNeighbours({ width, height, channels: 1, data }, 3);
  expect(once).toEqual(fixedNeighbours({ width, height, channels: 1, data }, 3));
  expect(once).toMatchObject({ width: width / 2, height: height / 2 });
  const seen = new Set<string>();
  once.first.forEach((value, cell) => {
    const corner = 200 * Math.floor(cell / (width / 2)) + 2 * (cell % (width / 2));
    const places = [value - corner, (once.second[cell] ?? 0) - corner];
    for (const place of places) expect([0, 1, 100, 101]).toContain(place);
    expect([1, 100]).toContain(Math.abs((places[0] ?? 0) - (places[1] ?? 0)));
    seen.add(places.join());
  });
  expect(seen.size).toBe(8);
});
