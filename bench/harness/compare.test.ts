import { describe, expect, it } from 'vitest';
import { compareReports } from './compare.ts';
import { changesMarkdown, reportMarkdown } from './markdown.ts';
import type { BenchReport, Measure } from './report.ts';
import { Rounds } from './rounds.ts';
import type { Case } from './rounds.ts';
import { quotients, relativeNoise, spreadOf } from './statistics.ts';

function reportOf(...measures: Measure[]): BenchReport {
  return {
    format: 'pellucid-bench',
    formatVersion: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    short: true,
    machine: { platform: 'p', cpu: 'c', cores: 2, memoryGib: 8, features: [], loadBefore: 0 },
    versions: {},
    suites: [{ suite: 's', measures, ratios: [], notes: [] }],
  };
}

function measureOf(samples: number[], relative?: number[], better: Measure['better'] = 'lower'): Measure {
  const measure = { id: 'm', unit: 'ms', better, ...spreadOf(samples) };
  return relative === undefined ? measure : { ...measure, relative: spreadOf(relative) };
}

const verdictOf = (before: Measure, after: Measure): string | undefined =>
  compareReports(reportOf(before), reportOf(after))[0]?.verdict;

describe('statistics', () => {
  it('gives the median and the quartiles', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, lower: 2, upper: 4, rounds: 5 });
    expect(spreadOf([1, 2])).toEqual({ median: 1.5, lower: 1.25, upper: 1.75, rounds: 2 });
  });

  it('divides round by round, so that a slow machine cancels out', () => {
    expect(quotients([2, 8, 4], [1, 4, 2])).toEqual([2, 2, 2]);
  });

  it('knows that more rounds are less noise', () => {
    const few = relativeNoise(spreadOf([8, 9, 10, 11, 12]));
    const many = relativeNoise(spreadOf([8, 9, 10, 11, 12, 8, 9, 10, 11, 12]));
    expect(many).toBeLessThan(few);
    expect(relativeNoise(spreadOf([7, 7, 7]))).toBe(0);
  });
});

describe('a comparison', () => {
  it('tells a change beyond the noise, and its direction', () => {
    const before = measureOf([100, 101, 99, 100, 100]);
    expect(verdictOf(before, measureOf([110, 111, 109, 110, 110]))).toBe('worse');
    expect(verdictOf(before, measureOf([90, 91, 89, 90, 90]))).toBe('better');
    const throughput = measureOf([100, 101, 99], undefined, 'higher');
    expect(verdictOf(throughput, measureOf([90, 91, 89], undefined, 'higher'))).toBe('worse');
  });

  it('does not tell what the noise explains, nor less than 2 percent', () => {
    expect(verdictOf(measureOf([80, 100, 120]), measureOf([90, 110, 130]))).toBe('same');
    expect(verdictOf(measureOf([100, 100, 100]), measureOf([101, 101, 101]))).toBe('same');
  });

  it('looks at the time relative to fixed work where it is known: a slower machine is no change', () => {
    const before = measureOf([100, 100, 100], [2, 2, 2]);
    expect(verdictOf(before, measureOf([300, 300, 300], [2, 2, 2]))).toBe('same');
    expect(verdictOf(before, measureOf([100, 100, 100], [2.2, 2.2, 2.2]))).toBe('worse');
  });

  it('leaves out what says something of a peer or of the machine', () => {
    const slower = { ...measureOf([200, 200]), about: 'peer' as const };
    expect(compareReports(reportOf(measureOf([100, 100])), reportOf(slower))).toEqual([]);
  });

  it('leaves out what only one report has', () => {
    expect(compareReports(reportOf(), reportOf(measureOf([1])))).toEqual([]);
  });

  it('is told in a table', () => {
    const changes = compareReports(reportOf(measureOf([100, 100])), reportOf(measureOf([120, 120])));
    expect(changesMarkdown(changes)).toContain('| **worse** | s: m | 100 | 120 | 20.0 % | 0.0 % |');
  });
});

describe('rounds', () => {
  const caseOf = (id: string, values: number[], more: Partial<Case> = {}): Case => {
    return { id, unit: 'ms', better: 'lower', run: () => values.shift() ?? NaN, ...more };
  };

  it('give a case relative to the fixed work of all, if it wants that', async () => {
    const cases = [
      caseOf('fixed', [1, 2]),
      caseOf('ours', [10, 20]),
      caseOf('handling', [8, 12], { isRelative: false }),
      caseOf('theirs', [5, 5], { about: 'peer' }),
    ];
    const rounds = await Rounds.measure(cases, { rounds: 2, warmUps: 0, anchor: 'fixed' });
    const [fixed, ours, handling] = rounds.measures();
    expect(fixed).toMatchObject({ about: 'machine' });
    expect(fixed?.relative).toBeUndefined();
    expect(ours?.relative?.median).toBe(10);
    expect(handling?.relative).toBeUndefined();
    expect(rounds.ratio('ours / theirs', 'ours', 'theirs', 1)).toMatchObject([{ median: 3, goal: 1, about: 'peer' }]);
    expect(rounds.ratio('ours / fixed', 'ours', 'fixed')[0]?.about).toBeUndefined();
  });
});

it('a report says whether a goal is held', () => {
  const report = reportOf();
  report.suites[0]?.ratios.push(
    { id: 'fast', better: 'lower', goal: 1, ...spreadOf([0.5]) },
    { id: 'slow', better: 'higher', goal: 0.8, ...spreadOf([0.5]) },
  );
  const text = reportMarkdown(report);
  expect(text).toContain('| fast | 0.500 | 0.500 to 0.500 | at most 1: held |');
  expect(text).toContain('| slow | 0.500 | 0.500 to 0.500 | at least 0.8: **missed** |');
});
