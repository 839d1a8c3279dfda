import { expect, test } from 'vitest';
import type { SweepResult } from '../../shared/training.ts';
import { recommend } from './recommend.ts';

function rowsOf(figures: readonly [value: number | string, psnr: number, gap?: number][], codes = true) {
  return figures.map(([value, psnr, gap]): SweepResult['rows'][number] => ({
    ...{ value, runId: `run-${value}`, modelId: `run-${value}`, steps: 1, seconds: 1, stoppedBy: 'budget' },
    parameters: 1000,
    codeSize: codes ? Number(value) : null,
    metrics: { psnr },
    trainMetrics: { psnr: psnr + (gap ?? 0) },
    gap: gap ?? null,
  }));
}

const quality = { option: 'bottleneck', metric: 'psnr', higherIsBetter: true };

test('the shortest code within a tenth of the range of the best is chosen, and the reason has the figures', () => {
  const rows = rowsOf([
    [2, 14],
    [8, 18],
    [16, 21],
    [32, 22.2],
    [64, 22.9],
  ]);
  const { value, reason } = recommend({ ...quality, rows });
  // The range is 8.9 dB, a tenth of it 0.89 dB.
  expect(value).toBe(32);
  for (const part of ['22.2000', '22.9000', '8 %', '2.0 times as long']) expect(reason).toContain(part);
});

test('the best is chosen where no value is cheaper than another', () => {
  const rows = rowsOf(
    [
      ['mse', 20],
      ['mae', 21],
      ['charbonnier', 20.95],
    ],
    false,
  );
  const { value, reason } = recommend({ ...quality, option: 'loss', rows });
  expect(value).toBe('mae');
  expect(reason).toContain('21.0000');
});

test('less is better for a loss', () => {
  const rows = rowsOf([
    [2, 0.3],
    [4, 0.1],
    [8, 0.2],
  ]);
  expect(recommend({ ...quality, higherIsBetter: false, rows }).value).toBe(4);
});

test('overfitting is told, with what narrows it', () => {
  const reasonAt = (gap: number): string =>
    recommend({
      ...quality,
      rows: rowsOf([
        [2, 10, 0],
        [4, 20, gap],
      ]),
    }).reason;
  expect(reasonAt(-0.2)).toContain('does not overfit');
  expect(reasonAt(0.5)).toContain('hardly overfits');
  expect(reasonAt(3)).toMatch(/It overfits: .*3\.0000 higher.*dropout/);
});
