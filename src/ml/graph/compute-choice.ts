import { mkdir, readFile, rename } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { EngineInfo } from '../../shared/contract.ts';
import { invalidArgument, toPellucidError } from '../../shared/errors.ts';
import { computeChoice } from '../../shared/params.ts';
import { tensorFlowInfo } from '../runtime/tensorflow.ts';
import { writeSynced } from '../store/model-package.ts';
import { fasterType, measureBfloat16Ratio } from './compute-type.ts';
import type { ComputeType } from './compute-type.ts';

/** The number type at work, what was chosen, and what the self-test measured. */
export type ComputeState = Pick<EngineInfo, 'computeType' | 'computeChoice' | 'bfloat16Ratio'>;

const kept = z.object({
  choice: computeChoice,
  /** What the self-test measured and on what: it says nothing about another processor or TensorFlow. */
  measured: z.object({ machine: z.string(), bfloat16Ratio: z.number().positive() }).nullable(),
});
type Kept = z.infer<typeof kept>;

/** One for the process, as the processor is; without a file everything is measured anew at each start. */
let file: string | undefined;
let state: Promise<ComputeState> | undefined;

/** Keeps the choice and the measurement in the person's data folder, which may not exist yet. */
export function keepComputeChoiceIn(folder: string): void {
  file = join(folder, 'compute.json');
  state = undefined;
}

/**
 * `PELLUCID_COMPUTE` where it is set, else what the person chose, else the type that the self-test found faster.
 * @throws {PellucidError} INVALID_ARGUMENT for another value of `PELLUCID_COMPUTE`
 */
export async function computeState(): Promise<ComputeState> {
  state ??= decide();
  return await state;
}

/** The number type to compute in. Throws as `computeState`. */
export async function fastestComputeType(): Promise<ComputeType> {
  return (await computeState()).computeType;
}

/**
 * Chooses for this start and all later ones; `auto` measures anew.
 * @throws {PellucidError} DISK_FULL, PERMISSION_DENIED, ... where the choice cannot be kept
 */
export async function chooseComputeType(choice: EngineInfo['computeChoice']): Promise<void> {
  const { measured } = await read();
  await write({ choice, measured: choice === 'auto' ? null : measured });
  state = undefined;
}

async function decide(): Promise<ComputeState> {
  const known = await read();
  const wanted = process.env['PELLUCID_COMPUTE'] ?? known.choice;
  const { success, data: choice } = computeChoice.safeParse(wanted);
  if (!success) throw invalidArgument('PELLUCID_COMPUTE', computeChoice.options.join(', '), wanted);
  const { backend, version } = await tensorFlowInfo();
  // WebAssembly has no bfloat16.
  if (backend === 'wasm') return { computeType: 'float32', computeChoice: choice, bfloat16Ratio: null };
  const machine = `${cpus()[0]?.model ?? 'unknown'}, TensorFlow ${version}`;
  const ratio = known.measured?.machine === machine ? known.measured.bfloat16Ratio : null;
  if (choice !== 'auto') return { computeType: choice, computeChoice: choice, bfloat16Ratio: ratio };
  const bfloat16Ratio = ratio ?? (await measureBfloat16Ratio());
  // Where it cannot be kept, the next start measures again.
  if (ratio === null) await write({ ...known, measured: { machine, bfloat16Ratio } }).catch(() => undefined);
  return { computeType: fasterType(bfloat16Ratio), computeChoice: choice, bfloat16Ratio };
}

async function read(): Promise<Kept> {
  const text = file === undefined ? '{}' : await readFile(file, 'utf8').catch(() => '{}');
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    return { choice: 'auto', measured: null };
  }
}

async function write(values: Kept): Promise<void> {
  if (file === undefined) return;
  const temporary = `${file}.${process.pid}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeSynced(temporary, Buffer.from(`${JSON.stringify(values)}\n`));
    await rename(temporary, file);
  } catch (error) {
    throw toPellucidError(error, file);
  }
}
