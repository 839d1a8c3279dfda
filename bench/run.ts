/**
 * `npm run bench [-- SUITE...]`: measures how fast Pellucid is, beside what one would use instead, in rounds that
 * alternate. docs/benchmarks.md says how to read the result.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { compareReports } from './harness/compare.ts';
import { describeMachine, describeVersions } from './harness/machine.ts';
import { changesMarkdown, reportMarkdown } from './harness/markdown.ts';
import type { BenchReport, SuiteResult } from './harness/report.ts';
import { suites } from './suites/registry.ts';

interface Options {
  short: boolean;
  json?: string;
  markdown?: string;
  baseline?: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function runSuite(name: string, short: boolean): Promise<SuiteResult> {
  const load = suites[name];
  if (load === undefined) throw new Error(`There is no suite ${name}.`);
  const workFolder = await mkdtemp(join(tmpdir(), 'pellucid-bench-'));
  try {
    return await (
      await load()
    )({ short, workFolder, say });
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function measure(names: readonly string[], short: boolean): Promise<BenchReport> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const machine = { ...describeMachine(), loadBefore: loadavg()[0] ?? 0 };
  const results: SuiteResult[] = [];
  for (const name of names) {
    say(`Suite ${name} ...`);
    results.push(await runSuite(name, short));
  }
  return {
    format: 'pellucid-bench',
    formatVersion: 1,
    startedAt,
    seconds: (performance.now() - started) / 1000,
    short,
    machine,
    versions: await describeVersions(),
    suites: results,
  };
}

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(path, text);
}

async function main(names: string[], { short, json, markdown, baseline }: Options): Promise<void> {
  const before = baseline === undefined ? undefined : (JSON.parse(await readFile(baseline, 'utf8')) as BenchReport);
  const report = await measure(names.length === 0 ? Object.keys(suites) : names, short);
  if (json !== undefined) await save(json, `${JSON.stringify(report, null, 1)}\n`);
  const changes = before === undefined ? [] : compareReports(before, report);
  const parts = [reportMarkdown(report), ...(before === undefined ? [] : [changesMarkdown(changes)])];
  if (markdown !== undefined) await save(markdown, parts.join('\n'));
  process.stdout.write(`${parts.join('\n')}\n`);
  if (changes.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

await new Command('npm run bench --')
  .description('Measures how fast Pellucid is, beside what one would use instead.')
  .addArgument(
    new Argument('[suites...]', 'what to measure; everything where none is named').choices(Object.keys(suites)),
  )
  .option('--short', 'fewer rounds and smaller pictures: under 5 minutes', false)
  .option('--json <file>', 'write the report as JSON')
  .option('--markdown <file>', 'write the report as Markdown')
  .option('--baseline <file>', 'compare with an earlier JSON report; exit code 1 where something became worse')
  .action(main)
  .parseAsync();
