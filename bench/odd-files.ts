/**
 * Hands every file of a folder to the engine and prints a table of outcomes: each file must end in a picture or in an
 * error with a code, within 20 s, and the engine must stay. Exit status 1 where that is not so.
 *
 *     node_modules/.bin/node bench/odd-files.ts FOLDER [denoise|compress|restore] [--json]
 */
import { isFault, tryFiles } from './harness/odd-files.ts';
import type { OddOutcome } from './harness/odd-files.ts';

const operations = ['denoise', 'compress', 'restore'] as const;

async function main(args: readonly string[]): Promise<number> {
  const [folder, wanted = 'denoise'] = args.filter((arg) => !arg.startsWith('--'));
  const operation = operations.find((each) => each === wanted);
  if (folder === undefined || operation === undefined) {
    console.error(`Usage: node_modules/.bin/node bench/odd-files.ts FOLDER [${operations.join('|')}] [--json]`);
    return 2;
  }
  const outcomes: OddOutcome[] = [];
  for await (const outcome of tryFiles(folder, operation)) {
    outcomes.push(outcome);
    const { result, seconds, file, detail } = outcome;
    const row = [result.padEnd(24), `${seconds.toFixed(2).padStart(6)} s`, file, detail.replaceAll(`${folder}/`, '')];
    console.log(args.includes('--json') ? JSON.stringify(outcome) : row.join('  '));
  }
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const summary = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  const slowest = Math.max(0, ...outcomes.map(({ seconds }) => seconds));
  const faults = outcomes.filter(isFault);
  console.error(`${outcomes.length} files: ${summary}; slowest ${slowest.toFixed(2)} s; ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
