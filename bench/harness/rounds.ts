import { setTimeout } from 'node:timers/promises';
import type { About, Measure, Ratio } from './report.ts';
import { quotients, spreadOf } from './statistics.ts';

/** One thing that is measured: `run` does it once and gives the number. */
export interface Case {
  id: string;
  unit: string;
  better: 'lower' | 'higher';
  about?: About;
  /** False where it is not given relative to the fixed work. */
  isRelative?: false;
  run(): number | Promise<number>;
}

export interface RoundsOptions {
  rounds: number;
  /** Runs of each case before anything counts. */
  warmUps: number;
  /** Id of the case with fixed work, to which the others are also given relative. */
  anchor?: string;
}

/** Threads of one library that still spin must not take the core from the next one. */
const pauseMs = 20;

/** Milliseconds that something takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Samples of several cases, taken in turn: A B C, A B C, ... */
export class Rounds {
  readonly #cases: readonly Case[];
  readonly #anchor: string | undefined;
  readonly #samples: Map<string, number[]>;

  private constructor(cases: readonly Case[], anchor: string | undefined) {
    this.#cases = cases;
    this.#anchor = anchor;
    this.#samples = new Map(cases.map(({ id }) => [id, []]));
  }

  static async measure(cases: readonly Case[], { rounds, warmUps, anchor }: RoundsOptions): Promise<Rounds> {
    const result = new Rounds(cases, anchor);
    for (const each of cases) for (let count = 0; count < warmUps; count++) await each.run();
    for (let round = 0; round < rounds; round++) {
      for (const each of cases) {
        await setTimeout(pauseMs);
        result.samplesOf(each.id).push(await each.run());
      }
    }
    return result;
  }

  has(id: string): boolean {
    return this.#samples.has(id);
  }

  /** All samples of a case, in the order of the rounds. */
  samplesOf(id: string): number[] {
    const samples = this.#samples.get(id);
    if (samples === undefined) throw new Error(`There is no case ${id}.`);
    return samples;
  }

  /** Every case as a measure; cases that gave nothing are left out. */
  measures(): Measure[] {
    return this.#cases.map((each) => this.#measureOf(each));
  }

  /** The ratio of two cases, or of two series; nothing where a case was not measured. */
  ratio(
    id: string,
    above: string | readonly number[],
    below: string | readonly number[],
    goal?: number,
    better: Ratio['better'] = 'lower',
  ): Ratio[] {
    const series = (which: string | readonly number[]): readonly number[] | undefined =>
      typeof which === 'string' ? this.#samples.get(which) : which;
    const [numerator, denominator] = [series(above), series(below)];
    if (numerator === undefined || denominator === undefined) return [];
    const isOfPeer = this.#cases.some((each) => each.id === below && each.about === 'peer');
    const about = isOfPeer ? { about: 'peer' as const } : {};
    const reached = goal === undefined ? {} : { goal };
    return [{ id, better, ...spreadOf(quotients(numerator, denominator)), ...reached, ...about }];
  }

  #measureOf({ id, unit, better, about, isRelative }: Case): Measure {
    const samples = this.samplesOf(id);
    const anchor = this.#anchor;
    const whose = id === anchor ? 'machine' : about;
    const measure: Measure = { id, unit, better, ...spreadOf(samples), ...(whose && { about: whose }) };
    if (anchor === undefined || anchor === id || isRelative === false) return measure;
    return { ...measure, relative: spreadOf(quotients(samples, this.samplesOf(anchor))) };
  }
}
