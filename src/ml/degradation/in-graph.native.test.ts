import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../shared/pixels.ts';
import { smoothPicture } from '../synthetic-pictures.test-support.ts';
import { degradedPhotos } from './degraded-photos.ts';
import type { DegradedPhoto } from './degraded-photos.ts';
import { defaultDegradation } from './in-graph.ts';
import type { DegradationName, DegradationSettings } from './settings.ts';

const side = 96;
const grey = (value: number): Pixels => ({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(side * side * 3).fill(value),
});

async function degraded(
  name: DegradationName,
  photos: readonly Pixels[],
  changes: Partial<DegradationSettings> = {},
): Promise<DegradedPhoto[]> {
  return await degradedPhotos(photos, { ...defaultDegradation, names: [name], ...changes });
}

const noiseOf = ({ noisy, clean }: DegradedPhoto): number[] => Array.from(noisy, (value, i) => value - (clean[i] ?? 0));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviationOf = (values: readonly number[]): number => Math.sqrt(meanOf(values.map((value) => value * value)));

/** Correlation of noise with that of the pixel to the right, in one channel. */
function correlation(noise: readonly number[], channel: number): number {
  const at = (x: number, y: number): number => noise[(y * side + x) * 3 + channel] ?? 0;
  let [products, squares] = [0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x + 1 < side; x++) {
      products += at(x, y) * at(x + 1, y);
      squares += at(x, y) ** 2;
    }
  }
  return products / squares;
}

describe('degradations', () => {
  it('depend on the seed alone', async () => {
    for (const name of ['gaussian', 'poissonGaussian', 'saltAndPepper', 'jpeg', 'camera'] as const) {
      const picture = smoothPicture({ width: 32, height: 32 }, 4);
      const [a, b] = [await degraded(name, [picture, picture]), await degraded(name, [picture, picture])];
      expect(
        a.map(({ noisy }) => noisy),
        name,
      ).toEqual(b.map(({ noisy }) => noisy));
      expect(a[0]?.noisy, name).not.toEqual(a[1]?.noisy);
    }
  });

  it('Gaussian: of the level that is told, within its range, without correlation', async () => {
    const photos = await degraded('gaussian', [grey(128), grey(10)], { sigmaMin255: 20, sigmaMax255: 30 });
    for (const photo of photos) {
      expect(photo.sigma255).toBeGreaterThan(20);
      expect(photo.sigma255).toBeLessThan(30);
      expect(deviationOf(noiseOf(photo)) / photo.sigma255).toBeCloseTo(1, 1.5);
      expect(Math.abs(correlation(noiseOf(photo), 0))).toBeLessThan(0.04);
    }
  });

  it('Poisson-Gaussian: a variance that grows in proportion to brightness', async () => {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i < (side * side * 3) / 2 ? 50 : 200));
    const [photo] = await degraded('poissonGaussian', [{ ...grey(0), data }], { readMax: 0, shotMax: 0.02 });
    const noise = noiseOf(photo as DegradedPhoto);
    const half = noise.length / 2;
    const ratio = (deviationOf(noise.slice(half)) / deviationOf(noise.slice(0, half))) ** 2;
    expect(ratio).toBeGreaterThan(3.7);
    expect(ratio).toBeLessThan(4.3);
  });

  it('salt and pepper: as many white samples as black ones, the others untouched', async () => {
    const photos = await degraded('saltAndPepper', Array(6).fill(grey(100)) as Pixels[], { saltAndPepperMax: 0.4 });
    const values = photos.flatMap(({ noisy }) => Array.from(noisy, Math.round));
    const part = (value: number): number => values.filter((other) => other === value).length / values.length;
    expect(new Set(values)).toEqual(new Set([0, 100, 255]));
    expect(part(0) / part(255)).toBeCloseTo(1, 1);
    expect(part(0) + part(255)).toBeLessThan(0.4);
    expect(part(100)).toBeLessThan(0.98);
  });

  it('JPEG: errors that grow as the quality falls, and none where there is nothing to code', async () => {
    const [flat] = await degraded('jpeg', [grey(128)]);
    expect(deviationOf(noiseOf(flat as DegradedPhoto))).toBeLessThan(1);
    const picture = smoothPicture({ width: side, height: side });
    const [low] = await degraded('jpeg', [picture], { jpegQualityMin: 5 });
    const [high] = await degraded('jpeg', [picture], { jpegQualityMin: 95 });
    expect(high?.sigma255).toBeLessThan(5);
    expect(low?.sigma255).toBeGreaterThan(Number(high?.sigma255));
  });

  it('camera: noise that is spread over neighbours, and a clean side without noise', async () => {
    const photos = await degraded('camera', Array(4).fill(grey(120)) as Pixels[], { jpegQualityMin: 95, shotMax: 0.1 });
    for (const photo of photos) {
      expect(photo.clean.every((value) => Math.abs(value - 120) < 1)).toBe(true);
      expect(photo.sigma255).toBeGreaterThan(1);
      // Red is known at every second pixel of every second row: between two of them lies their mean.
      expect(correlation(noiseOf(photo), 0)).toBeGreaterThan(0.4);
    }
  });

  it('several: each picture gets one of them', async () => {
    const photos = await degradedPhotos(Array(24).fill(grey(100)) as Pixels[], {
      ...defaultDegradation,
      names: ['gaussian', 'saltAndPepper'],
      sigmaMin255: 10,
    });
    const whole = photos.filter(({ noisy }) => noisy.every((value) => Math.abs(value - Math.round(value)) < 1e-3));
    expect(whole.length).toBeGreaterThan(4);
    expect(whole.length).toBeLessThan(20);
  });
});
