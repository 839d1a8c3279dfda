import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRpcClient } from '../../src/rpc/client.ts';
import { connectChild, startingAt, type TestConnection } from './connections.ts';
import { createRandom, hostileFrames } from './hostile-frames.ts';
import { hostileCalls, type HostileTexts } from './hostile-params.ts';

const seed = 20_261_126;
const entry = fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url));
/** Calls that are open at the same time, and after which time all of them are cancelled. */
const together = 100;
const cancelAfterMs = 20;

let root: string;
let engine: TestConnection;

beforeEach(async () => {
  // As deep as the longest climb among the hostile texts, so that what goes wrong goes wrong in here.
  root = await mkdtemp(path.join(tmpdir(), 'pellucid-hostile-'));
  for (const folder of ['data', 'home', 'work', 'victims/run', 'tmp']) await mkdir(inner(folder), { recursive: true });
  await writeFile(victim('secret.txt'), 'secret');
  await writeFile(victim('broken.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
  await writeFile(victim('run/config.json'), '{}');
  await symlink(victim('secret.txt'), victim('link.png'));
  execFileSync('mkfifo', [victim('pipe.png')]);
  const home = { HOME: inner('home'), XDG_DATA_HOME: inner('home'), TMPDIR: inner('tmp') };
  const env = { ...process.env, ...home, PELLUCID_DATA: inner('data') };
  engine = await connectChild(entry, { cwd: inner('work'), env });
});
afterEach(async () => {
  await engine.dispose();
  await rm(root, { recursive: true });
});

function inner(name: string): string {
  return path.join(root, 'a', 'b', 'c', name);
}

function victim(name: string): string {
  return path.join(inner('victims'), name);
}

/** Nothing in them leads out of the test's own folder: a fault that this finds must not cost anybody a file. */
function hostileTexts(): HostileTexts {
  const escapes = ['../victims/secret.txt', '../../victims', '../../victims/run', '..', '.', 'a/../../victims'];
  const odd = ['a\0b', 'CON', 'a'.repeat(5000), '__proto__', 'constructor', '%2e%2e%2f', '..\\..\\victims', '\u202e'];
  const own = ['a', 'model-1', '{name}', '{name}/../../{ext}'];
  const there = ['secret.txt', 'broken.jpg', 'link.png', 'pipe.png', 'run', ''].map(victim);
  const missing = ['no/such/file', victim('missing.jpg'), inner('nowhere/deep')];
  return { names: [...escapes, ...odd, ...own, ...there], paths: [...escapes, ...odd, ...missing, ...there] };
}

/** Everything outside the engine's own data folder: kind, content and times. */
async function stock(): Promise<string[]> {
  const places = await readdir(root, { recursive: true });
  const own = path.join('a', 'b', 'c', 'data', path.sep);
  const foreign = places.filter((place) => !place.startsWith(own)).toSorted();
  return Promise.all(
    foreign.map(async (place) => {
      const stats = await lstat(path.join(root, place));
      const content = stats.isFile() ? await readFile(path.join(root, place)) : '';
      const hash = createHash('sha256').update(content).digest('hex');
      return `${place} ${stats.mode} ${stats.isDirectory() ? '' : stats.mtimeMs} ${hash}`;
    }),
  );
}

test('10,000 random and hostile messages neither end the engine nor touch a file', { timeout: 300_000 }, async () => {
  const before = await stock();
  for (const frame of hostileFrames(8000, seed)) engine.sendFrame?.(frame);

  const client = createRpcClient(startingAt(engine, 2 ** 40));
  const { names, paths } = hostileTexts();
  const calls = hostileCalls(2000, createRandom(seed), { names, paths });
  const open: Promise<unknown>[] = [];
  let controller = new AbortController();
  const settle = async (): Promise<void> => {
    setTimeout(() => controller.abort(), cancelAfterMs);
    await Promise.allSettled(open.splice(0));
    controller = new AbortController();
  };
  for (const { name, params } of calls) {
    open.push(client.call(name, params, { signal: controller.signal }));
    if (open.length === together) await settle();
  }
  await settle();
  expect(await client.call('engine.info', {})).toMatchObject({ backend: 'tensorflow' });
  // A graph that was being loaded when its call was cancelled lies there until TensorFlow has read it.
  await expect.poll(() => readdir(inner('tmp')), { timeout: 60_000 }).toEqual([]);
  expect(await stock()).toEqual(before);
});
