import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext, EngineOptions, Handlers } from '../../src/engine/server/handlers.ts';
import type { EngineInfo, ImageInfo, RestoreResult } from '../../src/shared/contract.ts';
import type { TrainResult } from '../../src/shared/training.ts';
import { PellucidError } from '../../src/shared/errors.ts';
import type { CallName } from '../../src/shared/params.ts';

/**
 * Handlers with made-up work. What `restore.run` does is told by the image's name (and by the id, which is the name):
 * `slow` counts to 100 in steps of 50 ms and can be cancelled; `deaf` blocks the process for 20 s; `held` opens the pipe
 * named by STAND_IN_PIPE, that nobody writes to; `crash` throws where nobody catches; `kill` ends the process by a
 * signal. Any other photo is done at once.
 */
export function standInHandlers(options: EngineOptions): Handlers {
  const open = new Map<string, ImageInfo>();
  const find = (imageId: string): ImageInfo => {
    const image = open.get(imageId);
    if (image !== undefined) return image;
    throw new PellucidError('FILE_NOT_FOUND', `There is no open photo ${imageId}. Open it again.`, {
      subject: imageId,
    });
  };
  return {
    'engine.info': async () => info(options),
    'engine.setCompute': async () => info(options),
    'engine.setLimits': async () => info(options),
    'models.list': async () => [],
    'files.list': async ({ paths }) => ({ files: paths, skipped: [] }),
    'files.receive': async () => ({ folder: '/received' }),
    ...imageHandlers(open, find),
    'restore.run': async ({ imageId }, context) => restore(find(imageId), context),
    'restore.rivals': async () => ({ rivals: [], psnr: 0, basis: 'denoised', isEstimate: false }),
    'restore.export': async () => ({
      bytes: pattern(1000),
      suggestedName: 'photo.pel',
      mediaType: 'application/x-pel',
    }),
    'file.process': async ({ input }) => {
      throw new PellucidError('FILE_NOT_FOUND', `There is no file ${input}.`, { subject: input });
    },
    ...batchHandlers(),
    'montage.write': async (params) => ({ path: params.path, sizeBytes: 1 }),
    ...unserved(unservedCalls),
    'train.start': ({ name }, context) => train(name, context),
    'evaluate.run': async (_params, { signal }) => {
      await delay(60_000, undefined, { signal });
      throw new Error('unreachable');
    },
  };
}

/** A queue that is always empty. */
function batchHandlers(): Pick<Handlers, Extract<keyof Handlers, `batch.${string}`>> {
  const states = { waiting: 0, running: 0, done: 0, skipped: 0, failed: 0, cancelled: 0 };
  const totals = { ...states, bytesIn: 0, bytesOut: 0, isPaused: false, etaSeconds: 0 };
  const answer = async () => totals;
  return {
    'batch.add': async () => ({ items: [], skipped: [] }),
    'batch.list': async () => ({ items: [], totals }),
    'batch.watch': async (_params, { send, signal }) => {
      send({ type: 'state', state: { items: [], totals } });
      while (!signal.aborted) await delay(20);
      return null;
    },
    'batch.pause': answer,
    'batch.resume': answer,
    'batch.cancel': answer,
    'batch.move': answer,
    'batch.retry': answer,
    'batch.clear': answer,
    'batch.preview': async ({ name }) => ({ names: [name] }),
    'batch.result': async () => ({ bytes: pattern(10), suggestedName: 'photo.pel', mediaType: 'application/x-pel' }),
    'batch.thumbnail': async () => ({ png: null }),
    'batch.follow': async () => null,
    'batch.run': async () => ({ totals, failed: [], skipped: [], seconds: 0 }),
  };
}

/** Calls that no test of the frame makes. */
const unservedCalls = [
  'models.info',
  'models.import',
  'models.export',
  'models.exportTo',
  'models.verify',
  'models.remove',
  'models.rename',
  'models.setDefault',
  'evaluate.plot',
  'models.compare',
  'train.pause',
  'train.resume',
  'train.stop',
  'train.estimate',
  'data.inspect',
  'runs.list',
  'runs.show',
  'runs.resume',
  'runs.remove',
  'sweep.start',
  'sweep.list',
  'sweep.resume',
  'sweep.remove',
  'explore.open',
  'explore.similar',
  'explore.neighbours',
  'explore.sheet',
  'explore.map',
  'explore.codes',
  'explore.sort',
  'explore.sortTable',
  'explore.sortInto',
  'explore.odd',
  'explore.sample',
  'explore.between',
  'explore.directions',
  'explore.move',
  'explore.discard',
] as const satisfies readonly CallName[];

/** Handlers that refuse. */
function unserved<K extends CallName>(names: readonly K[]): Record<K, () => Promise<never>> {
  const refuse = (name: K) => () => Promise.reject(new PellucidError('INTERNAL', `${name} is not served.`));
  return Object.fromEntries(names.map((name) => [name, refuse(name)])) as Record<K, () => Promise<never>>;
}

function imageHandlers(
  open: Map<string, ImageInfo>,
  find: (imageId: string) => ImageInfo,
): Pick<Handlers, 'image.open' | 'image.addNoise' | 'image.close' | 'image.view' | 'restore.crop'> {
  return {
    'image.open': async ({ source }) => {
      const image = 'path' in source ? picture(source.path, 0) : picture(source.name, source.bytes.byteLength);
      open.set(image.imageId, image);
      return image;
    },
    'image.addNoise': async ({ imageId, sigma255 }) => ({ ...find(imageId), sigma255, hasReference: true }),
    'image.close': async ({ imageId }) => {
      find(imageId);
      open.delete(imageId);
      return null;
    },
    'image.view': async ({ imageId, maxWidth, maxHeight }) => ({
      region: { left: 0, top: 0, width: maxWidth, height: maxHeight },
      width: maxWidth,
      height: maxHeight,
      png: pattern(find(imageId).sizeBytes),
    }),
    'restore.crop': async ({ imageId, region }) => {
      find(imageId);
      return { region, width: region.width, height: region.height, png: pattern(16) };
    },
  };
}

/** Goes on until it is stopped. */
async function train(modelId: string, { send, signal }: CallContext<'train.start'>): Promise<TrainResult> {
  const run = { runId: 'run', runDir: '/' };
  const counts = { photos: 1, validationPhotos: 0, step: 0, totalSteps: null, stepsPerEpoch: 1 };
  send({ type: 'started', ...run, ...counts, skipped: [] });
  while (!signal.aborted) await delay(20);
  const best = { step: 1, metrics: {}, trainMetrics: {} };
  return { ...run, modelId, modelPath: '/', steps: 1, seconds: 0, best, stoppedBy: 'user' };
}

async function restore(image: ImageInfo, { progress, signal }: CallContext<'restore.run'>): Promise<RestoreResult> {
  if (image.name === 'crash')
    setImmediate(() => {
      throw new Error('made to crash');
    });
  if (image.name === 'kill') process.kill(process.pid, 'SIGKILL');
  if (image.name === 'deaf') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
  if (image.name === 'held') await openForEver();
  if (['slow', 'crash'].includes(image.name)) {
    for (let completed = 0; completed < 100; completed++) {
      progress({ stage: 'denoise', completed, total: 100, unit: 'tiles', etaSeconds: null });
      await delay(50, undefined, { signal });
    }
  }
  const encoded = { sizeBytes: 1000, bpp: 0.5, ratio: 10, quality: 50, latentWidth: 4, latentHeight: 4 };
  const { imageId, sigma255 } = image;
  return { imageId, mode: 'codec', modelId: 'stand-in', sigma255, encoded, metrics: null, seconds: 0 };
}

/** Holds a thread of the process inside a call of the system. */
async function openForEver(): Promise<void> {
  const pipe = process.env['STAND_IN_PIPE'];
  if (pipe === undefined) throw new Error('Name a pipe that nobody writes to in STAND_IN_PIPE.');
  await open(pipe, 'r');
}

/** Bytes that show when one is lost or moved. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at * 31 + (at >> 8);
  return bytes;
}

function picture(name: string, sizeBytes: number): ImageInfo {
  return {
    imageId: name,
    name,
    width: 64,
    height: 48,
    channels: 3,
    bitDepth: 8,
    hasAlpha: false,
    format: 'png',
    sizeBytes,
    notes: [],
    sigma255: 12,
    sigmaRange255: null,
    noiseWord: 'low',
    hasReference: false,
    pel: null,
  };
}

function info({ dataFolder, pellucidVersion }: EngineOptions): EngineInfo {
  return {
    pellucidVersion,
    nodeVersion: process.version,
    backend: 'tensorflow',
    tensorflowVersion: null,
    cpuModel: '',
    cpuFeatures: [],
    threads: 1,
    cores: 1,
    allowed: { threads: null, memoryLimitBytes: null },
    memoryTotalBytes: 1,
    memoryFreeBytes: 1,
    residentBytes: process.memoryUsage.rss(),
    computeType: 'float32',
    computeChoice: 'auto',
    bfloat16Ratio: null,
    sharpVersion: '',
    libvipsVersion: '',
    inputFormats: [],
    outputFormats: [],
    dataFolder,
  };
}
