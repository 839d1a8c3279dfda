/**
 * Trains three times with the same seed: in one go, killed with SIGKILL at random moments and resumed after each, and
 * paused at random moments. Prints the largest difference between the weights (and all else of the last checkpoint) of
 * the first run and those of the others. Exit status 1 above 1e-5.
 *
 *     node_modules/.bin/node bench/killed-training.ts --data FOLDER [--preset denoiser] [--steps 400] [--kills 10]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createEngineClient } from '../src/engine-client/engine-client.ts';
import type { EngineClient } from '../src/engine-client/engine-client.ts';
import { readLatestCheckpoint } from '../src/ml/training/checkpoint.ts';
import type { TrainingState } from '../src/ml/training/training-session.ts';
import type { CallEvent } from '../src/shared/contract.ts';
import type { Params } from '../src/shared/params.ts';

const most = 1e-5;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    preset: { type: 'string', default: 'denoiser' },
    steps: { type: 'string', default: '400' },
    kills: { type: 'string', default: '10' },
  },
});
if (values.data === undefined) throw new Error('--data is needed.');
const data = resolve(values.data);
const isDenoiser = values.preset === 'denoiser';
const [steps, kills] = [Number(values.steps), Number(values.kills)];
const folder = await mkdtemp(join(tmpdir(), 'pellucid-killed-'));

/** Small steps, so that many can be killed, and checkpoints every second of training. */
function paramsOf(name: string, resume: boolean): Params<'train.start'> {
  return {
    ...{ preset: isDenoiser ? 'denoiser' : 'dense', data: [data], name, budget: { steps }, resume, seed: 3 },
    ...(isDenoiser ? { batch: 4, patch: 48, options: { widths: [8, 16, 24] } } : { batch: 64 }),
    ...{ validateEvery: 100, checkpointMinutes: 1 / 60 },
  };
}

async function withEngine<T>(work: (engine: EngineClient) => Promise<T>): Promise<T> {
  const engine = createEngineClient({ env: { PELLUCID_DATA: folder } });
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** Trains until the end, or until it is killed after `liveMs` from its first step. */
async function train(name: string, resume: boolean, liveMs: number | null): Promise<{ from: number; to: number }> {
  return await withEngine(async (engine) => {
    const reached = { from: 0, to: 0 };
    const onEvent = (message: CallEvent<'train.start'>): void => {
      if (message.type !== 'event') return;
      reached.to = message.event.step;
      if (message.event.type !== 'started') return;
      reached.from = message.event.step;
      if (liveMs === null) return;
      setTimeout(() => {
        if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL');
      }, liveMs);
    };
    const training = engine.call('train.start', paramsOf(name, resume), { onEvent });
    if (liveMs === null) await training;
    else await training.catch((error: unknown) => console.error(`  ${String(error).slice(0, 80)}`));
    return reached;
  });
}

async function trainPaused(name: string, pauses: number, meanMs: number): Promise<void> {
  await withEngine(async (engine) => {
    let isOver = false;
    const training = engine.call('train.start', paramsOf(name, false)).finally(() => (isOver = true));
    for (let pause = 0; pause < pauses; pause++) {
      await delay(2 * meanMs * Math.random());
      if (isOver) break;
      // Before the first step there is nothing to pause.
      const isPaused = await engine.call('train.pause', { runId: name }).then(
        () => true,
        () => false,
      );
      await delay(300);
      if (isPaused && !isOver) await engine.call('train.resume', { runId: name }).catch(() => undefined);
    }
    await training;
  });
}

async function lastState(name: string): Promise<TrainingState> {
  const checkpoint = await readLatestCheckpoint(join(folder, 'runs', name));
  if (checkpoint?.record.step !== steps) throw new Error(`${name} has not reached step ${steps}.`);
  return checkpoint.state;
}

function largestDifference(a: TrainingState, b: TrainingState): number {
  let largest = a.size === b.size ? 0 : Infinity;
  for (const [name, numbers] of a) {
    const others = b.get(name) ?? new Float32Array();
    if (others.length !== numbers.length) return Infinity;
    numbers.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - (others[index] as number)))));
  }
  return largest;
}

try {
  const started = performance.now();
  await train('whole', false, null);
  const meanMs = (performance.now() - started) / (kills + 1);
  let done = 0;
  for (let end = 0; done < kills && end < steps;) {
    const { from, to } = await train('killed', done > 0, 2 * meanMs * Math.random());
    end = to;
    done += 1;
    console.error(`kill ${done}: began at step ${from}, killed after step ${to}`);
  }
  await train('killed', true, null);
  await trainPaused('paused', 5, meanMs);
  const whole = await lastState('whole');
  const figures = {
    ...{ preset: values.preset, steps, kills: done },
    killed: largestDifference(whole, await lastState('killed')),
    paused: largestDifference(whole, await lastState('paused')),
  };
  console.log(JSON.stringify(figures));
  if (!(Math.max(figures.killed, figures.paused) <= most)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
