import { expect, test } from 'vitest';
import { msSsim, msSsimLeastSide } from './multi-scale-similarity.ts';
import { psnr } from './psnr.ts';
import { ssim } from './structural-similarity.ts';
import type { ComparablePicture } from './structural-similarity.ts';

type Formula = (x: number, y: number, k: number) => number;

function picture(width: number, height: number, formula: Formula, texture: number): ComparablePicture {
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < data.length; index++) {
    const [k, x, y] = [index % 3, Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    data[index] = formula(x, y, k) + texture * ((x * 13 + y * 29 + k * 17) % 23);
  }
  return { width, height, channels: 3, data };
}

// `data[index] =` wraps at 256, as the formula of the reference does.
const rough: Formula = (x, y, k) => x * x * 3 + y * y * 5 + x * y * 7 + k * 31;
const smooth: Formula = (x, y, k) => Math.floor((x * 2 + y * 3 + k * 40) / 4) % 200;

/**
 * Reference: scikit-image 0.26, on the same pictures in NumPy, 40 x 30, per channel and averaged:
 * structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)
 * and peak_signal_noise_ratio(a, b, data_range=255).
 */
test.each([
  ['rough', rough, 0.7608872410318955, 14.032735730795814],
  ['smooth', smooth, 0.5505154193434542, 25.963830993773477],
] as const)('SSIM and PSNR of %s pictures are those of scikit-image', (_name, formula, expectedSsim, expectedPsnr) => {
  const first = picture(40, 30, formula, 0);
  const second = picture(40, 30, formula, 1);
  expect(ssim(first, second, 255)).toBeCloseTo(expectedSsim, 9);
  expect(psnr(first.data, second.data, 255)).toBeCloseTo(expectedPsnr, 9);
});

/**
 * Reference: a NumPy program of its own, with scipy.ndimage.correlate1d for the window, numpy.pad(mode='edge') and
 * slices [0::2], [1::2] for the halving; 200 x 181, so that rows are odd at the first and the third halving.
 */
test('MS-SSIM is that of an independent program', () => {
  expect(msSsim(picture(200, 181, smooth, 0), picture(200, 181, smooth, 1), 255)).toBeCloseTo(0.964836991626365, 9);
});

test('a picture is wholly similar to itself, and the scale does not matter', () => {
  const first = picture(180, 180, rough, 0);
  expect(ssim(first, first, 255)).toBeCloseTo(1, 12);
  expect(msSsim(first, first, 255)).toBeCloseTo(1, 12);
  const second = picture(180, 180, rough, 1);
  const scaled = (source: ComparablePicture) => ({ ...source, data: Float64Array.from(source.data, (v) => v / 255) });
  expect(ssim(scaled(first), scaled(second), 1)).toBeCloseTo(ssim(first, second, 255), 9);
});

test('pictures that are too small for the windows are refused', () => {
  expect(() => ssim(picture(10, 30, rough, 0), picture(10, 30, rough, 1), 255)).toThrow('at least 11 pixels');
  const side = msSsimLeastSide - 1;
  expect(() => msSsim(picture(side, 300, rough, 0), picture(side, 300, rough, 1), 255)).toThrow('at least 161 pixels');
});
