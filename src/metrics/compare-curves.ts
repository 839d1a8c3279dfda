import { bdRate } from './bjontegaard.ts';
import type { RatePoint } from './bjontegaard.ts';
import { PiecewiseCubic } from './piecewise-cubic.ts';

/** How one curve does against another. */
export interface CurveComparison {
  /** Below 0 the own files are smaller at equal quality; null where the curves share no range of quality. */
  bdRatePercent: number | null;
  /** dB above the rival at equal bytes; null where the curves share no rates. */
  gain: { mean: number; least: number } | null;
}

/** Rates at which curves are compared, spread evenly over the logarithm. */
const samples = 33;

/**
 * Compares two rate-distortion curves over a range of rates, both cut to it by interpolation over the logarithm of the
 * rate. Curves whose quality falls at higher rates, as that of noisy photos does, are compared at equal bytes alone.
 * @param range rates in the points' unit, `from` below `to`
 */
export function compareCurves(
  rival: readonly RatePoint[],
  own: readonly RatePoint[],
  range: { from: number; to: number },
): CurveComparison {
  const [a, b] = [curveOf(rival), curveOf(own)];
  if (a === null || b === null) return { bdRatePercent: null, gain: null };
  const from = Math.max(Math.log(range.from), a.first, b.first);
  const to = Math.min(Math.log(range.to), a.last, b.last);
  const gain = from < to ? gainOf(a, b, from, to) : null;
  return { bdRatePercent: rateDifference(cut(a, rival, range), cut(b, own, range)), gain };
}

function curveOf(points: readonly RatePoint[]): PiecewiseCubic | null {
  const sorted = sortedByRate(points);
  if (sorted.length < 2) return null;
  return new PiecewiseCubic(
    sorted.map(({ bpp }) => Math.log(bpp)),
    sorted.map(({ psnr }) => psnr),
  );
}

/** In rising order of rate; of points of one rate the best. */
function sortedByRate(points: readonly RatePoint[]): RatePoint[] {
  const sorted = [...points].sort((left, right) => left.bpp - right.bpp || right.psnr - left.psnr);
  return sorted.filter(({ bpp }, index) => bpp !== sorted[index - 1]?.bpp);
}

function gainOf(rival: PiecewiseCubic, own: PiecewiseCubic, from: number, to: number): { mean: number; least: number } {
  const mean = (own.integral(from, to) - rival.integral(from, to)) / (to - from);
  const gains = Array.from({ length: samples }, (_, index) => {
    const rate = from + ((to - from) * index) / (samples - 1);
    return own.at(rate) - rival.at(rate);
  });
  return { mean, least: Math.min(...gains) };
}

/** The points within a range of rates, with interpolated ones at its ends where the curve goes beyond them. */
function cut(
  curve: PiecewiseCubic,
  points: readonly RatePoint[],
  { from, to }: { from: number; to: number },
): RatePoint[] {
  const inside = sortedByRate(points).filter(({ bpp }) => bpp > from && bpp < to);
  const ends = [from, to].filter((bpp) => Math.log(bpp) >= curve.first && Math.log(bpp) <= curve.last);
  return sortedByRate([...inside, ...ends.map((bpp) => ({ bpp, psnr: curve.at(Math.log(bpp)) }))]);
}

function rateDifference(rival: readonly RatePoint[], own: readonly RatePoint[]): number | null {
  const rises = (points: readonly RatePoint[]): boolean =>
    points.length >= 2 &&
    points.every(({ psnr }, index) => index === 0 || psnr > (points[index - 1] as RatePoint).psnr);
  if (!rises(rival) || !rises(own)) return null;
  const shares = first(own) < last(rival) && first(rival) < last(own);
  return shares ? bdRate(rival, own) : null;
}

const first = (points: readonly RatePoint[]): number => points[0]?.psnr ?? 0;
const last = (points: readonly RatePoint[]): number => points.at(-1)?.psnr ?? 0;
