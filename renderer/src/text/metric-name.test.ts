import { expect, it } from 'vitest';
import { en } from './en.ts';
import { metricName } from './metric-name.ts';
import { zh } from './zh.ts';

it('names a measure, the noise that it was taken at, and one that nobody has a word for', () => {
  expect(metricName(en, 'psnr')).toBe('PSNR (dB)');
  expect(metricName(en, 'bpp-sigma-25')).toBe('Bits per pixel, σ 25');
  expect(metricName(zh, 'loss')).toBe('损失');
  expect(metricName(en, 'of-tomorrow')).toBe('of-tomorrow');
});
