import { z } from 'zod';

const libraryId = z.string().min(1);
const index = z.int().min(0);
const modelId = z.string().min(1);

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
  /** Moves files to the bin of the system. */
  'explore.discard': z.object({ paths: z.array(z.string().min(1)).min(1) }),
} as const;
