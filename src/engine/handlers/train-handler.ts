import { basename, join } from 'node:path';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { ModelPackage } from '../../ml/store/model-package.ts';
import { trainModel } from '../../ml/training/run.ts';
import { TrainingControl } from '../../ml/training/training-control.ts';
import { isAborted, PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { prepareData } from '../data/prepare-data.ts';
import { logLine } from '../server/log.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';

/** Folders of the installation that training needs. */
export interface TrainFolders {
  bundledDir: string;
  userDir: string;
}

/** The calls that train and steer a training; `onTrained` is told when a new model is installed. */
export function createTrainHandlers(
  { dataFolder }: EngineOptions,
  folders: TrainFolders,
  onTrained: () => void,
): Pick<Handlers, 'train.start' | 'train.pause' | 'train.resume' | 'train.stop'> {
  let running: { runId: string; control: TrainingControl } | null = null;
  const steer =
    (act: (control: TrainingControl) => void) =>
    ({ runId }: { runId: string }): Promise<null> => {
      if (running?.runId !== runId) {
        const message = `The run ${runId} is not being trained now. Start or resume it first.`;
        return Promise.reject(new PellucidError('INVALID_ARGUMENT', message, { subject: runId }));
      }
      act(running.control);
      return Promise.resolve(null);
    };
  const train = createTraining({ dataFolder }, folders, onTrained);
  return {
    'train.start': async (params, context) => {
      // One training at a time: the lane sees to it.
      const control = new TrainingControl();
      running = { runId: basename(params.runDir ?? params.name), control };
      try {
        return await train(params, context, control);
      } finally {
        running = null;
      }
    },
    'train.pause': steer((control) => control.pause()),
    'train.resume': steer((control) => control.resume()),
    'train.stop': steer((control) => control.stop()),
  };
}

type StartArguments = Parameters<Handlers['train.start']>;

/** Trains under a control. */
function createTraining(
  { dataFolder }: Pick<EngineOptions, 'dataFolder'>,
  folders: TrainFolders,
  onTrained: () => void,
): (...call: [...StartArguments, TrainingControl]) => ReturnType<Handlers['train.start']> {
  return async (params, { signal, send }, control) => {
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
      control,
      onEvent: send,
    });
    onTrained();
    return result;
  };
}

type Settings = Pick<Params<'train.start'>, 'learningRate' | 'batch' | 'patch'>;

/** Those settings that were chosen. */
export function settingsOf({ learningRate, batch, patch }: Settings): {
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
export async function defaultDenoiser(folders: TrainFolders): Promise<ModelPackage | undefined> {
  try {
    return await createModelStore(folders).load('denoiser');
  } catch (error) {
    if (isAborted(error)) throw error;
    return undefined;
  }
}
