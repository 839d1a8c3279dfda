/**
 * Lets people work with two windows and two engines while engines are killed, a disk is full at times, and files and
 * folders vanish. Exit status 1 where a file was lost or damaged, a process was left behind, a call was never answered
 * or failed with something unexpected, or memory grew by more than 10 %. Linux; a full disk needs the right to mount.
 *
 *     node_modules/.bin/node bench/chaos.ts [--minutes 30] [--warm-up 10] [--seed 1]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../tests/contract/hostile-frames.ts';
import { runChaos } from './harness/chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'pellucid-chaos-'));
try {
  const report = await runChaos({
    folder,
    minutes: Number(values.minutes),
    warmUpMinutes: Number(values['warm-up']),
    random: createRandom(Number(values.seed)),
    say: (line) => console.log(line),
  });
  console.log(JSON.stringify(report, null, 1));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
