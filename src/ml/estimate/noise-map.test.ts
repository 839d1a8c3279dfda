import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { smoothPicture } from '../synthetic-pictures.test-support.ts';
import { estimateNoise, levelsOf, mapOfPart } from './noise-map.ts';

const size = { width: 640, height: 384 };

/** A smooth picture with noise of another level at each place; `x` and `y` go from 0 to 1. */
function noisyPicture(level: (x: number, y: number) => number): Pixels {
  const { data } = smoothPicture(size);
  const random = createRandom(1, 5);
  const noisy = Uint8Array.from(data, (value, i) => {
    const [x, y] = [(Math.floor(i / 3) % size.width) / size.width, Math.floor(i / 3 / size.width) / size.height];
    return Math.min(255, Math.max(0, Math.round(value + level(x, y) * random.normal())));
  });
  return { ...size, channels: 3, data: noisy };
}

describe('the noise of a photo', () => {
  it.each([0, 5, 20, 50])('that is %d everywhere has no map', (sigma255) => {
    const { sigma255: level, map } = estimateNoise(noisyPicture(() => sigma255));
    expect(map).toBeNull();
    expect(Math.abs(level - sigma255)).toBeLessThan(Math.max(0.4, 0.03 * sigma255));
  });

  it('that rises from left to right is mapped', () => {
    const { map } = estimateNoise(noisyPicture((x) => 10 + 30 * x));
    expect(map).toMatchObject({ columns: 5, rows: 3 });
    map?.sigma255.forEach((level, index) => {
      // A block's level is the root mean square of what rises within it.
      const truth = Math.sqrt((10 + 6 * (index % 5) + 3) ** 2 + 3);
      expect(Math.abs(level - truth) / truth, `block ${index}`).toBeLessThan(0.1);
    });
  });

  it('is told around a part that is all white, as beside it', () => {
    const picture = noisyPicture((x) => 10 + 30 * x);
    for (let y = 0; y < 128; y++) picture.data.fill(255, 3 * 640 * y + 3 * 256, 3 * 640 * y + 3 * 384);
    const { map } = estimateNoise(picture);
    expect(map?.sigma255[2]).toBeGreaterThan(20);
    expect(map?.sigma255[2]).toBeLessThan(30);
  });

  it('has no map in a picture that is too small for two blocks, or without noise', () => {
    expect(estimateNoise({ ...smoothPicture({ width: 200, height: 200 }, 20) }).map).toBeNull();
    expect(estimateNoise(smoothPicture(size)).map).toBeNull();
  });
});

describe('a map of noise', () => {
  const map = { columns: 2, rows: 2, sigma255: Float32Array.of(51, 102, 153, 204) };
  const picture = { width: 8, height: 4 };

  it('changes evenly between the centres of its blocks, and not beyond them', () => {
    const levels = new Float32Array(8 * 4);
    levelsOf(map, picture, { left: 0, top: 0, ...picture }, levels);
    const rows = Array.from({ length: 4 }, (_, y) => Array.from(levels.subarray(8 * y, 8 * y + 8)));
    // Centres lie at 2 and 6 of 8, and at 1 and 3 of 4; pixels at 0.5, 1.5, ...
    const first = [0.2, 0.2, 0.225, 0.275, 0.325, 0.375, 0.4, 0.4];
    first.forEach((value, x) => expect(rows[0]?.[x]).toBeCloseTo(value, 5));
    first.forEach((value, x) => expect(rows[1]?.[x]).toBeCloseTo(value + 0.1, 5));
    first.forEach((value, x) => expect(rows[3]?.[x]).toBeCloseTo(value + 0.4, 5));
  });

  it('goes on at its edge beyond the picture', () => {
    const levels = new Float32Array(2);
    levelsOf(map, picture, { left: 9, top: 7, width: 2, height: 1 }, levels);
    expect(Array.from(levels, (level) => Math.round(level * 255))).toEqual([204, 204]);
  });

  it('of a part says of it what the whole map says', () => {
    const part = { left: 2, top: 1, width: 4, height: 2 };
    const { columns, rows, sigma255 } = mapOfPart(map, picture, part);
    expect({ columns, rows }).toEqual({ columns: 2, rows: 2 });
    // Its blocks' centres lie at 3 and 5 of 8 across and 1.5 and 2.5 of 4 down.
    expect(Array.from(sigma255, Math.round)).toEqual([89, 115, 140, 166]);
  });
});
