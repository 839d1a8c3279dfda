import { join } from 'node:path';
import { listPhotos } from '../../image/list-photos.ts';
import { evaluate } from '../operations/evaluate.ts';
import { createModels } from '../operations/models.ts';
import { processFile } from '../operations/process-file.ts';
import { writeMontage } from '../operations/write-montage.ts';
import { Batches } from '../batch/batches.ts';
import type { EngineOptions, Handlers } from '../server/handlers.ts';
import { createBatchHandlers } from './batch-handlers.ts';
import { engineInfo } from './engine-info.ts';
import { createImageHandlers } from './image-handlers.ts';
import { OpenImages } from './open-images.ts';
import { createRestoreHandlers } from './restore-handlers.ts';
import { createTrainHandler } from './train-handler.ts';

/** Every call of the contract, thin over `operations`. Nothing heavy is loaded before the first call needs it. */
export function createHandlers(options: EngineOptions): Handlers {
  const folders = { bundledDir: join(options.assetsFolder, 'models'), userDir: join(options.dataFolder, 'models') };
  const models = createModels(folders);
  const images = new OpenImages();
  const batches = new Batches({
    dataFolder: options.dataFolder,
    models,
    letOthersGo: (signal) => options.lanes.whenIdle(['heavy', 'preview'], signal),
  });
  return {
    'engine.info': () => engineInfo(options),
    'models.list': () => models.list(),
    'files.list': ({ paths, recursive }, { signal }) => listPhotos(paths, { recursive, signal }),
    ...createImageHandlers(images),
    ...createRestoreHandlers(images, models),
    ...createBatchHandlers(batches, models),
    'file.process': (params, { signal, progress }) => processFile(params, models, { signal, onProgress: progress }),
    'montage.write': (params, { signal, progress }) => writeMontage(params, models, { signal, onProgress: progress }),
    'train.start': createTrainHandler(options, folders, () => models.forget()),
    'evaluate.run': (params, { signal, progress, send }) =>
      evaluate(params, { models, signal, onRow: send, onProgress: progress }),
  };
}
