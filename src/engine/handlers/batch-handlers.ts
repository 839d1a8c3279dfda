import { basename, extname } from 'node:path';
import type { BatchTotals } from '../../shared/batch.ts';
import { extensionOf, sameFormat } from '../../image/encode-photo.ts';
import type { BatchJob } from '../../shared/params.ts';
import type { PhotoFormat } from '../../shared/photo.ts';
import type { Batches } from '../batch/batches.ts';
import { assertTemplate, baseNameOf, safeFileName } from '../batch/naming.ts';
import type { Models } from '../operations/models.ts';
import type { Handlers } from '../server/handlers.ts';

type BatchCalls = Pick<Handlers, Extract<keyof Handlers, `batch.${string}`>>;

/** Calls on the queue, and the runs of the command line. */
export function createBatchHandlers(batches: Batches, models: Models): BatchCalls {
  const totals = async (): Promise<BatchTotals> => (await batches.open()).queue.totals();
  return {
    'batch.add': (params, { signal }) => batches.add(params, signal),
    'batch.list': async () => (await batches.open()).queue.state(),
    'batch.watch': async (_params, { signal, send }) => {
      const { queue } = await batches.open();
      send({ type: 'state', state: queue.state() });
      const stop = queue.watch(send);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      stop();
      return null;
    },
    'batch.pause': async () => {
      await (await batches.open()).queue.setPaused(true);
      return totals();
    },
    'batch.resume': async () => {
      await (await batches.open()).queue.setPaused(false);
      return totals();
    },
    'batch.cancel': async ({ itemIds }) => {
      await batches.cancel(itemIds);
      return totals();
    },
    'batch.move': async ({ itemIds, before }) => {
      await (await batches.open()).queue.move(itemIds, before);
      return totals();
    },
    'batch.retry': async ({ itemIds }) => {
      await batches.retry(itemIds);
      return totals();
    },
    'batch.clear': async ({ itemIds }) => {
      await batches.clear(itemIds);
      return totals();
    },
    'batch.preview': async ({ name, job }) => ({ names: await exampleNames(name, job, models) }),
    'batch.result': (params) => batches.result(params),
    'batch.thumbnail': (params, { signal }) => batches.thumbnail(params, signal),
    'batch.run': (params, { signal, send }) => batches.run(params, { signal, send }),
    'batch.follow': (params, { signal, send }) => batches.follow(params, { signal, send }),
  };
}

const formatsByExtension: Record<string, PhotoFormat> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** Names that the results of a photo would have; the noise level is an example where it is to be estimated. */
async function exampleNames(photoName: string, job: BatchJob, models: Models): Promise<string[]> {
  const { operation, settings, encoding, output } = job;
  assertTemplate(output.template);
  const safe = safeFileName(photoName);
  const extension = extname(safe);
  const kind = operation === 'denoise' || settings.mode === 'denoise' ? 'denoiser' : 'codec';
  const installed = await models.list();
  const model = settings.modelId ?? installed.find((one) => one.kind === kind && one.isDefault)?.id ?? kind;
  const base = baseNameOf(output.template, {
    name: basename(safe, extension),
    model,
    sigma255: settings.sigma === 'auto' ? exampleSigma255 : settings.sigma,
    counter: 1,
    counterDigits: 1,
  });
  const own = operation === 'decompress' ? 'png' : (formatsByExtension[extension.toLowerCase()] ?? 'png');
  const picture = extensionOf(encoding.format === 'same' ? sameFormat(own) : encoding.format);
  const isEncoded = operation === 'compress' || (operation === 'restore' && settings.mode === 'codec');
  const hasPel = isEncoded && output.pictureOnly !== true;
  return [...(hasPel ? [`${base}.pel`] : []), ...(operation === 'compress' ? [] : [`${base}${picture}`])];
}

const exampleSigma255 = 21;
