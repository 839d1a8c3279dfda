import { z } from 'zod';

/** Losses between a picture and its restoration; `msSsim` mixes 1 - MS-SSIM with the mean absolute difference. */
const lossNames = ['mse', 'mae', 'charbonnier', 'binaryCrossEntropy', 'msSsim'] as const;
const optimiserNames = ['adam', 'adamw', 'adadelta', 'sgd'] as const;
const degradationNames = ['gaussian', 'poissonGaussian', 'saltAndPepper', 'jpeg', 'camera'] as const;

const fraction = z.number().min(0).max(1);
const weight = z.number().min(0).max(1e6);
const side = z.int().min(4).max(512);
const sigma255 = z.number().min(0).max(100);

/**
 * What a training can be told beside its data and its length. Every field is optional: without it the preset's own
 * choice holds. A field that a preset has no use for is refused by that preset, not passed over.
 */
export const trainOptions = z.strictObject({
  /** Size in pixels to which `dense` and `variational` bring every picture; IDX files have their own. */
  width: side.optional(),
  /** As `width`, which it equals where it is absent. */
  height: side.optional(),
  /** 1 trains on grey, 3 on colour; `dense` and `variational`. */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  /** Photos are first made smaller so that their long side has at most this many pixels; `denoiser` and `codec`. */
  longSide: z.int().min(32).max(16_384).optional(),
  /** Mirror training pictures at random. */
  flips: z.boolean().optional(),
  /** Turn training pictures by multiples of 90 degrees at random. */
  rotations: z.boolean().optional(),

  /** Units of the hidden layers before the bottleneck of `dense`, widest first; the decoder has them in reverse. */
  hidden: z.array(z.int().min(1).max(8192)).max(8).optional(),
  /** Length of the code: units in the middle of `dense`, dimensions of the latent of `variational`. */
  bottleneck: z.int().min(1).max(4096).optional(),
  /** Channels at each scale of `variational` (1/2, 1/4, ... of the size) or of `denoiser`. */
  widths: z.array(z.int().min(1).max(1024)).min(1).max(6).optional(),

  loss: z.enum(lossNames).optional(),
  /** Part of 1 - MS-SSIM in the loss `msSsim`; the rest is the mean absolute difference. */
  msSsimWeight: fraction.optional(),
  /** Factor on the Kullback-Leibler divergence of `variational`. */
  klWeight: weight.optional(),
  /** Steps over which that factor rises from 0. */
  klWarmUpSteps: z.int().min(0).optional(),

  optimiser: z.enum(optimiserNames).optional(),
  /** Of `sgd`. */
  momentum: z.number().min(0).max(0.9999).optional(),
  /** Decoupled weight decay of `adamw`, for each step and unit of the learning rate. */
  weightDecay: weight.optional(),
  /** `cosine` falls to a hundredth over the budget, `constant` stays. */
  schedule: z.enum(['cosine', 'constant']).optional(),
  /** Steps over which the learning rate rises from 0. */
  warmUpSteps: z.int().min(0).optional(),
  /** Largest global norm of the gradients; 0 does not clip. */
  clipNorm: weight.optional(),
  /** Decay of the moving average of the weights that is validated and kept; 0 keeps the weights themselves. */
  averageDecay: z.number().min(0).max(0.99999).optional(),
  initialiser: z.enum(['he', 'glorot']).optional(),

  /** Factor on the sum of absolute weights, biases left out. */
  l1: weight.optional(),
  /** Factor on the sum of squared weights, biases left out. */
  l2: weight.optional(),
  /** Factor on the mean absolute activation of the bottleneck; `dense` and `variational`. */
  sparsity: weight.optional(),
  /** Part of the activations of hidden layers that each step leaves out. */
  dropout: z.number().min(0).max(0.95).optional(),

  /** `noisyOnly` learns from noisy photos alone (Recorrupted-to-Recorrupted); `denoiser`. */
  supervision: z.enum(['clean', 'noisyOnly']).optional(),
  /** What is done to clean photos to make noisy ones; of several, each patch gets one; `denoiser`. */
  degradations: z.array(z.enum(degradationNames)).min(1).optional(),
  /** Range of the Gaussian noise, on the 0..255 scale. */
  sigmaMin255: sigma255.optional(),
  sigmaMax255: sigma255.optional(),
  /** Largest variance of shot noise at full brightness, brightness being 0..1; `poissonGaussian` and `camera`. */
  shotMax: z.number().min(0).max(0.1).optional(),
  /** Largest deviation of read noise, brightness being 0..1; `poissonGaussian` and `camera`. */
  readMax: z.number().min(0).max(0.2).optional(),
  /** Largest part of the samples that become black or white; `saltAndPepper`. */
  saltAndPepperMax: fraction.optional(),
  /** Lowest JPEG quality; the highest is 95; `jpeg` and `camera`. */
  jpegQualityMin: z.int().min(1).max(95).optional(),
});

/** Options of a training that were chosen; an absent one is the preset's. */
export type TrainingOptions = z.infer<typeof trainOptions>;
