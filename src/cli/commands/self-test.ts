import { runSelfTest } from '../../engine-client/self-test.ts';
import { exitCodes } from '../exit-codes.ts';
import { Output, table } from '../output.ts';

/** Tries the installed engine from start to export and prints the report; exit code 1 where something fails. */
export async function selfTest({ json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  const report = await runSelfTest();
  const rows = report.steps.map(({ name, passed, seconds, detail }) => [
    passed ? 'passed' : 'FAILED',
    name,
    `${seconds.toFixed(2)} s`,
    detail,
  ]);
  output.result({ ...report }, table(rows));
  output.note(report.passed ? 'All is well.' : 'Pellucid does not work as installed. Install it again.');
  if (!report.passed) process.exitCode = exitCodes.failed;
}
