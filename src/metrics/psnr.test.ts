import { expect, test } from 'vitest';
import { bitsPerPixel } from './bits-per-pixel.ts';
import { meanSquaredError, psnr, psnrOfPixels } from './psnr.ts';

test('PSNR worked by hand: errors 0, 1, 2 and 3 have a mean square of 3.5', () => {
  const first = Uint8Array.of(10, 20, 30, 40);
  const second = Uint8Array.of(10, 21, 28, 43);
  expect(meanSquaredError(first, second)).toBe(3.5);
  // 10 log10(255^2 / 3.5) = 10 (4.813080 - 0.544068)
  expect(psnr(first, second, 255)).toBeCloseTo(42.69012, 4);
});

test('an error of a tenth of the peak is 20 dB on any scale', () => {
  expect(psnr(Float32Array.of(0.5, 0.25), Float32Array.of(0.4, 0.35), 1)).toBeCloseTo(20, 5);
  const pixels = (value: number) => ({
    width: 1,
    height: 1,
    channels: 3 as const,
    data: new Uint16Array(3).fill(value),
  });
  expect(psnrOfPixels(pixels(20000), pixels(26553))).toBeCloseTo(20.0006, 3);
});

test('equal pictures are infinitely good', () => {
  expect(psnr(Uint8Array.of(1, 2), Uint8Array.of(1, 2), 255)).toBe(Infinity);
});

test('pictures of different form are refused', () => {
  const first = { width: 2, height: 1, channels: 1 as const, data: new Uint8Array(2) };
  const second = { width: 1, height: 2, channels: 1 as const, data: new Uint8Array(2) };
  expect(() => psnrOfPixels(first, second)).toThrow('Expected a picture of 2 x 1 x 1, peak 255 for second');
  expect(() => psnr(new Uint8Array(2), new Uint8Array(3), 255)).toThrow('2 samples');
});

test('bits per pixel count whole files and no channels', () => {
  expect(bitsPerPixel(49152, 768, 512)).toBe(1);
});
