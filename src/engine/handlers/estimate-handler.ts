import { createModelStore } from '../../ml/store/model-store.ts';
import { estimateTraining } from '../../ml/training/estimate.ts';
import { prepareData } from '../data/prepare-data.ts';
import type { Handlers } from '../server/handlers.ts';
import { defaultDenoiser, settingsOf } from './train-handler.ts';
import type { TrainFolders } from './train-handler.ts';

/** Tells what a training will take, from some of its steps. */
export function createEstimateHandler(folders: TrainFolders): Handlers['train.estimate'] {
  return async (params, { signal }) => {
    const { preset, budget, seed, patch, options = {}, validateEvery } = params;
    const data = await prepareData(preset, params.data, { seed, patch, options, signal, onSkipped: () => undefined });
    const start = params.start === undefined ? undefined : await createModelStore(folders).load(preset, params.start);
    const denoiser = preset === 'codec' ? await defaultDenoiser(folders) : undefined;
    return await estimateTraining({
      ...{ preset, budget, seed, options, signal },
      ...(validateEvery === undefined ? {} : { validateEvery }),
      ...settingsOf(params),
      ...(start === undefined ? {} : { start }),
      ...(denoiser === undefined ? {} : { denoiser }),
      ...data,
    });
  };
}
