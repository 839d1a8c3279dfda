import type { BenchReport, Measure, Ratio, Spread } from './report.ts';
import { relativeNoise } from './statistics.ts';

/** One figure of two reports. */
export interface Change {
  suite: string;
  id: string;
  before: number;
  after: number;
  /** Part by which it became worse; negative where it became better. */
  worse: number;
  /** Part that the noise of both runs explains. */
  noise: number;
  verdict: 'worse' | 'better' | 'same';
}

/** Smaller changes are never told, however quiet the runs were. */
const smallestChange = 0.02;

/**
 * What changed from an earlier report to a later one, beyond the noise that was measured within each of them. Times
 * are compared relative to the fixed work of their own rounds where both reports have that. What says more about a
 * peer or the machine than about this program is left out.
 */
export function compareReports(before: BenchReport, after: BenchReport): Change[] {
  return after.suites.flatMap((suite) => {
    const earlier = before.suites.find((other) => other.suite === suite.suite);
    if (earlier === undefined) return [];
    const figures = (from: typeof suite): (Measure | Ratio)[] => [...from.measures, ...from.ratios];
    return figures(suite).flatMap((figure) => {
      const known = figures(earlier).find(({ id }) => id === figure.id);
      return known === undefined || figure.about !== undefined ? [] : [changeOf(suite.suite, known, figure)];
    });
  });
}

function changeOf(suite: string, before: Measure | Ratio, after: Measure | Ratio): Change {
  const [old, now] = comparable(before, after);
  const growth = now.median / old.median - 1;
  const worse = after.better === 'lower' ? growth : -growth;
  const noise = Math.hypot(relativeNoise(old), relativeNoise(now));
  const isChange = Math.abs(worse) > Math.max(noise, smallestChange);
  const verdict = !isChange ? 'same' : worse > 0 ? 'worse' : 'better';
  return { suite, id: after.id, before: old.median, after: now.median, worse, noise, verdict };
}

function comparable(before: Measure | Ratio, after: Measure | Ratio): [Spread, Spread] {
  if ('unit' in before && 'unit' in after && before.relative !== undefined && after.relative !== undefined)
    return [before.relative, after.relative];
  return [before, after];
}
