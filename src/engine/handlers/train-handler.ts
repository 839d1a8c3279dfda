import { join } from 'node:path';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { ModelPackage } from '../../ml/store/model-package.ts';
import { trainModel } from '../../ml/training/run.ts';
import { isAborted } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { prepareData } from '../data/prepare-data.ts';
import { logLine } from '../server/log.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';

/** Folders of the installation that training needs. */
export interface TrainFolders {
  bundledDir: string;
  userDir: string;
}

/** The call that trains; `onTrained` is told when a new model is installed. */
export function createTrainHandler(
  { dataFolder }: EngineOptions,
  folders: TrainFolders,
  onTrained: () => void,
): Handlers['train.start'] {
  return async (params, { signal, send }) => {
    const { preset, name, budget, resume, seed, learningRate, batch, patch, options = {} } = params;
    const runDir = params.runDir ?? join(dataFolder, 'runs', name);
    const data = await prepareData(preset, params.data, {
      ...{ seed, patch, options, signal },
      onSkipped: ({ path, reason }) => logLine(`left out ${path} while training: ${reason}`),
    });
    const start = params.start === undefined ? undefined : await createModelStore(folders).load(preset, params.start);
    const denoiser = preset === 'codec' ? await defaultDenoiser(folders) : undefined;
    const result = await trainModel({
      preset,
      name,
      runDir,
      modelsDir: folders.userDir,
      budget,
      resume,
      seed,
      ...settingsOf({ learningRate, batch, patch }),
      ...(start === undefined ? {} : { start }),
      options,
      ...(denoiser === undefined ? {} : { denoiser }),
      ...data,
      signal,
      onEvent: send,
    });
    onTrained();
    return result;
  };
}

type Settings = Pick<Params<'train.start'>, 'learningRate' | 'batch' | 'patch'>;

/** Those settings that were chosen. */
function settingsOf({ learningRate, batch, patch }: Settings): {
  learningRate?: number;
  batch?: number;
  patch?: number;
} {
  return {
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(batch === undefined ? {} : { batch }),
    ...(patch === undefined ? {} : { patch }),
  };
}

/** The denoiser that a codec starts from; without one it starts from random weights. */
async function defaultDenoiser(folders: TrainFolders): Promise<ModelPackage | undefined> {
  try {
    return await createModelStore(folders).load('denoiser');
  } catch (error) {
    if (isAborted(error)) throw error;
    return undefined;
  }
}
