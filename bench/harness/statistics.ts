import type { Spread } from './report.ts';

/** The value below which a part of the sorted samples lies, interpolated. */
function quantile(sorted: readonly number[], part: number): number {
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (position - below) * (high - low);
}

/** Median and quartiles of at least one sample. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = Float64Array.from(samples).sort();
  const values = Array.from(sorted);
  return {
    median: quantile(values, 0.5),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
    rounds: values.length,
  };
}

/** Two series of the same rounds divided pair by pair: what slowed the machine in a round slowed both. */
export function quotients(above: readonly number[], below: readonly number[]): number[] {
  return above.slice(0, below.length).map((value, round) => value / (below[round] as number));
}

/**
 * Half the width of the interval that holds the true median with about 95 %, relative to the median: 1.57 times the
 * range between the quartiles over the root of the number of samples (McGill, Tukey, Larsen 1978).
 */
export function relativeNoise({ median, lower, upper, rounds }: Spread): number {
  return median === 0 ? 0 : (1.57 * (upper - lower)) / Math.sqrt(rounds) / Math.abs(median);
}
