import { invalidArgument } from '../shared/errors.ts';
import { PiecewiseCubic } from './piecewise-cubic.ts';

/** One point of a rate-distortion curve. */
export interface RatePoint {
  /** Any unit that is proportional to bytes, above 0. */
  bpp: number;
  /** PSNR in dB, or any other quality on a scale where differences are comparable. */
  psnr: number;
}

/**
 * Bjøntegaard's difference in rate (VCEG-M33, 2001): by how many per cent a codec's files are larger (below 0: smaller)
 * than the anchor's at equal quality, averaged over the range of quality that both curves cover. The logarithm of the
 * rate is interpolated over quality by a shape-preserving piecewise cubic (PCHIP), as the reference software of HEVC and
 * VVC does; the original's single cubic swings between points that lie far apart.
 * @throws INVALID_ARGUMENT for curves of fewer than 2 points, that do not rise, or that share no range
 */
export function bdRate(anchor: readonly RatePoint[], test: readonly RatePoint[]): number {
  const curve = (points: readonly RatePoint[], name: string): PiecewiseCubic => {
    const sorted = risingCurve(points, name);
    return new PiecewiseCubic(sorted.psnr, sorted.logRate);
  };
  return 100 * (Math.exp(meanDifference(curve(anchor, 'anchor'), curve(test, 'test'))) - 1);
}

/**
 * Bjøntegaard's difference in quality: by how many dB a codec is better than the anchor at equal rate, averaged over
 * the logarithm of the rate that both curves cover. Interpolated as in {@link bdRate}.
 * @throws INVALID_ARGUMENT for curves of fewer than 2 points, that do not rise, or that share no range
 */
export function bdPsnr(anchor: readonly RatePoint[], test: readonly RatePoint[]): number {
  const curve = (points: readonly RatePoint[], name: string): PiecewiseCubic => {
    const sorted = risingCurve(points, name);
    return new PiecewiseCubic(sorted.logRate, sorted.psnr);
  };
  return meanDifference(curve(anchor, 'anchor'), curve(test, 'test'));
}

function meanDifference(anchor: PiecewiseCubic, test: PiecewiseCubic): number {
  const from = Math.max(anchor.first, test.first);
  const to = Math.min(anchor.last, test.last);
  if (!(from < to))
    throw invalidArgument('test', 'a curve that shares a range with the anchor', 'one that shares none');
  return (test.integral(from, to) - anchor.integral(from, to)) / (to - from);
}

function risingCurve(points: readonly RatePoint[], name: string): { logRate: number[]; psnr: number[] } {
  const sorted = [...points].sort((left, right) => left.bpp - right.bpp);
  if (sorted.length < 2) throw invalidArgument(name, 'at least 2 points', sorted.length);
  const isRising = sorted.every(({ bpp, psnr }, index) => {
    const before = sorted[index - 1];
    return bpp > 0 && Number.isFinite(psnr) && (before === undefined || (bpp > before.bpp && psnr > before.psnr));
  });
  if (!isRising) throw invalidArgument(name, 'rates above 0 at which quality rises with the rate', sorted);
  return { logRate: sorted.map(({ bpp }) => Math.log(bpp)), psnr: sorted.map(({ psnr }) => psnr) };
}
