import { join } from 'node:path';
import { listPhotos } from '../../image/list-photos.ts';
import { chooseComputeType, keepComputeChoiceIn } from '../../ml/graph/compute-choice.ts';
import { receivedFolderName } from '../../shared/data-folder.ts';
import { inspectData } from '../data/inspect-data.ts';
import { applyMemoryLimitOfStart, keepMachineLimits } from '../operations/machine-limits.ts';
import { evaluate } from '../operations/evaluate.ts';
import { createModels } from '../operations/models.ts';
import { processFile } from '../operations/process-file.ts';
import { writeMontage } from '../operations/write-montage.ts';
import { Batches } from '../batch/batches.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';
import { createBatchHandlers } from './batch-handlers.ts';
import { engineInfo } from './engine-info.ts';
import { createEstimateHandler } from './estimate-handler.ts';
import { createExploreHandlers } from './explore-handlers.ts';
import { createImageHandlers } from './image-handlers.ts';
import { createModelChangers, createModelReaders } from './model-handlers.ts';
import { OpenImages } from './open-images.ts';
import { createReceiveHandler } from './received-files.ts';
import { createRestoreHandlers } from './restore-handlers.ts';
import { createSweepHandlers } from './sweep-handler.ts';
import { createTrainHandlers } from './train-handler.ts';

/** Every call of the contract, thin over `operations`. Nothing heavy is loaded before the first call needs it. */
export function createHandlers(options: EngineOptions): Handlers {
  const folders = { bundledDir: join(options.assetsFolder, 'models'), userDir: join(options.dataFolder, 'models') };
  keepComputeChoiceIn(options.dataFolder);
  applyMemoryLimitOfStart();
  const models = createModels(folders);
  const images = new OpenImages();
  const batches = new Batches({
    dataFolder: options.dataFolder,
    models,
    letOthersGo: (signal) => options.lanes.whenIdle(['heavy', 'preview'], signal),
  });
  const training = createTrainHandlers(options, folders, () => models.forget());
  return {
    'engine.info': () => engineInfo(options),
    'engine.setCompute': async ({ choice }) => {
      await chooseComputeType(choice);
      models.forget();
      return await engineInfo(options);
    },
    'engine.setLimits': async (settings) => {
      await keepMachineLimits(options.dataFolder, settings);
      return await engineInfo(options);
    },
    'models.list': () => models.list(),
    'files.list': ({ paths, recursive }, { signal }) => listPhotos(paths, { recursive, signal }),
    'files.receive': createReceiveHandler(join(options.dataFolder, receivedFolderName)),
    ...createModelReaders({ ...folders, runsDir: join(options.dataFolder, 'runs') }, models),
    ...createModelChangers(folders, () => models.forget()),
    ...createImageHandlers(images, models),
    ...createRestoreHandlers(images, models),
    ...createBatchHandlers(batches, models),
    'file.process': (params, { signal, progress }) => processFile(params, models, { signal, onProgress: progress }),
    'montage.write': (params, { signal, progress }) => writeMontage(params, models, { signal, onProgress: progress }),
    ...training,
    ...createSweepHandlers(options.dataFolder, folders, training['train.start']),
    'train.estimate': createEstimateHandler(folders),
    'data.inspect': ({ data, seed, patch }, { signal }) => inspectData(data, { seed, patch, signal }),
    ...createExploreHandlers(options, models),
    'evaluate.run': (params, { signal, progress, send }) =>
      evaluate(params, { models, signal, onRow: send, onProgress: progress }),
    'evaluate.plot': async ({ means, path }) => {
      // The plotting library is 600 modules, which few sessions need and all would wait for.
      const { writeRatePlot } = await import('../plots/rate-plot.ts');
      return await writeRatePlot(means, path);
    },
  };
}
