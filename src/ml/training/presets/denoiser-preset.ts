import { addGaussianNoise, toPixels } from '../../degradation/gaussian.ts';
import { denoiserFrom } from '../../denoise/denoiser.ts';
import type { Weights } from '../../layers/description.ts';
import { parametersOf } from '../../layers/network.ts';
import { defaultDenoiserShape, denoiserNetwork, denoiserStride } from '../../models/denoiser.ts';
import type { ValidationPhoto } from '../patch-source.ts';
import { denoiserProgram } from './denoiser-program.ts';
import type { PresetOptions, PresetRun, ValidationResult } from './preset.ts';

/** Noise levels of training; a little beyond the strongest that is measured, so that it is not at the edge. */
const maxSigma255 = 55;
const validationSigma255 = 25;

/** Training of a denoiser on clean photos, which get Gaussian noise of all levels. */
export async function denoiserPreset(options: PresetOptions): Promise<PresetRun> {
  await Promise.resolve();
  const architecture = options.start?.manifest.architecture;
  const network = architecture?.kind === 'denoiser' ? architecture.network : denoiserNetwork();
  const stride = architecture?.kind === 'denoiser' ? architecture.stride : denoiserStride(defaultDenoiserShape);
  const { seed, batch = 16, patch = 64, learningRate = 1e-3 } = options;
  const settings = {
    preset: 'denoiser',
    seed,
    batch,
    patch,
    learningRate,
    maxSigma255,
    start: options.start?.manifest.weightsSha256 ?? null,
  };
  const start = options.start === undefined ? {} : { weights: options.start.weights };
  return {
    program: denoiserProgram({ network, ...start, seed, batch, patch, learningRate, maxSigma255 }),
    settings,
    validate: (weights) => validate({ modelId: 'in-training', network, weights }, stride, options.validation),
    toModel: async (weights, { id, training, metrics }) => {
      await Promise.resolve();
      return {
        manifest: {
          id,
          title: id,
          version: 1,
          architecture: { kind: 'denoiser', network, stride },
          training: { ...training, settings },
          metrics,
        },
        arrays: parametersOf(network).map(({ fullName, shape }) => ({
          name: fullName,
          shape,
          values: weights.get(fullName) ?? new Float32Array(),
        })),
      };
    },
  };
}

/** Mean PSNR in dB at sigma 25 over the validation photos, each with its own fixed noise. */
async function validate(
  parts: { modelId: string; network: Parameters<typeof denoiserFrom>[0]['network']; weights: Weights },
  stride: number,
  photos: readonly ValidationPhoto[],
): Promise<ValidationResult> {
  const denoiser = denoiserFrom(parts, stride);
  try {
    let total = 0;
    for (const [index, { pixels }] of photos.entries()) {
      const noisy = addGaussianNoise(pixels, validationSigma255, index);
      const values = await denoiser.denoiseFloats(noisy, pixels.width, pixels.height, { sigma255: validationSigma255 });
      total += psnrOf(toPixels(values, pixels).data, pixels.data);
    }
    const mean = total / photos.length;
    return { metrics: { psnr: mean }, score: mean };
  } finally {
    denoiser.dispose();
  }
}

function psnrOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += ((a[i] as number) - (b[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / total);
}
