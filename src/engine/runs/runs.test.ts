import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listRuns, showRun } from './describe-run.ts';
import { readRunConfig, removeRun, runFolderOf, runIdOf } from './run-folders.ts';

let runsDir: string;
beforeEach(async () => {
  runsDir = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
});
afterEach(async () => {
  await rm(runsDir, { recursive: true, force: true });
});

const config = { preset: 'dense', data: ['/digits'], name: 'a', budget: { steps: 40 }, resume: false, seed: 0 };
const step = (at: number, loss: number) => ({ type: 'step', step: at, totalSteps: 40, loss, seconds: at / 10 });
const validated = (at: number, loss: number, isBest: boolean) => ({
  ...{ type: 'validated', step: at, metrics: { loss }, trainMetrics: {}, isBest },
});
const started = (at: number) => ({ type: 'started', step: at, totalSteps: 40 });

async function writeRun(name: string, events: readonly object[], rest = ''): Promise<void> {
  await mkdir(join(runsDir, name), { recursive: true });
  await writeFile(join(runsDir, name, 'config.json'), JSON.stringify(config));
  const lines = events.map((event, index) => JSON.stringify({ time: `2026-01-01T00:00:0${index}Z`, ...event }));
  await writeFile(join(runsDir, name, 'log.jsonl'), `${lines.join('\n')}\n${rest}`);
}

it('a run that was killed counts as interrupted, and what was done again counts once', async () => {
  const first = [started(0), step(10, 0.5), step(20, 0.4), validated(20, 0.45, true)];
  await writeRun('killed', [...first, started(10), step(20, 0.3)], '{"time":"2026-01-01T00:00:07Z","type":"st');
  await writeFile(join(runsDir, 'killed', 'checkpoint-000000010.bin'), 'x');
  const run = await showRun(runsDir, 'killed');
  expect(run).toMatchObject({ state: 'interrupted', step: 20, totalSteps: 40, seconds: 2, canResume: true });
  // The best of step 20 was beyond the checkpoint that it went on from.
  expect(run.best).toBeNull();
  expect(run.curves.find(({ name }) => name === 'loss')).toEqual({ name: 'loss', steps: [10, 20], values: [0.5, 0.3] });
  expect(run.happenings.map(({ event }) => event.type)).toEqual(['started', 'started']);
});

it('says how each run stands', async () => {
  const end = (stoppedBy: string) => ({ type: 'finished', step: 40, stoppedBy, modelId: 'a' });
  const error = { code: 'DISK_FULL', message: 'The disk is full.' };
  await writeRun('stopped', [started(0), validated(4, 0.4, true), end('user')]);
  await writeRun('finished', [started(0), end('early-stopping')]);
  await writeRun('failed', [started(0), { type: 'failed', step: 3, error }]);
  await writeRun('paused', [started(0), { type: 'paused', step: 3 }]);
  await writeFile(join(runsDir, 'paused', 'running.json'), String(process.pid));
  await mkdir(join(runsDir, 'no-run'));
  const states = Object.fromEntries((await listRuns(runsDir)).map((run) => [run.runId, run]));
  expect(Object.keys(states).sort()).toEqual(['failed', 'finished', 'paused', 'stopped']);
  expect(states['stopped']).toMatchObject({ state: 'stopped', modelId: 'a', best: { step: 4, metrics: { loss: 0.4 } } });
  expect(states['finished']).toMatchObject({ state: 'finished', canResume: false });
  expect(states['failed']).toMatchObject({ state: 'failed', message: error.message });
  expect(states['paused']).toMatchObject({ state: 'paused', canResume: false });
});

it('removes what training wrote, and nothing else', async () => {
  await writeRun('a', [started(0)]);
  await writeFile(join(runsDir, 'a', 'events.out.tfevents.1.host.2.0'), '');
  await writeFile(join(runsDir, 'a', 'holiday.jpg'), 'mine');
  await writeRun('b', [started(0)]);
  await removeRun(join(runsDir, 'a'));
  await removeRun(join(runsDir, 'b'));
  expect(await readdir(runsDir)).toEqual(['a']);
  expect(await readdir(join(runsDir, 'a'))).toEqual(['holiday.jpg']);
  await expect(removeRun(join(runsDir, 'a'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});

it('does not remove a run that is being trained', async () => {
  await writeRun('a', [started(0)]);
  await writeFile(join(runsDir, 'a', 'running.json'), String(process.pid));
  await expect(removeRun(join(runsDir, 'a'))).rejects.toThrow(`process ${process.pid}`);
  expect(await readdir(join(runsDir, 'a'))).toHaveLength(3);
});

it('names a run after its folder among the others, and by its path elsewhere', async () => {
  expect(runFolderOf(runsDir, 'a')).toBe(join(runsDir, 'a'));
  expect(runIdOf(runsDir, join(runsDir, 'a'))).toBe('a');
  expect(runFolderOf(runsDir, join('/elsewhere', 'a'))).toBe(join('/elsewhere', 'a'));
  expect(runIdOf(runsDir, join('/elsewhere', 'a'))).toBe(join('/elsewhere', 'a'));
  await writeRun('a', []);
  await writeFile(join(runsDir, 'a', 'config.json'), '{"preset":"dense"}');
  await expect(readRunConfig(join(runsDir, 'a'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
