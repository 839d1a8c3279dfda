import { join, resolve } from 'node:path';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { ModelPackage } from '../../ml/store/model-package.ts';
import { trainModel } from '../../ml/training/run.ts';
import { TrainingControl } from '../../ml/training/training-control.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import { isAborted, PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { TrainResult } from '../../shared/training.ts';
import { prepareData } from '../data/prepare-data.ts';
import { listRuns, showRun } from '../runs/describe-run.ts';
import { readHeldOut, readRunConfig, removeRun, runFolderOf, runIdOf } from '../runs/run-folders.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';

/** Folders of the installation that training needs. */
export interface TrainFolders {
  bundledDir: string;
  userDir: string;
}

type TrainCalls = 'train.start' | 'train.pause' | 'train.resume' | 'train.stop';
type RunCalls = 'runs.list' | 'runs.show' | 'runs.resume' | 'runs.remove';
type StartContext = Pick<Parameters<Handlers['train.start']>[1], 'signal' | 'send'>;

/** The calls that train, steer a training and look after runs; `onTrained` is told when a new model is installed. */
export function createTrainHandlers(
  { dataFolder }: Pick<EngineOptions, 'dataFolder'>,
  folders: TrainFolders,
  onTrained: () => void,
): Pick<Handlers, TrainCalls | RunCalls> {
  const runsDir = join(dataFolder, 'runs');
  let running: { runDir: string; control: TrainingControl } | null = null;
  const steer =
    (act: (control: TrainingControl) => void) =>
    ({ runId }: { runId: string }): Promise<null> => {
      if (running?.runDir !== runFolderOf(runsDir, runId)) {
        const message = `The run ${runId} is not being trained now. Start or resume it first.`;
        return Promise.reject(new PellucidError('INVALID_ARGUMENT', message, { subject: runId }));
      }
      act(running.control);
      return Promise.resolve(null);
    };
  const start = async (
    params: Params<'train.start'>,
    context: StartContext,
    folder = params.runDir ?? join(runsDir, params.name),
  ): Promise<TrainResult> => {
    // One training at a time: the lane sees to it.
    const control = new TrainingControl();
    const runDir = resolve(folder);
    running = { runDir, control };
    try {
      const place = { runDir, runId: runIdOf(runsDir, runDir), folders };
      const result = await trainInFolder(params, place, context, control);
      onTrained();
      return result;
    } finally {
      running = null;
    }
  };
  return {
    'train.start': (params, context) => start(params, context),
    'train.pause': steer((control) => control.pause()),
    'train.resume': steer((control) => control.resume()),
    'train.stop': steer((control) => control.stop()),
    'runs.list': () => listRuns(runsDir),
    'runs.show': ({ runId }) => showRun(runsDir, runId),
    'runs.resume': async ({ runId, budget }, context) => {
      const runDir = runFolderOf(runsDir, runId);
      const config = await readRunConfig(runDir);
      return await start({ ...config, budget: budget ?? config.budget, resume: true }, context, runDir);
    },
    'runs.remove': async ({ runId }) => {
      await removeRun(runFolderOf(runsDir, runId));
      return null;
    },
  };
}

/** Prepares the data and trains under a control. */
async function trainInFolder(
  params: Params<'train.start'>,
  { runDir, runId, folders }: { runDir: string; runId: string; folders: TrainFolders },
  { signal, send }: StartContext,
  control: TrainingControl,
): Promise<TrainResult> {
  const { preset, name, budget, resume, seed, learningRate, batch, patch, options = {} } = params;
  const { validateEvery, checkpointMinutes, earlyStopping, metric } = params;
  let skippedLater: SkippedFile[] = [];
  const data = await prepareData(preset, params.data, {
    ...{ seed, patch, options, signal },
    heldOut: resume ? await readHeldOut(runDir) : undefined,
    onSkipped: (file) => skippedLater.push(file),
  });
  const start = params.start === undefined ? undefined : await createModelStore(folders).load(preset, params.start);
  const denoiser = preset === 'codec' ? await defaultDenoiser(folders) : undefined;
  return await trainModel({
    preset,
    name,
    runDir,
    runId,
    config: params,
    modelsDir: folders.userDir,
    budget,
    resume,
    seed,
    ...settingsOf({ learningRate, batch, patch }),
    ...(start === undefined ? {} : { start }),
    options,
    ...(denoiser === undefined ? {} : { denoiser }),
    ...{ validateEvery, checkpointMinutes, earlyStopping, metric },
    ...data,
    takeSkipped: () => {
      const taken = skippedLater;
      skippedLater = [];
      return taken;
    },
    signal,
    control,
    onEvent: send,
  });
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
