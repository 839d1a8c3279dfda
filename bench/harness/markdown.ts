import type { Change } from './compare.ts';
import { reachesGoal } from './report.ts';
import type { BenchReport, Ratio, SuiteResult } from './report.ts';

/** Three digits that count. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

function goalOf(ratio: Ratio): string {
  if (ratio.goal === undefined) return '';
  const word = ratio.better === 'lower' ? 'at most' : 'at least';
  return `${word} ${ratio.goal}: ${reachesGoal(ratio) === true ? 'held' : '**missed**'}`;
}

function suiteLines({ suite, measures, ratios, notes }: SuiteResult): string[] {
  const lines = [`## ${suite}`, ''];
  if (measures.length > 0)
    lines.push(
      ...table(
        ['measure', 'median', 'quartiles', 'rounds'],
        measures.map(({ id, unit, median, lower, upper, rounds }) => [
          id,
          `${figure(median)} ${unit}`,
          `${figure(lower)} to ${figure(upper)}`,
          String(rounds),
        ]),
      ),
    );
  if (ratios.length > 0)
    lines.push(
      ...table(
        ['ratio within the run', 'median', 'quartiles', 'goal'],
        ratios.map((ratio) => [
          ratio.id,
          figure(ratio.median),
          `${figure(ratio.lower)} to ${figure(ratio.upper)}`,
          goalOf(ratio),
        ]),
      ),
    );
  if (notes.length > 0) lines.push(...notes.map((note) => `- ${note}`), '');
  return lines;
}

/** A report for people. */
export function reportMarkdown(report: BenchReport): string {
  const { machine, versions, startedAt, seconds, short } = report;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Benchmarks',
    '',
    `${startedAt}, ${short ? 'short' : 'full'} round of ${Math.round(seconds)} s.`,
    `${machine.cpu}, ${machine.cores} cores (${machine.features.join(', ')}), ${figure(machine.memoryGib)} GiB, ${machine.platform}; load before the start ${figure(machine.loadBefore)}.`,
    `${named.join(', ')}.`,
    '',
    ...report.suites.flatMap(suiteLines),
  ].join('\n');
}

/** What a comparison found, for people. */
export function changesMarkdown(changes: readonly Change[]): string {
  const told = changes.filter(({ verdict }) => verdict !== 'same');
  const head = `${changes.length} figures compared, ${told.length} changed beyond the noise.`;
  if (told.length === 0) return `## Compared with the baseline\n\n${head}\n`;
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const rows = told.map(({ suite, id, before, after, worse, noise, verdict }) => [
    verdict === 'worse' ? '**worse**' : verdict,
    `${suite}: ${id}`,
    figure(before),
    figure(after),
    percent(Math.abs(worse)),
    percent(noise),
  ]);
  const lines = table(['', 'figure', 'before', 'now', 'change', 'noise'], rows);
  return ['## Compared with the baseline', '', head, '', ...lines].join('\n');
}
