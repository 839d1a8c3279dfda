/**
 * Kills a batch of small photos, some of them broken, with SIGKILL in the middle, starts it again, and checks that each
 * good photo was written once and is whole, and that the broken ones are named. Exit status 1 where that is not so.
 *
 *     node_modules/.bin/node bench/killed-batch.ts [PHOTOS] [BROKEN]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runKilledBatch } from './harness/killed-batch.ts';

const [photos = 2000, broken = 20] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'pellucid-killed-'));
const started = performance.now();
try {
  const command = [process.execPath, fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))];
  const { beforeKill, ...faults } = await runKilledBatch({ folder, photos, broken, command });
  console.log(`${photos} photos, ${broken} of them broken; killed when ${beforeKill} results were there.`);
  for (const [what, names] of Object.entries(faults)) console.log(`${what}: ${names.length} ${names.join(' ')}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.exitCode = Object.values(faults).every((names) => names.length === 0) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
