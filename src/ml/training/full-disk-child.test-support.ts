/**
 * Trains in the folder that is its argument and fills the disk in the middle of it, then makes room and goes on.
 * Prints what happened. A process of its own, since the small disk is seen by it alone.
 *
 *     node full-disk-child.test-support.ts FOLDER space|limit
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toErrorPayload } from '../../shared/errors.ts';
import { largestDifference, smoothPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyDenoiser } from '../tiny-models.test-support.ts';
import { readLatestCheckpoint } from './checkpoint.ts';
import { trainModel } from './run.ts';
import type { TrainOptions } from './training-loop.ts';

const [folder = '', way] = process.argv.slice(2);
const elsewhere = mkdtempSync(join(tmpdir(), 'pellucid-test-'));
const ballast = join(folder, 'ballast');
const page = Buffer.alloc(4096);

/** Takes all room, or lets no file be longer than a checkpoint. */
function fill(): void {
  if (way === 'limit') {
    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=512:unlimited']);
    return;
  }
  try {
    for (;;) writeFileSync(ballast, page, { flag: 'a' });
  } catch {
    // Full.
  }
}

function makeRoom(): void {
  if (way === 'limit') execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited']);
  else rmSync(ballast);
}

const start = await stored(tinyDenoiser());

/** Eight steps with a checkpoint after each. */
async function train(runDir: string, beforeBatch = (_index: number): void => undefined) {
  const preset = 'denoiser';
  const budget = { steps: 8 };
  const options: TrainOptions = {
    ...{ preset, name: 'tiny', runDir, modelsDir: elsewhere, budget, seed: 5, batch: 1, patch: 32, start },
    source: {
      nextBatch: async (index, batch, patch) => {
        await Promise.resolve();
        beforeBatch(index);
        return smoothPicture({ width: patch, height: patch * batch }, 3, index).data as Uint8Array;
      },
    },
    validation: [{ name: 'photo', pixels: smoothPicture({ width: 48, height: 32 }) }],
    ...{ resume: true, skipped: [], heldOut: [], checkpointMinutes: 1e-9 },
    config: { preset, data: ['/photos'], name: 'tiny', budget, resume: false, seed: 5 },
    photoCounts: { training: 9, validation: 1 },
    onEvent: () => undefined,
  };
  return await trainModel(options);
}

async function weightsIn(runDir: string): Promise<Float32Array> {
  const { state = new Map<string, Float32Array>() } = (await readLatestCheckpoint(runDir)) ?? {};
  return Float32Array.from([...state.values()].flatMap((values) => [...values]));
}

const runDir = join(folder, 'run');
const error = await train(runDir, (index) => {
  if (index === 5) fill();
}).then(() => null, toErrorPayload);
const checkpoint = (await readLatestCheckpoint(runDir))?.record.step;
const left = readdirSync(runDir).filter((name) => name.endsWith('.tmp'));
makeRoom();
const { steps } = await train(runDir);
await train(join(elsewhere, 'whole'));
const difference = largestDifference(await weightsIn(runDir), await weightsIn(join(elsewhere, 'whole')));
rmSync(elsewhere, { recursive: true });
process.stdout.write(`${JSON.stringify({ error, checkpoint, left, steps, difference })}\n`);
