import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { EngineState } from '../shared/contract.ts';
import { PellucidError } from '../shared/errors.ts';
import type { RestoreSettings } from '../shared/params.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { enginePaths } from './engine-paths.ts';
import { isRunning } from './process-state.test-support.ts';

const enginePath = fileURLToPath(new URL('../../tests/doubles/stand-in-engine.ts', import.meta.url));
const settings: RestoreSettings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };

async function open(engine: EngineClient, name: string): Promise<void> {
  await engine.call('image.open', { source: { bytes: new Uint8Array(1), name } });
}

describe('the engine client', { timeout: 30_000 }, () => {
  let engine: EngineClient;
  let states: EngineState['state'][];
  let log: string;

  beforeEach(() => {
    log = '';
    states = [];
    engine = createEngineClient({ enginePath, onLog: (text) => (log += text) });
    engine.onState(({ state }) => states.push(state));
  });
  afterEach(() => engine.stop());

  test('starts with the first call, on the bundled Node, and ends with stop', async () => {
    expect(engine.pid).toBeUndefined();
    const { nodeVersion } = await engine.call('engine.info', {});
    expect(nodeVersion).toMatch(/^v22\./);
    const pid = engine.pid ?? Number.NaN;
    await engine.stop();
    expect(isRunning(pid)).toBe(false);
    expect(states).toEqual(['starting', 'ready', 'stopped']);
    await expect(engine.call('engine.info', {})).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('kill -9 during a job: the job fails with ENGINE_CRASHED and the next call works', async () => {
    await open(engine, 'slow');
    const job = engine.call(
      'restore.run',
      { imageId: 'slow', settings },
      { onEvent: () => engine.pid && process.kill(engine.pid, 'SIGKILL') },
    );
    await expect(job).rejects.toMatchObject({ code: 'ENGINE_CRASHED', message: expect.stringContaining('SIGKILL') });
    expect(await engine.call('models.list', {})).toEqual([]);
    expect(states).toEqual(['starting', 'ready', 'restarting', 'ready']);
  });

  test.runIf(process.platform === 'linux')(
    'the engine starts with what the person allows, and after an end as for want of memory with smaller tiles',
    async () => {
      const data = await mkdtemp(path.join(tmpdir(), 'pellucid-allowed-'));
      onTestFinished(() => rm(data, { recursive: true, force: true }));
      writeFileSync(path.join(data, 'machine.json'), JSON.stringify({ threads: 1, memoryLimitBytes: 2 ** 31 }));
      const limited = createEngineClient({ enginePath, env: { PELLUCID_DATA: data } });
      onTestFinished(() => limited.stop());
      const environment = () => readFileSync(`/proc/${limited.pid}/environ`, 'utf8').split('\0');
      await limited.call('models.list', {});
      expect(environment()).toEqual(
        expect.arrayContaining(['TF_NUM_INTRAOP_THREADS=1', `PELLUCID_MEMORY_LIMIT=${2 ** 31}`]),
      );
      expect(environment().join('\n')).not.toContain('PELLUCID_TILE_SHARE');
      await open(limited, 'kill');
      await expect(limited.call('restore.run', { imageId: 'kill', settings })).rejects.toThrow();
      await limited.call('models.list', {});
      expect(environment()).toContain('PELLUCID_TILE_SHARE=0.5');
    },
  );

  test('an engine that ends after its job was cancelled is no failure', async () => {
    await open(engine, 'slow');
    const cancel = new AbortController();
    const job = engine.call(
      'restore.run',
      { imageId: 'slow', settings },
      {
        signal: cancel.signal,
        onEvent() {
          if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL');
          cancel.abort();
        },
      },
    );
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('an error that nobody caught is logged and ends the process', async () => {
    await open(engine, 'crash');
    const job = engine.call('restore.run', { imageId: 'crash', settings });
    await expect(job).rejects.toMatchObject({
      code: 'ENGINE_CRASHED',
      message: expect.stringContaining('exit code 70'),
    });
    expect(log).toContain('made to crash');
  });

  test('after five crashes within a minute it is given up, with a sentence', async () => {
    for (let crash = 0; crash < 5; crash++) {
      await open(engine, 'kill');
      await expect(engine.call('restore.run', { imageId: 'kill', settings })).rejects.toMatchObject({
        code: 'ENGINE_CRASHED',
      });
    }
    expect(engine.state).toEqual({
      state: 'failed',
      message: expect.stringMatching(/stopped 5 times within a minute/),
    });
    await expect(engine.call('engine.info', {})).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    expect(engine.pid).toBeUndefined();
  });

  test('a cancelled call that stops by itself costs nothing', async () => {
    await open(engine, 'slow');
    const before = engine.pid;
    const controller = new AbortController();
    const { signal } = controller;
    const job = engine.call(
      'restore.run',
      { imageId: 'slow', settings },
      { signal, onEvent: () => controller.abort() },
    );
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
    await engine.call('engine.info', {});
    expect(engine.pid).toBe(before);
  });

  test('a cancelled call that does not stop is ended with its process within the grace, and the next call works', async () => {
    await open(engine, 'deaf');
    const job = engine.call('restore.run', { imageId: 'deaf', settings }, { signal: AbortSignal.timeout(100) });
    const other = engine.call('engine.info', {});
    other.catch(() => undefined);
    const start = performance.now();
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - start).toBeLessThan(1900);
    expect(await engine.call('models.list', {})).toEqual([]);
    await expect(other).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    expect(states).toEqual(['starting', 'ready', 'restarting', 'ready']);
  });

  test('a cancelled preview is rejected at once and never ends the engine', async () => {
    await open(engine, 'deaf');
    const blocking = engine.call('restore.run', { imageId: 'deaf', settings });
    blocking.catch(() => undefined);
    const before = engine.pid;
    const region = { left: 0, top: 0, width: 1, height: 1 };
    const preview = engine.call(
      'restore.crop',
      { imageId: 'deaf', settings, region },
      { signal: AbortSignal.timeout(20) },
    );
    await expect(preview).rejects.toMatchObject({ code: 'ABORTED' });
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(engine.pid).toBe(before);
  });

  test('a call that was cancelled before never starts the engine for nothing', async () => {
    await expect(engine.call('engine.info', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  test('stop while work is open rejects it with ABORTED and leaves no process', async () => {
    await open(engine, 'deaf');
    const job = engine.call('restore.run', { imageId: 'deaf', settings });
    job.catch(() => undefined);
    const pid = engine.pid ?? Number.NaN;
    await engine.stop();
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
    expect(isRunning(pid)).toBe(false);
  });
});

describe('an engine that cannot start', { timeout: 30_000 }, () => {
  test('a missing Node binary is named', async () => {
    const engine = createEngineClient({ enginePath, nodePath: '/missing/node' });
    await expect(engine.call('engine.info', {})).rejects.toMatchObject({
      code: 'ENGINE_START_FAILED',
      message: expect.stringContaining('/missing/node'),
    });
    expect(engine.state.state).toBe('failed');
    await engine.stop();
  });

  test('the last line that it wrote is told', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pellucid-'));
    const broken = path.join(folder, 'engine.mjs');
    writeFileSync(broken, `process.stderr.write('libtensorflow is missing\\n'); process.exit(3);`);
    const engine = createEngineClient({ enginePath: broken });
    await expect(engine.call('engine.info', {})).rejects.toMatchObject({
      code: 'ENGINE_START_FAILED',
      message: expect.stringMatching(/exit code 3.*libtensorflow is missing/),
    });
    await engine.stop();
    await rm(folder, { recursive: true });
  });
});

describe('what is done before the engine starts', { timeout: 30_000 }, () => {
  test('is done once, and every call waits for it', async () => {
    const done: string[] = [];
    const beforeStart = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done.push('checked');
    };
    const engine = createEngineClient({ enginePath, beforeStart });
    engine.onState(({ state }) => done.push(state));
    engine.start();
    expect(engine.pid).toBeUndefined();
    await Promise.all([engine.call('models.list', {}), engine.call('engine.info', {})]);
    expect(done).toEqual(['starting', 'checked', 'starting', 'ready']);
    await engine.stop();
  });

  test('keeps it from starting, with its own words, where it throws', async () => {
    const refusal = new PellucidError('ENGINE_START_FAILED', 'A file has been changed.');
    const engine = createEngineClient({ enginePath, beforeStart: () => Promise.reject(refusal) });
    engine.start();
    await expect(engine.call('engine.info', {})).rejects.toBe(refusal);
    expect(engine.state).toEqual({ state: 'failed', message: 'A file has been changed.' });
    expect(engine.pid).toBeUndefined();
    await engine.stop();
  });
});

describe('the engine never outlives its owner', { timeout: 30_000 }, () => {
  const owner = fileURLToPath(new URL('../../tests/doubles/engine-owner.ts', import.meta.url));

  // Windows has no pipes with a name in the file system.
  const jobs = ['slow', 'deaf', ...(process.platform === 'win32' ? [] : ['held'])];
  test.each(jobs)('kill -9 of the owner while the engine is busy with a %s job', async (job) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pellucid-held-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const pipe = path.join(folder, 'pipe');
    if (job === 'held') execFileSync('mkfifo', [pipe]);
    const parent = spawn(enginePaths().nodePath, ['--disable-warning=ExperimentalWarning', owner, job], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, STAND_IN_PIPE: pipe },
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 2000, interval: 50 }).toBe(false);
  });
});
