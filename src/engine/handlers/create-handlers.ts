import { join } from 'node:path';
import { listPhotos } from '../../image/list-photos.ts';
import { chooseComputeType, keepComputeChoiceIn } from '../../ml/graph/compute-choice.ts';
import { receivedFolderName } from '../../shared/data-folder.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { CallName } from '../../shared/params.ts';
import { findSimilar } from '../explore/similar-photos.ts';
import { inspectData } from '../data/inspect-data.ts';
import { evaluate } from '../operations/evaluate.ts';
import { createModels } from '../operations/models.ts';
import { processFile } from '../operations/process-file.ts';
import { writeMontage } from '../operations/write-montage.ts';
import { writeRatePlot } from '../plots/rate-plot.ts';
import { Batches } from '../batch/batches.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';
import { createBatchHandlers } from './batch-handlers.ts';
import { engineInfo } from './engine-info.ts';
import { createEstimateHandler } from './estimate-handler.ts';
import { createImageHandlers } from './image-handlers.ts';
import { createModelChangers, createModelReaders } from './model-handlers.ts';
import { OpenImages } from './open-images.ts';
import { createReceiveHandler } from './received-files.ts';
import { createRestoreHandlers } from './restore-handlers.ts';
import { createTrainHandlers } from './train-handler.ts';

/** Every call of the contract, thin over `operations`. Nothing heavy is loaded before the first call needs it. */
export function createHandlers(options: EngineOptions): Handlers {
  const folders = { bundledDir: join(options.assetsFolder, 'models'), userDir: join(options.dataFolder, 'models') };
  keepComputeChoiceIn(options.dataFolder);
  const models = createModels(folders);
  const images = new OpenImages();
  const batches = new Batches({
    dataFolder: options.dataFolder,
    models,
    letOthersGo: (signal) => options.lanes.whenIdle(['heavy', 'preview'], signal),
  });
  return {
    'engine.info': () => engineInfo(options),
    'engine.setCompute': async ({ choice }) => {
      await chooseComputeType(choice);
      models.forget();
      return await engineInfo(options);
    },
    'models.list': () => models.list(),
    'files.list': ({ paths, recursive }, { signal }) => listPhotos(paths, { recursive, signal }),
    'files.receive': createReceiveHandler(join(options.dataFolder, receivedFolderName)),
    ...createModelReaders({ ...folders, runsDir: join(options.dataFolder, 'runs') }, models),
    ...createModelChangers(folders, () => models.forget()),
    ...createImageHandlers(images),
    ...createRestoreHandlers(images, models),
    ...createBatchHandlers(batches, models),
    'file.process': (params, { signal, progress }) => processFile(params, models, { signal, onProgress: progress }),
    'montage.write': (params, { signal, progress }) => writeMontage(params, models, { signal, onProgress: progress }),
    ...unserved(['runs.list', 'runs.show', 'runs.resume', 'runs.remove', 'sweep.start']),
    ...createTrainHandlers(options, folders, () => models.forget()),
    'train.estimate': createEstimateHandler(folders),
    'data.inspect': ({ data, seed, patch }, { signal }) => inspectData(data, { seed, patch, signal }),
    'explore.similar': (params, { signal, progress }) =>
      findSimilar(params, { models, dataFolder: options.dataFolder, signal, onProgress: progress }),
    'evaluate.run': (params, { signal, progress, send }) =>
      evaluate(params, { models, signal, onRow: send, onProgress: progress }),
    'evaluate.plot': ({ means, path }) => writeRatePlot(means, path),
  };
}

/** Calls whose handlers are not written yet. */
function unserved<K extends CallName>(names: readonly K[]): Record<K, () => Promise<never>> {
  const refuse = (name: K) => () => Promise.reject(new PellucidError('INTERNAL', `${name} is not served yet.`));
  return Object.fromEntries(names.map((name) => [name, refuse(name)])) as Record<K, () => Promise<never>>;
}
