import { readPel } from '../../codec/container.ts';
import { encodePhoto } from '../../image/encode-photo.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import { toPixels } from '../../ml/degradation/gaussian.ts';
import type { Denoiser } from '../../ml/interfaces.ts';
import type { EvaluateMethod } from '../../shared/contract.ts';
import type { Params } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Models } from './models.ts';

/** One noisy version of one photo. */
export interface Trial {
  clean: Pixels;
  sigma255: number;
  /** [height, width, 3], 0..255 scale, neither rounded nor clipped. */
  noisy: Float32Array;
  /** What the model is told. */
  toldSigma255: number;
  /** The noisy photo as a file of 8 bits has it. */
  photo: Pixels;
}

/** One way of restoring: the denoiser, or the codec or another format at one quality. */
export interface Method {
  method: EvaluateMethod;
  quality: number | null;
  /** Whether it is measured on photos without noise too. */
  takesClean: boolean;
  restore(trial: Trial): Promise<{ restored: Pixels; bpp: number | null }>;
}

type Format = 'jpeg' | 'webp' | 'avif';

/** Qualities that spread the curve of each format over 0.2 to 2 bits per pixel, of clean and of noisy photos. */
const rivalQualities: Record<Format, readonly number[]> = {
  jpeg: [5, 12, 22, 35, 50, 65, 78, 90],
  webp: [1, 15, 30, 50, 68, 80, 92],
  avif: [12, 22, 32, 42, 52, 62, 75],
};
const denoisedFormats = ['webp', 'avif'] as const;

/**
 * The ways of restoring that an evaluation measures: the model at each quality, and with `rivals` JPEG (mozjpeg, 4:2:0),
 * WebP and AVIF (4:2:0), directly and, of noisy photos, after the bundled denoiser.
 * @throws {PellucidError} what loading a model throws
 */
export async function methodsOf(
  params: Params<'evaluate.run'>,
  models: Models,
): Promise<{ modelId: string; methods: Method[] }> {
  if (params.task === 'denoise') return denoiseMethod(params, await models.denoiser(params.modelId));
  const codec = await models.codec(params.modelId);
  const methods = params.qualities.map((quality): Method => ({
    method: 'model',
    quality,
    takesClean: true,
    restore: async ({ clean, noisy, toldSigma255 }) => {
      const options = { quality, sigma255: toldSigma255, blocks: [] };
      const pel = await codec.compressFloats(noisy, clean.width, clean.height, options);
      const restored = await codec.decompress(readPel(pel), {});
      return { restored, bpp: bitsPerPixel(pel.length, clean.width, clean.height) };
    },
  }));
  if (params.rivals === true) methods.push(...rivalMethods(), ...denoisedMethods(await models.denoiser()));
  return { modelId: codec.modelId, methods };
}

function denoiseMethod(params: Params<'evaluate.run'>, denoiser: Denoiser): { modelId: string; methods: Method[] } {
  const restore: Method['restore'] = async ({ clean, noisy, toldSigma255 }) => {
    const options = { sigma255: toldSigma255, ensemble: params.bestQuality === true };
    const values = await denoiser.denoiseFloats(noisy, clean.width, clean.height, options);
    return { restored: toPixels(values, clean), bpp: null };
  };
  return { modelId: denoiser.modelId, methods: [{ method: 'model', quality: null, takesClean: true, restore }] };
}

function rivalMethods(): Method[] {
  return (Object.keys(rivalQualities) as Format[]).flatMap((format) =>
    rivalQualities[format].map((quality): Method => ({
      method: format,
      quality,
      takesClean: true,
      restore: ({ photo }) => throughFormat(photo, format, quality),
    })),
  );
}

function denoisedMethods(denoiser: Denoiser): Method[] {
  // All formats and qualities of a photo encode the same denoised picture.
  let last: { trial: Trial; denoised: Promise<Pixels> } | undefined;
  const denoisedOf = (trial: Trial): Promise<Pixels> => {
    if (last?.trial !== trial) {
      const { noisy, clean, toldSigma255: sigma255 } = trial;
      const values = denoiser.denoiseFloats(noisy, clean.width, clean.height, { sigma255 });
      last = { trial, denoised: values.then((floats) => toPixels(floats, clean)) };
    }
    return last.denoised;
  };
  return denoisedFormats.flatMap((format) =>
    rivalQualities[format].map((quality): Method => ({
      method: `denoised-${format}`,
      quality,
      takesClean: false,
      restore: async (trial) => throughFormat(await denoisedOf(trial), format, quality),
    })),
  );
}

async function throughFormat(
  pixels: Pixels,
  format: Format,
  quality: number,
): Promise<{ restored: Pixels; bpp: number }> {
  const effort = format === 'jpeg' ? { mozjpeg: true } : {};
  const bytes = await encodePhoto({ pixels, metadata: {} }, { format, quality, chroma: '420', ...effort });
  const { pixels: restored } = await readPhoto({ bytes, name: `rival.${format}` });
  return { restored, bpp: bitsPerPixel(bytes.length, pixels.width, pixels.height) };
}
