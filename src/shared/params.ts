import { z } from 'zod';
import { limits } from './limits.ts';

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

const restoreSettings = z.object({
  /** `codec` goes through the encoded bytes; `denoise` skips them. */
  mode: z.enum(['codec', 'denoise']),
  /** Model package to use; the bundled one of the right kind when absent. */
  modelId: z.string().optional(),
  sigma,
  /** 1..100, how much of the clean content the encoded file keeps; `codec` only. */
  quality,
  /** 0..100 percent, how far the result goes from the noisy photo to the restored one; `denoise` only. */
  strength: z.number().min(0).max(100),
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

/** How the results of a batch are named and written. */
const batchOutput = z.object({
  /** Folder for the results; null keeps them in the app's data folder, from where `batch.result` gives them. */
  folder: z.string().min(1).nullable(),
  /** File name with `{name}`, `{model}`, `{sigma}`, `{counter}` and `{ext}`. */
  template: z.string().min(1).max(200),
  /** Where the name is taken: a free one is chosen (`rename`), the photo is passed over, or the file is replaced. */
  existing: z.enum(['rename', 'skip', 'overwrite']),
  /** Nothing is written where the result has more bytes than the photo. */
  skipLarger: z.boolean(),
  /** Do again what was already done with the same settings, and take results of the app as photos. */
  again: z.boolean(),
  /** Give the results the time of change of their photos. */
  keepDates: z.boolean(),
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

const trainBudget = z.union([z.object({ minutes: z.number().positive() }), z.object({ steps: z.int().positive() })]);

export const paramSchemas = {
  'engine.info': z.object({}),
  'models.list': z.object({}),
  'files.list': z.object({ paths: z.array(z.string().min(1)).min(1), recursive: z.boolean() }),
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
  'restore.export': z.object({
    imageId,
    what: z.enum(['pel', 'image']),
    encoding: imageEncoding,
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
  /** Works on files and folders to the end, beside the queue: for the command line. */
  'batch.run': z.object({ paths, recursive: z.boolean(), job: batchJob }),
  'montage.write': z.object({
    rows: z.array(z.object({ source: z.string().min(1), pel: z.string().min(1) })).min(1),
    path: z.string().min(1),
    overwrite: z.boolean(),
  }),
  'train.start': z.object({
    preset: z.enum(['codec', 'denoiser']),
    data: z.array(z.string().min(1)).min(1),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    budget: trainBudget,
    resume: z.boolean(),
    seed: z.int().min(0),
    /** Learning-rate peak; the preset's own when absent. */
    learningRate: z.number().positive().max(10).optional(),
    batch: z.int().min(1).max(256).optional(),
    /** Side of the square training patches in pixels, a multiple of 16. */
    patch: z.int().min(32).max(512).multipleOf(16).optional(),
    /** Folder for the run; under the data folder of the app when absent. */
    runDir: z.string().min(1).optional(),
  }),
  'evaluate.run': z.object({
    task: z.enum(['denoise', 'codec']),
    data: z.array(z.string().min(1)).min(1),
    sigmas255: z.array(z.number().min(0).max(limits.maxSigma255)).min(1),
    seed: z.int().min(0),
    modelId: z.string().optional(),
    qualities: z.array(quality).min(1),
    /** Give the model the true noise level, or let it estimate. */
    blind: z.boolean(),
    /** Only the first files of the sorted list; all when absent. */
    limit: z.int().positive().optional(),
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
export type ImageLayer = Params<'image.view'>['layer'];
