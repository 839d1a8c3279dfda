import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { sha256Of } from '../store/weights-file.ts';
import type { EarlyStoppingState } from './early-stopping.ts';
import { writeRunFile } from './run-folder.ts';
import type { TrainingState } from './training-session.ts';

/** Losses of steps, for their mean. */
export interface LossSum {
  sum: number;
  steps: number;
}

export const noLosses: LossSum = { sum: 0, steps: 0 };

/** What a run must know to go on as if it had never stopped. All randomness follows from the seed and the step. */
export interface CheckpointRecord {
  step: number;
  /** Seconds of training so far. */
  seconds: number;
  /** Factor on the learning rate; below 1 after a recovery. */
  rateFactor: number;
  best: {
    step: number;
    metrics: Record<string, number>;
    trainMetrics: Record<string, number>;
    /** The deciding metric, negative where less of it is better. */
    score: number;
  } | null;
  /** Name of the metric that decides what is best. */
  metric: string;
  earlyStopping: EarlyStoppingState;
  /** Losses since the last validation, and since the epoch began. */
  sinceValidation: LossSum;
  sinceEpoch: LossSum;
  /** Number type of the networks' layers; a run keeps the one that it started with. */
  computeType: ComputeType;
  /** The settings of the run; a resumed run must have the same. */
  settings: Record<string, unknown>;
}

export interface Checkpoint {
  record: CheckpointRecord;
  state: TrainingState;
}

const magic = 'PLCK0003';
const hashLength = 64;
const kept = 2;

/** Bytes of a checkpoint: magic, header length, JSON header with names and sizes, float32 values, hash of all before. */
function checkpointBytes({ record, state }: Checkpoint): Uint8Array {
  const arrays = [...state];
  const body = arrays.map(([, values]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  const header = Buffer.from(JSON.stringify({ record, arrays: arrays.map(([name, values]) => [name, values.length]) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const content = Buffer.concat([Buffer.from(magic), length, header, ...body]);
  return Buffer.concat([content, Buffer.from(sha256Of(content))]);
}

function parseCheckpoint(bytes: Buffer, path: string): Checkpoint {
  const content = bytes.subarray(0, -hashLength);
  const isWhole = content.length >= 12 && sha256Of(content) === bytes.toString('latin1', content.length);
  if (!isWhole || content.toString('latin1', 0, 8) !== magic) {
    const message = `The checkpoint ${path} is damaged, or of another version. Remove it, or give the run another name.`;
    throw new PellucidError('MODEL_CORRUPT', message, { subject: path });
  }
  const end = 12 + content.readUInt32LE(8);
  const header = JSON.parse(content.toString('utf8', 12, end)) as {
    record: CheckpointRecord;
    arrays: [string, number][];
  };
  // A copy, because float32 views need an offset that is a multiple of four.
  const values = new Float32Array(Uint8Array.from(content.subarray(end)).buffer);
  const state: TrainingState = new Map();
  let position = 0;
  for (const [name, length] of header.arrays) {
    state.set(name, values.slice(position, position + length));
    position += length;
  }
  return { record: header.record, state };
}

function fileName(step: number): string {
  return `checkpoint-${String(step).padStart(9, '0')}.bin`;
}

async function checkpointFiles(runDir: string): Promise<string[]> {
  const names = await readdir(runDir).catch(() => []);
  return names.filter((name) => /^checkpoint-\d{9}\.bin$/.test(name)).sort();
}

/** True where a run has left a checkpoint, whole or not. */
export async function hasCheckpoint(runDir: string): Promise<boolean> {
  return (await checkpointFiles(runDir)).length > 0;
}

/**
 * Writes a checkpoint whole or not at all, and then removes all but the last two.
 * @throws {PellucidError} DISK_FULL, PERMISSION_DENIED, ...; the checkpoints before it stay
 */
export async function writeCheckpoint(runDir: string, checkpoint: Checkpoint): Promise<string> {
  const name = fileName(checkpoint.record.step);
  await writeRunFile(runDir, name, checkpointBytes(checkpoint));
  const old = (await checkpointFiles(runDir)).slice(0, -kept);
  for (const file of old) await rm(join(runDir, file), { force: true });
  return join(runDir, name);
}

/**
 * The newest checkpoint of a run that is whole; an older one where the newest is damaged; null where there is none.
 * @throws {PellucidError} MODEL_CORRUPT where all of them are damaged: to start anew would overwrite what is left
 */
export async function readLatestCheckpoint(runDir: string): Promise<Checkpoint | null> {
  let firstError: PellucidError | null = null;
  for (const name of (await checkpointFiles(runDir)).reverse()) {
    const path = join(runDir, name);
    try {
      return parseCheckpoint(await readFile(path), path);
    } catch (error) {
      firstError ??= toPellucidError(error, path);
    }
  }
  if (firstError !== null) throw firstError;
  return null;
}
