import { z } from 'zod';
import { limits } from './limits.ts';
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
  metadata: z.enum(['keep', 'strip-gps', 'strip']),
});

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
    operation: z.enum(['restore', 'denoise', 'compress', 'decompress']),
    input: z.string().min(1),
    outDir: z.string().min(1),
    settings: restoreSettings,
    encoding: imageEncoding,
    overwrite: z.boolean(),
    maxPixels: z.int().positive().optional(),
  }),
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
    /** Model of the preset's kind whose weights are the start; the preset's own start when absent. */
    start: z.string().min(1).optional(),
    /** Everything else that a preset can be told. */
    options: trainOptions.optional(),
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
export type Operation = Params<'file.process'>['operation'];
export type ImageLayer = Params<'image.view'>['layer'];
