import { join } from 'node:path';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { ModelStoreFolders } from '../../ml/store/model-store.ts';
import type { Params } from '../../shared/params.ts';
import type { SweepResult } from '../../shared/training.ts';
import type { Handlers } from '../server/handlers.ts';
import { listSweeps, removeSweep, sweepParamsOf } from '../sweep/known-sweeps.ts';
import { runSweep } from '../sweep/run-sweep.ts';

type SweepCalls = 'sweep.start' | 'sweep.list' | 'sweep.resume' | 'sweep.remove';

/**
 * Trains a preset over the values of an option, and looks after such sweeps. Each training is one of `train.start`, and
 * is steered like one.
 */
export function createSweepHandlers(
  dataFolder: string,
  folders: ModelStoreFolders,
  train: Handlers['train.start'],
): Pick<Handlers, SweepCalls> {
  const store = createModelStore(folders);
  const places = { sweepsDir: join(dataFolder, 'sweeps'), runsDir: join(dataFolder, 'runs') };
  const start = async (
    params: Params<'sweep.start'>,
    { signal, send, progress }: Pick<Parameters<Handlers['sweep.start']>[1], 'signal' | 'send' | 'progress'>,
  ): Promise<SweepResult> =>
    await runSweep(params, {
      ...{ sweepsDir: places.sweepsDir, store, signal, send },
      train: (each, onEvent) => train(each, { signal, progress, send: onEvent }),
    });
  return {
    'sweep.start': start,
    'sweep.list': () => listSweeps(places),
    'sweep.resume': async ({ sweepId }, context) => await start(await sweepParamsOf(sweepId, places), context),
    'sweep.remove': async ({ sweepId }) => {
      await removeSweep(sweepId, places);
      return null;
    },
  };
}
