import { z } from 'zod';
import { exploreParams } from './explore-params.ts';
import { limits } from './limits.ts';
import { leastMemoryLimitBytes } from './machine-settings.ts';
import { trainOptions } from './train-options.ts';

/**
 * The parameters of every call, as schemas: the engine checks them at its door, and the types of the contract are
 * derived from them. Only the engine loads this module at run time; everyone else imports types.
 */
const region = z.object({
  left: z.int().min(0),
  top: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
});

const imageSource = z.union([
  z.object({ path: z.string().min(1) }),
  z.object({ bytes: z.instanceof(Uint8Array), name: z.string().min(1) }),
]);

/** Noise level on the 0..255 scale, or `auto` for the estimate from the photo itself. */
const sigma = z.union([z.literal('auto'), z.number().min(0).max(limits.maxSigma255)]);
const quality = z.number().min(1).max(100);
const outputFormat = z.enum(['same', 'jpeg', 'png', 'webp', 'avif', 'tiff']);
const imageId = z.string().min(1);
/** Number type of the convolutions; `auto` is what the self-test finds faster. */
export const computeChoice = z.enum(['auto', 'float32', 'bfloat16']);

const restoreSettings = z.object({
  /** `codec` goes through the encoded bytes; `denoise` skips them. */
  mode: z.enum(['codec', 'denoise']),
  /** Model package to use; the bundled one of the right kind when absent. */
  modelId: z.string().optional(),
  sigma,
  /** 1..100, how much of the clean content the encoded file keeps; `codec` only. */
  quality,
  /**
   * Finds the quality, in place of `quality`: the best one whose whole `.pel` has at most so many bytes, or the least
   * one whose picture has at least so many dB. PSNR is measured against the clean reference where one is known, else
   * against the photo, denoised where it has noise. `codec` only.
   */
  target: z
    .union([z.object({ maxBytes: z.int().positive() }), z.object({ minPsnr: z.number().positive().max(100) })])
    .optional(),
  /** 0..100 percent, how far the result goes from the noisy photo to the restored one; `denoise` only. */
  strength: z.number().min(0).max(100),
  /** 0..100 percent of the fine brightness detail that went with the noise to give back; 0 when absent; `denoise` only. */
  texture: z.number().min(0).max(100).optional(),
  /** Denoise eight turned and mirrored copies and take their mean: a little better, eight times as long; `denoise` only. */
  bestQuality: z.boolean().optional(),
});

const imageEncoding = z.object({
  format: outputFormat,
  /** 1..100, of the picture format, where it is lossy. */
  formatQuality: z.int().min(1).max(100).optional(),
  /** Bits per sample: 8 or 16 for PNG and TIFF, 8, 10 or 12 for AVIF; as many of the photo's as the format has when absent. */
  bitDepth: z.union([z.literal(8), z.literal(10), z.literal(12), z.literal(16)]).optional(),
  /** Colour resolution of JPEG and AVIF, full when absent. */
  chroma: z.enum(['444', '420']).optional(),
  /** WebP and AVIF without loss. */
  lossless: z.boolean().optional(),
  /** What to do with transparency in JPEG, which has none: refuse (`keep`, and when absent), or lay the photo on white. */
  transparency: z.enum(['keep', 'white']).optional(),
  metadata: z.enum(['keep', 'strip-gps', 'strip']),
});

const operation = z.enum(['restore', 'denoise', 'compress', 'decompress']);

/** File name with `{name}`, `{model}`, `{sigma}`, `{counter}` and `{ext}`. */
const nameTemplate = z.string().min(1).max(200);

/** How the results of a batch are named and written. */
const batchOutput = z.object({
  /** Folder for the results; null keeps them in the app's data folder, from where `batch.result` gives them. */
  folder: z.string().min(1).nullable(),
  template: nameTemplate,
  /** Where the name is taken: a free one is chosen (`rename`), the photo is passed over, or the file is replaced. */
  existing: z.enum(['rename', 'skip', 'overwrite']),
  /** Nothing is written where the result has more bytes than the photo. */
  skipLarger: z.boolean(),
  /** Do again what was already done with the same settings, and take results of the app as photos. */
  again: z.boolean(),
  /** Give the results the time of change of their photos. */
  keepDates: z.boolean(),
  /** Only the picture is written, where a `.pel` is made on the way to it. */
  pictureOnly: z.boolean().optional(),
});

const batchJob = z.object({
  operation,
  settings: restoreSettings,
  encoding: imageEncoding,
  output: batchOutput,
  maxPixels: z.int().positive().optional(),
});

const itemIds = z.array(z.string().min(1)).min(1);
const paths = z.array(z.string().min(1)).min(1);

/** How long to train; epochs are passes over the training data. */
const trainBudget = z.union([
  z.object({ minutes: z.number().positive() }),
  z.object({ steps: z.int().positive() }),
  z.object({ epochs: z.number().positive() }),
]);

/** Name of a model, and of the run that makes it. */
const modelName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const modelKind = z.enum(['dense', 'denoiser', 'codec', 'variational']);

/** Stop when the metric has not become better by `minChange` for `patience` validations; the best weights are kept. */
const earlyStopping = z.object({
  patience: z.int().min(1).max(1000),
  /** In the metric's own unit (dB for PSNR). */
  minChange: z.number().min(0),
});

const trainParams = z.object({
  preset: modelKind,
  data: z.array(z.string().min(1)).min(1),
  name: modelName,
  budget: trainBudget,
  resume: z.boolean(),
  seed: z.int().min(0),
  /** Learning-rate peak; the preset's own when absent. */
  learningRate: z.number().positive().max(10).optional(),
  batch: z.int().min(1).max(4096).optional(),
  /** Side of the square training patches in pixels, a multiple of 16. */
  patch: z.int().min(32).max(512).multipleOf(16).optional(),
  /** Model of the preset's kind whose weights are the start; the preset's own start when absent. */
  start: z.string().min(1).optional(),
  /** Everything else that a preset can be told. */
  options: trainOptions.optional(),
  /** Folder for the run; under the data folder of the app when absent. */
  runDir: z.string().min(1).optional(),
  /** Steps from one validation to the next; 500 when absent. */
  validateEvery: z.int().min(1).optional(),
  /** Minutes from one checkpoint to the next; 2 when absent. There is one at every stop and pause too. */
  checkpointMinutes: z.number().positive().max(1440).optional(),
  earlyStopping: earlyStopping.optional(),
  /** The validation metric that decides what is best; the preset's own when absent. */
  metric: z.string().min(1).optional(),
});

/** Id of a run in the data folder, or the path of a run's folder. */
const runId = z.string().min(1);

export const paramSchemas = {
  'engine.info': z.object({}),
  'engine.setCompute': z.object({ choice: computeChoice }),
  /** The memory limit counts at once, the number of threads from the next start of the engine on. */
  'engine.setLimits': z.object({
    threads: z.int().min(1).max(1024).nullable(),
    memoryLimitBytes: z.int().min(leastMemoryLimitBytes).nullable(),
  }),
  'models.list': z.object({}),
  'models.info': z.object({ id: z.string().min(1) }),
  /** A folder or a `.zip`, or the bytes of one. */
  'models.import': z.object({ source: imageSource }),
  'models.export': z.object({ id: z.string().min(1) }),
  'models.exportTo': z.object({ id: z.string().min(1), path: z.string().min(1), overwrite: z.boolean() }),
  /** One model, or all of them. */
  'models.verify': z.object({ id: z.string().min(1).optional() }),
  'models.remove': z.object({ id: z.string().min(1) }),
  'models.rename': z.object({ id: z.string().min(1), newId: modelName }),
  /**
   * The model that is used for its kind when none is named; null for the bundled one. An own model must have been
   * compared with the default of its kind before, unless `force` is set.
   */
  'models.setDefault': z.object({ kind: modelKind, id: z.string().min(1).nullable(), force: z.boolean() }),
  'models.compare': z.object({
    id: z.string().min(1),
    /** Another model of its kind; the bundled one when absent. */
    against: z.string().min(1).optional(),
    /** Clean photos that neither has seen; those that the model's run held out when absent. */
    data: z.array(z.string().min(1)).min(1).optional(),
    limit: z.int().positive().optional(),
  }),
  'files.list': z.object({ paths: z.array(z.string().min(1)).min(1), recursive: z.boolean() }),
  /** Keeps a file that a page has sent, in a folder with the others of its group. */
  'files.receive': z.object({
    group: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    name: z.string().min(1).max(255),
    bytes: z.instanceof(Uint8Array),
  }),
  'image.open': z.object({ source: imageSource, maxPixels: z.int().positive().optional() }),
  'image.addNoise': z.object({ imageId, sigma255: z.number().min(0).max(limits.maxSigma255), seed: z.int().min(0) }),
  'image.close': z.object({ imageId }),
  'image.view': z.object({
    imageId,
    layer: z.enum(['source', 'restored', 'latent', 'reference']),
    /** Part of the picture to show; all of it when absent. */
    region: region.optional(),
    maxWidth: z.int().min(1).max(8192),
    maxHeight: z.int().min(1).max(8192),
  }),
  'restore.crop': z.object({ imageId, settings: restoreSettings, region }),
  'restore.run': z.object({ imageId, settings: restoreSettings }),
  /** What JPEG, WebP and AVIF would take for the quality of the compressed file. */
  'restore.rivals': z.object({ imageId }),
  'restore.export': z.object({
    imageId,
    what: z.enum(['pel', 'image']),
    encoding: imageEncoding,
    /** Name for the file, as of a batch; the photo's own when absent. */
    template: nameTemplate.optional(),
  }),
  'file.process': z.object({
    operation,
    input: z.string().min(1),
    outDir: z.string().min(1),
    settings: restoreSettings,
    encoding: imageEncoding,
    overwrite: z.boolean(),
    maxPixels: z.int().positive().optional(),
  }),
  /** Takes photos, and the photos in folders, into the queue; it works on them unless it is paused. */
  'batch.add': z.object({ sources: z.array(imageSource).min(1), recursive: z.boolean(), job: batchJob }),
  'batch.list': z.object({}),
  /** Sends what the queue holds and then every change, until it is cancelled. A queue that was cut off goes on. */
  'batch.watch': z.object({}),
  'batch.pause': z.object({}),
  'batch.resume': z.object({}),
  /** Cancels items that wait or are worked on; all of them when none are named. */
  'batch.cancel': z.object({ itemIds: itemIds.optional() }),
  /** Puts waiting items before another one, in their present order; at the end where that is null. */
  'batch.move': z.object({ itemIds, before: z.string().min(1).nullable() }),
  /** Lets items that failed or were cancelled wait again; all of them when none are named. */
  'batch.retry': z.object({ itemIds: itemIds.optional() }),
  /** Takes items that are over off the list: those named, or all. Results in folders of the person stay. */
  'batch.clear': z.object({ itemIds: itemIds.optional() }),
  /** Names that a job would give to its results: a live example. */
  'batch.preview': z.object({ name: z.string().min(1), job: batchJob }),
  /** The bytes of a result, by its place among the item's outputs. */
  'batch.result': z.object({ itemId: z.string().min(1), index: z.int().min(0) }),
  /** A small picture of an item's photo, for a list. */
  'batch.thumbnail': z.object({ itemId: z.string().min(1), maxSide: z.int().min(16).max(512) }),
  /** Works on files and folders to the end, beside the queue: for the command line. */
  'batch.run': z.object({ paths, recursive: z.boolean(), job: batchJob }),
  /** Works on what is in a folder and on what comes into it, until it is cancelled. */
  'batch.follow': z.object({ folder: z.string().min(1), recursive: z.boolean(), job: batchJob }),
  'montage.write': z.object({
    rows: z.array(z.object({ source: z.string().min(1), pel: z.string().min(1) })).min(1),
    path: z.string().min(1),
    overwrite: z.boolean(),
  }),
  'train.start': trainParams,
  /** Pauses after the step that is being done, with a checkpoint; the call that trains stays open. */
  'train.pause': z.object({ runId }),
  'train.resume': z.object({ runId }),
  /** Stops and keeps the best: the call that trains ends with its result. */
  'train.stop': z.object({ runId }),
  'train.estimate': trainParams,
  'data.inspect': z.object({
    data: z.array(z.string().min(1)).min(1),
    seed: z.int().min(0),
    patch: z.int().min(1).max(512),
  }),
  'runs.list': z.object({}),
  'runs.show': z.object({ runId }),
  /** Goes on from the last checkpoint with the settings of the run's own `config.json`. */
  'runs.resume': z.object({ runId, budget: trainBudget.optional() }),
  'runs.remove': z.object({ runId }),
  'sweep.start': z.object({
    /** What every run has in common; its `name` is that of the sweep. */
    base: trainParams,
    /** Field of `base` or of its options that differs. */
    option: z.string().min(1),
    values: z
      .array(z.union([z.number(), z.string()]))
      .min(2)
      .max(100),
  }),
  'sweep.list': z.object({}),
  /** Goes on with the values that are not done, with the settings of the sweep's own `sweep.json`. */
  'sweep.resume': z.object({ sweepId: runId }),
  /** Removes table, plot and the runs of a sweep; its models stay. */
  'sweep.remove': z.object({ sweepId: runId }),
  ...exploreParams,
  'evaluate.run': z.object({
    task: z.enum(['denoise', 'codec']),
    data: z.array(z.string().min(1)).min(1),
    sigmas255: z.array(z.number().min(0).max(limits.maxSigma255)).min(1),
    seed: z.int().min(0),
    modelId: z.string().optional(),
    qualities: z.array(quality).min(1),
    /** Give the model the true noise level, or let it estimate. */
    blind: z.boolean(),
    /** As of restoring; `denoise` only. */
    bestQuality: z.boolean().optional(),
    /** Only the first files of the sorted list; all when absent. */
    limit: z.int().positive().optional(),
    /** Whole curves of JPEG, WebP and AVIF beside it, of noisy photos also after the denoiser; `codec` only. */
    rivals: z.boolean().optional(),
  }),
  /** Draws the curves of an evaluation as SVG into `path`, and as PNG beside it; both replace what was there. */
  'evaluate.plot': z.object({
    means: z.array(
      z.object({ method: z.string().min(1), sigma255: z.number(), bpp: z.number().positive(), psnr: z.number() }),
    ),
    path: z.string().regex(/\.svg$/),
  }),
} as const;

export type CallName = keyof typeof paramSchemas;
export type Params<K extends CallName> = z.infer<(typeof paramSchemas)[K]>;
export type ImageSource = z.infer<typeof imageSource>;
export type RestoreSettings = z.infer<typeof restoreSettings>;
export type ImageEncoding = z.infer<typeof imageEncoding>;
export type OutputFormat = z.infer<typeof outputFormat>;
export type BatchJob = z.infer<typeof batchJob>;
export type Operation = z.infer<typeof operation>;
export type TrainBudget = z.infer<typeof trainBudget>;
export type ImageLayer = Params<'image.view'>['layer'];
