import type { SweepResult } from '../../shared/training.ts';

type Row = SweepResult['rows'][number];
type Judged = Pick<SweepResult, 'option' | 'metric' | 'higherIsBetter'> & { rows: readonly Row[] };

/** A value is as good as the best when it lies within this part of the range from the worst to the best. */
const tolerance = 0.1;

/**
 * The value to choose. Where values differ in what they cost (the length of the code, else the size of the model), the
 * cheapest one that is nearly as good as the best; elsewhere the best.
 * @param judged with at least one row
 */
export function recommend(judged: Judged): SweepResult['recommendation'] {
  const { rows, metric, higherIsBetter } = judged;
  const sign = higherIsBetter ? 1 : -1;
  const scoreOf = (row: Row): number => sign * (row.metrics[metric] ?? -sign * Infinity);
  const byScore = rows.toSorted((a, b) => scoreOf(b) - scoreOf(a));
  const [best, worst] = [byScore[0], byScore.at(-1)];
  if (best === undefined || worst === undefined) throw new Error('There is nothing to recommend.');
  const range = scoreOf(best) - scoreOf(worst);
  const isNear = (row: Row): boolean => scoreOf(best) - scoreOf(row) <= tolerance * range;
  const [cheapest = best] = rows.filter(isNear).toSorted((a, b) => costOf(a) - costOf(b) || scoreOf(b) - scoreOf(a));
  return { value: cheapest.value, reason: `${reasonOf(cheapest, best, range, judged)}${gapWords(cheapest, judged)}` };
}

function costOf({ codeSize, parameters }: Row): number {
  return codeSize ?? parameters;
}

function reasonOf(chosen: Row, best: Row, range: number, { option, metric, higherIsBetter }: Judged): string {
  const own = chosen.metrics[metric] ?? Number.NaN;
  const bestValue = best.metrics[metric] ?? Number.NaN;
  const word = higherIsBetter ? 'highest' : 'lowest';
  if (chosen === best)
    return `With ${option} ${chosen.value} the validation ${metric} is the ${word}, ${own.toFixed(4)}.`;
  const part = range === 0 ? 0 : (100 * Math.abs(bestValue - own)) / range;
  const cost =
    chosen.codeSize === null || best.codeSize === null
      ? `${(best.parameters / chosen.parameters).toFixed(1)} times as many parameters`
      : `a code ${(best.codeSize / chosen.codeSize).toFixed(1)} times as long`;
  const words = `With ${option} ${chosen.value} the validation ${metric} is ${own.toFixed(4)}. The best, ${bestValue.toFixed(4)} with ${best.value}, is only`;
  return `${words} ${part.toFixed(0)} % of the whole range better and takes ${cost}.`;
}

/** Says when a model fares clearly better on what it has learnt from than on what was held out. */
function gapWords({ gap }: Row, { rows, metric, higherIsBetter }: Judged): string {
  if (gap === null) return '';
  const values = rows.map((row) => row.metrics[metric] ?? 0);
  const range = Math.max(...values) - Math.min(...values);
  if (gap <= 0) return ' It does not overfit.';
  const unit = `${metric} is ${Math.abs(gap).toFixed(4)} ${gap > 0 === higherIsBetter ? 'higher' : 'lower'}`;
  if (gap <= tolerance * range) return ` It hardly overfits: on training pictures the ${unit}.`;
  return ` It overfits: on training pictures the ${unit}; more photos, dropout or L2 would narrow that.`;
}
