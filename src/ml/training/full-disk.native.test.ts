import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const program = fileURLToPath(new URL('full-disk-child.test-support.ts', import.meta.url));
const node = ['--disable-warning=ExperimentalWarning', program];
/** A disk of its own for one process: as root, or as an ordinary user in a user namespace. */
const namespaces = [['--mount'], ['--mount', '--map-root-user']];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function mountable(): string[] | undefined {
  return namespaces.find(
    (options) => spawnSync('unshare', [...options, 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0,
  );
}

interface Outcome {
  error: { code: string; message: string; subject?: string } | null;
  checkpoint: number;
  left: string[];
  steps: number;
  difference: number;
}

async function outcomeOf(command: string, parameters: readonly string[]): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(command, parameters);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome;
}

it('a disk that is full in the middle of a training costs one step, and the run ends as if nothing had been', async () => {
  const options = mountable();
  const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$0" "$2" "$3" "$1" space';
  const { error, ...rest } =
    options === undefined
      ? // Where no disk may be made, files may not grow: the same place fails, by another error of the system.
        await outcomeOf(process.execPath, [...node, folder, 'limit'])
      : await outcomeOf('unshare', [...options, 'sh', '-c', script, process.execPath, folder, ...node]);
  expect(error).toMatchObject(
    options === undefined
      ? { message: expect.stringContaining('EFBIG') as string }
      : { code: 'DISK_FULL', message: expect.stringContaining('make room and resume') as string },
  );
  expect(rest).toEqual({ checkpoint: 5, left: [], steps: 8, difference: 0 });
});
