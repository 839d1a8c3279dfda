import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../shared/pixels.ts';
import { scatteredPicture } from '../synthetic-pictures.test-support.ts';
import { addGaussianNoise, toPixels } from './gaussian.ts';

describe('Gaussian noise', () => {
  const pixels = scatteredPicture({ width: 200, height: 150 });
  const noiseOf = (picture: Pixels, sigma255: number, seed: number, scale = 1): number[] =>
    Array.from(addGaussianNoise(picture, sigma255, seed), (value, i) => value - (picture.data[i] as number) * scale);

  it('has the mean, the deviation and the tails that it should have', () => {
    const noise = noiseOf(pixels, 25, 1);
    const count = noise.length;
    const mean = noise.reduce((a, b) => a + b, 0) / count;
    const deviation = Math.sqrt(noise.reduce((a, b) => a + (b - mean) ** 2, 0) / count);
    // 90,000 samples: deviations of the estimates are 25 / 300 and 25 / 424; four of them are allowed.
    expect(Math.abs(mean)).toBeLessThan(0.34);
    expect(Math.abs(deviation - 25)).toBeLessThan(0.24);
    const beyond = noise.filter((value) => Math.abs(value) > 50).length / count;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.003);
  });

  it('is independent from sample to sample', () => {
    const noise = noiseOf(pixels, 10, 1);
    for (const lag of [1, 2, 3, 600]) {
      let sum = 0;
      for (let i = lag; i < noise.length; i++) sum += (noise[i] as number) * (noise[i - lag] as number);
      expect(Math.abs(sum / noise.length / 100), `lag ${lag}`).toBeLessThan(4 / 300);
    }
  });

  it('is not clipped', () => {
    const black: Pixels = { width: 100, height: 10, channels: 1, data: new Uint8Array(1000) };
    expect(Math.min(...addGaussianNoise(black, 50, 1))).toBeLessThan(-100);
  });

  it('is on the 0..255 scale at 16 bits too', () => {
    const deep = scatteredPicture({ width: 100, height: 100, channels: 1, depth: 16 });
    const noise = noiseOf(deep, 10, 3, 1 / 257);
    const deviation = Math.sqrt(noise.reduce((a, b) => a + b * b, 0) / noise.length);
    expect(Math.abs(deviation - 10)).toBeLessThan(0.3);
  });

  it('follows from the seed', () => {
    expect(addGaussianNoise(pixels, 25, 1)).toEqual(addGaussianNoise(pixels, 25, 1));
    expect(addGaussianNoise(pixels, 25, 1)).not.toEqual(addGaussianNoise(pixels, 25, 2));
  });
});

describe('samples as a picture', () => {
  const like = (data: Uint8Array | Uint16Array): Pixels => ({ width: data.length, height: 1, channels: 1, data });

  it('are rounded and clipped at 8 bits', () => {
    const values = Float32Array.of(-3, -0.4, 0.4, 0.6, 127.49, 254.6, 255.4, 300);
    expect(Array.from(toPixels(values, like(new Uint8Array(8))).data)).toEqual([0, 0, 0, 1, 127, 255, 255, 255]);
  });

  it('are rounded and clipped at 16 bits', () => {
    const values = Float32Array.of(-1, 0.001, 0.003, 1, 255, 256);
    const picture = toPixels(values, like(new Uint16Array(6)));
    expect(Array.from(picture.data)).toEqual([0, 0, 1, 257, 65535, 65535]);
    expect(picture).toMatchObject({ width: 6, height: 1, channels: 1 });
  });
});
