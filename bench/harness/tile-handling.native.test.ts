import { expect, it } from 'vitest';
import { compareReports } from './compare.ts';
import type { BenchReport } from './report.ts';
import { Rounds } from './rounds.ts';
import { copyEveryTile, tileHandling } from './tile-handling.ts';

function reportOf(rounds: Rounds, id: string): BenchReport {
  const measures = rounds.measures().filter((measure) => measure.id === id);
  return {
    format: 'pellucid-bench',
    formatVersion: 1,
    startedAt: '',
    seconds: 0,
    short: true,
    machine: { platform: '', cpu: '', cores: 1, memoryGib: 1, features: [], loadBefore: 0 },
    versions: {},
    suites: [
      { suite: 'denoise', measures: measures.map((each) => ({ ...each, id: 'tile handling' })), ratios: [], notes: [] },
    ],
  };
}

it('an extra copy of each tile, put in on purpose, is flagged', async () => {
  const { run, ...about } = await tileHandling();
  const copied = async (): Promise<number> => {
    const takeOut = copyEveryTile();
    try {
      return await run();
    } finally {
      takeOut();
    }
  };
  const cases = [
    { ...about, id: 'as it is', run },
    { ...about, id: 'with the copy', run: copied },
  ];
  const rounds = await Rounds.measure(cases, { rounds: 40, warmUps: 5 });
  const [change] = compareReports(reportOf(rounds, 'as it is'), reportOf(rounds, 'with the copy'));
  expect(change).toMatchObject({ verdict: 'worse' });
});
