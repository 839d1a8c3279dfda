import { expect, test } from 'vitest';
import { estimateSigma255 } from './noise-level.ts';

const pictures: Record<string, (x: number, channel: number) => number> = {
  ramp: (x) => x / 2 + 40,
  bars: (x, channel) => 40 * (channel + 1) + Math.floor(x / 64) * 10,
};

test.each(Object.keys(pictures))('a picture without any noise has none: %s', (name) => {
  const side = 256;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
    Math.round(pictures[name]?.(Math.floor(at / 3) % side, at % 3) ?? 0),
  );
  expect(estimateSigma255({ width: side, height: side, channels: 3, data })).toBeCloseTo(0, 6);
});
