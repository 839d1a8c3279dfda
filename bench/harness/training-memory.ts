import { join } from 'node:path';
import { createTrainHandlers } from '../../src/engine/handlers/train-handler.ts';
import { createLaneQueue } from '../../src/engine/server/lane-queue.ts';
import { tensorFlow } from '../../src/ml/runtime/tensorflow.ts';
import type { Params } from '../../src/shared/params.ts';

/** How a process stands in the middle of a training. */
export interface MemorySample {
  step: number;
  tensors: number;
  /** Resident memory of the process, in units of 10^6 bytes. */
  residentMb: number;
}

/**
 * Trains in this process, where tensors can be counted, with all that belongs to a run: reading photos, validations,
 * checkpoints, log and samples.
 *
 * @param folder empty folder for the run
 * @param every steps from one sample to the next, a multiple of 10
 */
export async function trainingMemory(
  params: Params<'train.start'>,
  folder: string,
  every: number,
): Promise<MemorySample[]> {
  const folders = { bundledDir: join(folder, 'none'), userDir: join(folder, 'models') };
  const options = { dataFolder: folder, assetsFolder: folder, pellucidVersion: '', lanes: createLaneQueue() };
  const { 'train.start': train } = createTrainHandlers(options, folders, () => undefined);
  const samples: MemorySample[] = [];
  await train(params, {
    signal: new AbortController().signal,
    progress: () => undefined,
    send: ({ type, step }) => {
      if (type !== 'step' || step % every !== 0) return;
      const { numTensors: tensors } = tensorFlow().memory();
      samples.push({ step, tensors, residentMb: process.memoryUsage.rss() / 1e6 });
    },
  });
  return samples;
}
