import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enginePaths } from '../engine-client/engine-paths.ts';
import { isRunning } from '../engine-client/process-state.test-support.ts';
import { createPageFolder, type PageFolder } from './page-folder.test-support.ts';

const entry = fileURLToPath(new URL('../../tests/doubles/stand-in-web-host.ts', import.meta.url));

describe('the web host as a process', { timeout: 30_000 }, () => {
  let page: PageFolder;
  let runs = 0;
  beforeAll(() => {
    page = createPageFolder();
  });
  afterAll(() => page.remove());

  function start(...args: string[]) {
    const pidFile = path.join(page.folder, `pid-${(runs += 1)}`);
    const flags = ['--disable-warning=ExperimentalWarning'];
    const env = { ...process.env, STAND_IN_PID_FILE: pidFile };
    const host = spawn(enginePaths().nodePath, [...flags, entry, page.folder, ...args], { env });
    let output = '';
    let problems = '';
    host.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    host.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
    return { host, pidFile, ended: once(host, 'exit'), read: () => ({ output, problems }) };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('prints one line with the address, and %s ends it and the engine with code %i', async (signal, code) => {
    const { host, pidFile, ended, read } = start('--no-open');
    await once(host.stdout, 'data');
    const engine = await engineOf(pidFile);
    host.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(read().output).toMatch(/^Pellucid is at http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n$/);
    expect(isRunning(engine)).toBe(false);
  });

  test('kill -9 leaves no engine behind', async () => {
    const { host, pidFile } = start('--no-open');
    await once(host.stdout, 'data');
    const engine = await engineOf(pidFile);
    host.kill('SIGKILL');
    await expect.poll(() => isRunning(engine), { timeout: 2000, interval: 50 }).toBe(false);
  });

  test('a port that is taken ends it with code 1 and leaves no process', async () => {
    const first = start('--no-open');
    await once(first.host.stdout, 'data');
    const port = /:(\d+)\//.exec(first.read().output)?.[1] ?? '';
    const second = start('--no-open', '--port', port);
    expect(await second.ended).toEqual([1, null]);
    expect(second.read().problems).toContain(port);
    first.host.kill('SIGTERM');
    await first.ended;
  });

  test.each([['--port', 'http'], ['--port', '70000'], ['--port=-1'], ['--unknown'], ['extra']])(
    'wrong usage ends it with code 2: %s %s',
    async (...args) => {
      const { ended, read } = start(...args.filter((arg) => arg !== undefined));
      expect(await ended).toEqual([2, null]);
      expect(read()).toMatchObject({ output: '', problems: expect.stringMatching(/\S\n$/) });
    },
  );
});

/** What the stand-in engine writes when it starts. */
async function engineOf(pidFile: string): Promise<number> {
  await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', { timeout: 10_000 }).toBe(true);
  return Number(readFileSync(pidFile, 'utf8'));
}
