import { expect, it } from 'vitest';
import { toBitDepth } from './bit-depth.ts';

it('keeps full scale full and gives every 8-bit value back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, value) => value);
  const wide = toBitDepth(all, 16);
  expect([wide[0], wide[1], wide[255]]).toEqual([0, 257, 65535]);
  expect(toBitDepth(wide, 8)).toEqual(all);
});

it('rounds to the nearest 8-bit value', () => {
  const exact = Uint16Array.from({ length: 65536 }, (_, value) => value);
  const narrow = toBitDepth(exact, 8);
  for (let value = 0; value < 65536; value++)
    expect(Math.abs((narrow[value] ?? -1) - (value / 65535) * 255)).toBeLessThanOrEqual(0.5);
});
