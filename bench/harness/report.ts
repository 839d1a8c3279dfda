/** What a round of benchmarks found: written as JSON, shown as Markdown, compared with an earlier one. */
export interface BenchReport {
  format: 'pellucid-bench';
  formatVersion: 1;
  /** ISO 8601. */
  startedAt: string;
  seconds: number;
  short: boolean;
  machine: Machine;
  versions: Record<string, string>;
  suites: SuiteResult[];
}

export interface Machine {
  platform: string;
  cpu: string;
  cores: number;
  memoryGib: number;
  /** Processor features that decide how fast models run. */
  features: string[];
  /** Load of the last minute before the start: much above 0, the figures are disturbed. */
  loadBefore: number;
}

export interface SuiteResult {
  suite: string;
  measures: Measure[];
  ratios: Ratio[];
  /** Facts and conditions, and what could not be measured and why. */
  notes: string[];
}

/** A median with the quartiles around it. */
export interface Spread {
  median: number;
  lower: number;
  upper: number;
  rounds: number;
}

export interface Measure extends Spread {
  id: string;
  /** `ms`, `MP/s`, `GFLOP/s`, `MB`, ... */
  unit: string;
  better: 'lower' | 'higher';
  /**
   * The same divided, round by round, by what the machine did in that round on fixed work (`anchor`), so that reports
   * of a busy and of an idle machine can be compared.
   */
  relative?: Spread;
  about?: About;
}

/** What a figure tells about where that is not this program: such figures are not compared with earlier ones. */
export type About = 'peer' | 'machine';

/** One measure divided by another, round by round. */
export interface Ratio extends Spread {
  id: string;
  better: 'lower' | 'higher';
  /** What it must reach: at most this where lower is better, else at least this. */
  goal?: number;
  /** A ratio to a peer changes with the peer as well. */
  about?: 'peer';
}

/** What a suite gets to work with. */
export interface SuiteContext {
  short: boolean;
  /** Folder that is empty at the start and deleted at the end. */
  workFolder: string;
  /** One line on standard error. */
  say(line: string): void;
}

export type Suite = (context: SuiteContext) => Promise<SuiteResult>;

/** True where a ratio has reached its goal, undefined where it has none. */
export function reachesGoal({ median, goal, better }: Ratio): boolean | undefined {
  if (goal === undefined) return undefined;
  return better === 'lower' ? median <= goal : median >= goal;
}
