import { z } from 'zod';

const libraryId = z.string().min(1);
const index = z.int().min(0);
const modelId = z.string().min(1);
const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** It becomes the name of a folder, on any system. */
const className = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}/\\:*?"<>|.\s](?:[^\p{Cc}/\\:*?"<>|]*[^\p{Cc}/\\:*?"<>|.\s])?$/u, 'a name that a folder can have')
  .refine((name) => !/^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(name), 'a name that a folder can have on every system');
const classes = z
  .array(z.object({ name: className, indices: z.array(index).min(1) }))
  .min(1)
  .max(50)
  .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, 'names that all differ');

/** Parameters of the calls of `explore`: all but the first work on a library that was opened. */
export const exploreParams = {
  /** Computes the codes of photos, or takes them from the index, and keeps them at hand. */
  'explore.open': z.object({
    /** Photos, or folders of them; or IDX files. */
    data: z.array(z.string().min(1)).min(1),
    /** Codec, `dense` or `variational` model that makes the codes; the default codec when absent. */
    modelId: modelId.optional(),
  }),
  /** The most similar photo of each, and groups of near-duplicates. */
  'explore.similar': z.object({ libraryId }),
  /** The photos that are most like one. */
  'explore.neighbours': z.object({ libraryId, index, count: z.int().min(1).max(100) }),
  /** Squares of pictures, in rows. */
  'explore.sheet': z.object({ libraryId, indices: z.array(index).min(1).max(1024), side: z.int().min(8).max(256) }),
  /** Places in the plane so that similar pictures lie near one another. */
  'explore.map': z.object({ libraryId, method: z.enum(['pca', 'umap']), seed: z.int().min(0) }),
  /** The codes as a file, of all pictures when none are named. */
  'explore.codes': z.object({ libraryId, format: z.enum(['csv', 'npy']), indices: z.array(index).min(1).optional() }),
  /** Sorts all pictures into classes of which a few pictures each are known. */
  'explore.sort': z.object({
    libraryId,
    classes: classes.min(2),
    /** A linear classifier, or one with a hidden layer. */
    method: z.enum(['linear', 'network']),
    seed,
  }),
  /** What came of a sorting, as CSV. */
  'explore.sortTable': z.object({
    libraryId,
    classes: z.array(className).min(1).max(50),
    labels: z.array(index),
    confidences: z.array(z.number().min(0).max(1)),
  }),
  /** Copies photos into a folder for each class; nothing is moved or replaced. */
  'explore.sortInto': z.object({ libraryId, classes, folder: z.string().min(1) }),
  /** Photos that stand out. */
  'explore.odd': z.object({ libraryId }),
  /** Pictures from drawn codes of a `variational` model. */
  'explore.sample': z.object({
    modelId,
    count: z.int().min(1).max(1024),
    seed,
    /** Factor on how far codes are drawn from where those of training pictures lie most. */
    spread: z.number().min(0).max(2),
  }),
  /** Pictures on the way from one picture of a library to another. */
  'explore.between': z.object({ libraryId, from: index, to: index, steps: z.int().min(2).max(64) }),
  /** The directions in which codes of a `variational` model vary most. */
  'explore.directions': z.object({ modelId }),
  /** One picture moved along those directions, by their standard deviations. */
  'explore.move': z.object({
    modelId,
    /** What is moved: a sample, or a picture of a library of that model; the middle of all when absent. */
    start: z.union([z.object({ seed, spread: z.number().min(0).max(2) }), z.object({ libraryId, index })]).optional(),
    offsets: z.array(z.number().min(-5).max(5)).max(16),
  }),
  /** Moves files to the bin of the system. */
  'explore.discard': z.object({ paths: z.array(z.string().min(1)).min(1) }),
} as const;
