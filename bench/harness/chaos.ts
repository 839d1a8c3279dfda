import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createEngineClient, type EngineClient } from '../../src/engine-client/engine-client.ts';
import { Person, type Findings } from './chaos-person.ts';
import {
  bringGuests,
  brokenFilesIn,
  fillDisk,
  hashesOf,
  hashOf,
  leaveWorld,
  litterIn,
  makeWorld,
  type World,
} from './chaos-world.ts';

export interface ChaosOptions {
  /** Empty folder to work in. */
  folder: string;
  minutes: number;
  /** Minutes of the same work without trouble before memory is taken for the first time. */
  warmUpMinutes: number;
  /** Gives numbers 0..1. */
  random: () => number;
  say: (line: string) => void;
}

export interface ChaosReport {
  kills: number;
  outcomes: Record<string, number>;
  hadSmallDisk: boolean;
  /** Results in the folder of which nothing may get lost, and how many of them were followed by their hash. */
  results: number;
  followed: number;
  /** Hidden, unfinished files that killed engines have left. */
  litter: number;
  /** Megabytes after the warm-up, of the engine the most until then, and at rest at the end. */
  memory: { engine: [number, number]; owner: [number, number] };
  faults: string[];
}

/** How far memory may have grown. */
const mostGrowth = 1.1;
/** Part of the time in which engines are killed; the last one then lives long enough to show whether it grows. */
const killedPart = 0.6;

/**
 * Two windows on one engine and a second engine on the same folders, whose people cancel much of what they begin, while
 * engines are killed, a disk fills up, and folders vanish and come back. Afterwards every photo must be as it was,
 * every result whole, no process left, and memory as at the start.
 */
export async function runChaos({ folder, minutes, warmUpMinutes, random, say }: ChaosOptions): Promise<ChaosReport> {
  const world = await makeWorld(folder, 40);
  const before = await hashesOf(world.photos);
  const findings: Findings = { outcomes: new Map(), written: new Map(), faults: [] };
  const engines = [0, 1].map(() => createEngineClient({ env: { PELLUCID_DATA: world.data } })) as Engines;
  try {
    const watch = watchMemory(engines, say);
    // An engine takes its full memory when each kind of work, and each shape of tile, has been there; one that was
    // started again because it did not heed a cancel has to begin anew.
    const startMemory = await liveFor(warmUpMinutes * 60_000, engines, world, findings, random);
    startMemory.engine = Math.max(startMemory.engine, watch.most);
    say(`After the warm-up: engine ${startMemory.engine} MB, owner ${startMemory.owner} MB.`);
    const monkey = new Monkey(engines, world, random);
    const troubled = monkey.rage(minutes * 60_000, minutes * 60_000 * killedPart);
    const endMemory = await liveFor(minutes * 60_000, engines, world, findings, random);
    await troubled;
    watch.end();
    say(`At rest after ${minutes} minutes: engine ${endMemory.engine} MB, owner ${endMemory.owner} MB.`);
    await drainQueue(engines, findings);
    const memory: ChaosReport['memory'] = {
      engine: [startMemory.engine, endMemory.engine],
      owner: [startMemory.owner, endMemory.owner],
    };
    await Promise.all(engines.map((engine) => engine.stop()));
    await check({ world, before, findings, memory });
    return {
      kills: monkey.kills,
      outcomes: Object.fromEntries([...findings.outcomes].toSorted()),
      hadSmallDisk: world.smallDisk !== null,
      results: (await hashesOf(world.results)).size,
      followed: findings.written.size,
      litter: (await litterIn(world.results)) + (await litterIn(world.rewritten)),
      memory,
      faults: findings.faults,
    };
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
    leaveWorld(world);
  }
}

type Engines = [EngineClient, EngineClient];

/** Lets people work for a time; gives megabytes when they have ended and everything is at rest. */
async function liveFor(ms: number, engines: Engines, world: World, findings: Findings, random: () => number) {
  const [first, second] = engines;
  const people = [first, first, second].map((engine) => new Person(engine, world, findings, random));
  const lives = people.map((person) => person.live());
  await delay(ms);
  for (const person of people) person.end();
  await Promise.all(lives);
  for (const person of people) person.close();
  await waitForQueue(engines, findings);
  await delay(3000);
  return { engine: await residentMegabytes(first), owner: heapMegabytes() };
}

/** Says every minute what the first engine holds, in megabytes, and keeps the most. */
function watchMemory([first]: Engines, say: (line: string) => void): { readonly most: number; end(): void } {
  let minute = 0;
  let most = 0;
  const timer = setInterval(() => {
    minute += 1;
    residentMegabytes(first).then(
      (megabytes) => {
        most = Math.max(most, megabytes);
        say(`Minute ${minute}: engine ${first.pid} ${megabytes} MB.`);
      },
      () => undefined,
    );
  }, 60_000);
  return {
    get most() {
      return most;
    },
    end: () => clearInterval(timer),
  };
}

/** Waits until the queue is at its end; gives the engine that has it: the other one is told that it is in use. */
async function waitForQueue(engines: Engines, findings: Findings): Promise<EngineClient> {
  for (let seconds = 0; seconds < 300; seconds++) {
    for (const engine of engines) {
      const state = await engine.call('batch.list', {}).catch(() => undefined);
      if (state !== undefined && state.totals.waiting + state.totals.running === 0) return engine;
      if (state?.totals.isPaused === true) await engine.call('batch.resume', {}).catch(() => undefined);
    }
    await delay(1000);
  }
  findings.faults.push('The queue did not come to its end within 5 minutes.');
  return engines[0];
}

/** Every photo that failed or was cancelled in the trouble is done now, or named. */
async function drainQueue(engines: Engines, findings: Findings): Promise<void> {
  const engine = await waitForQueue(engines, findings);
  await engine.call('batch.retry', {});
  await waitForQueue(engines, findings);
  const { items } = await engine.call('batch.list', {});
  for (const { state, outcome, error, name } of items) {
    // A folder that was away when it was added was taken for a photo, which it is not.
    if (state === 'failed' && !['FILE_NOT_FOUND', 'DISK_FULL', 'NOT_AN_IMAGE'].includes(error?.code ?? '')) {
      findings.faults.push(`${name} failed when all was calm: ${error?.message}`);
    }
    for (const file of state === 'done' ? (outcome?.outputs ?? []) : []) {
      if (file.includes('/results/') && !findings.written.has(file)) {
        findings.written.set(file, await hashOf(file).catch(() => 'lost'));
      }
    }
  }
}

interface Evidence {
  world: World;
  before: ReadonlyMap<string, string>;
  findings: Findings;
  memory: ChaosReport['memory'];
}

async function check({ world, before, findings: { faults, written }, memory }: Evidence): Promise<void> {
  const after = await hashesOf(world.photos);
  for (const [name, hash] of before)
    if (after.get(name) !== hash) faults.push(`The photo ${name} was lost or changed.`);
  if (after.size !== before.size) faults.push('There are files among the photos that do not belong there.');
  for (const folder of [world.results, world.rewritten, world.smallDisk ?? world.rewritten]) {
    faults.push(...(await brokenFilesIn(folder)));
  }
  for (const [file, hash] of written) {
    if ((await hashOf(file).catch(() => 'lost')) !== hash)
      faults.push(`${file} was lost or changed after it was done.`);
  }
  for (const pid of await processesWith(world.data)) faults.push(`Process ${pid} was left behind.`);
  for (const [who, [start, end]] of Object.entries(memory)) {
    if (end > start * mostGrowth) faults.push(`The memory of the ${who} grew from ${start} to ${end} MB.`);
  }
}

/** What makes the trouble. */
class Monkey {
  kills = 0;
  readonly #engines: Engines;
  readonly #world: World;
  readonly #random: () => number;

  constructor(engines: Engines, world: World, random: () => number) {
    this.#engines = engines;
    this.#world = world;
    this.#random = random;
  }

  async rage(ms: number, killingMs: number): Promise<void> {
    const until = Date.now() + ms;
    const killUntil = Date.now() + killingMs;
    while (Date.now() < until) {
      await delay(Math.min(until - Date.now(), 1000 + this.#random() * 8000));
      if (Date.now() < killUntil && this.#random() < 0.5) this.#kill();
      await fillDisk(this.#world, this.#random() < 0.5);
      if (this.#random() < 0.3) await rm(this.#world.guests, { recursive: true, force: true });
      else await bringGuests(this.#world);
      if (this.#random() < 0.3) await rm(this.#world.fleeting, { recursive: true, force: true });
    }
    await fillDisk(this.#world, false);
    await bringGuests(this.#world);
  }

  #kill(): void {
    const pid = this.#engines[Math.floor(this.#random() * 2)]?.pid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    this.kills += 1;
  }
}

async function residentMegabytes(engine: EngineClient): Promise<number> {
  const { residentBytes } = await engine.call('engine.info', {});
  return Math.round(residentBytes / 1e6);
}

/** What this process holds on to, after its garbage is gone. */
function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1e5) / 10;
}

/** Processes with a text in their environment, this one left out. Linux only. */
async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const has = async (pid: number): Promise<boolean> =>
    (await readFile(join('/proc', String(pid), 'environ'), 'utf8').catch(() => '')).includes(text);
  const found = await Promise.all(pids.map(async (pid) => ((await has(pid)) ? [pid] : [])));
  return found.flat();
}
