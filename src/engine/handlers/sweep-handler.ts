import { join } from 'node:path';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { ModelStoreFolders } from '../../ml/store/model-store.ts';
import type { Handlers } from '../server/handlers.ts';
import { runSweep } from '../sweep/run-sweep.ts';

/** Trains a preset over the values of an option; each training is one of `train.start`, and is steered like one. */
export function createSweepHandler(
  dataFolder: string,
  folders: ModelStoreFolders,
  train: Handlers['train.start'],
): Handlers['sweep.start'] {
  const store = createModelStore(folders);
  return async (params, { signal, send, progress }) =>
    await runSweep(params, {
      ...{ sweepsDir: join(dataFolder, 'sweeps'), store, signal, send },
      train: (each, onEvent) => train(each, { signal, progress, send: onEvent }),
    });
}
