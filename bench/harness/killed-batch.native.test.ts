import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runKilledBatch } from './killed-batch.ts';

test('a batch that is killed in the middle and started again writes each photo once and names the broken ones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-killed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const command = [process.execPath, join(import.meta.dirname, '../../src/cli/main.ts')];
  const { beforeKill, ...faults } = await runKilledBatch({ folder, photos: 120, broken: 6, command });
  expect(beforeKill).toBeLessThan(114);
  expect(faults).toEqual({ wrong: [], surplus: [], twice: [], misnamed: [] });
});
