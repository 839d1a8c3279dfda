import { basename, extname } from 'node:path';
import { readPel } from '../../codec/container.ts';
import { encodePhoto, extensionOf, mediaTypeOf, sameFormat } from '../../image/encode-photo.ts';
import { crop, previewPng } from '../../image/preview.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import { psnrOfPixels } from '../../metrics/psnr.ts';
import { ssim } from '../../metrics/structural-similarity.ts';
import type { Quality, RestoreResult, RivalSizes } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { ImageEncoding, RestoreSettings } from '../../shared/params.ts';
import { peakOf } from '../../shared/pixels.ts';
import type { Pixels, Region } from '../../shared/pixels.ts';
import { latentPicture } from '../operations/latent-picture.ts';
import type { Models } from '../operations/models.ts';
import { findRivalSizes } from '../operations/rival-sizes.ts';
import { cleanSigma255, denoisePhoto, restorePhoto, restoreRegion } from '../operations/restore-photo.ts';
import type { ResolvedSettings } from '../operations/restore-photo.ts';
import type { Handlers } from '../server/handlers.ts';
import type { OpenImage, OpenImages, RestoredImage } from './open-images.ts';

type RestoreCalls = Pick<Handlers, 'restore.crop' | 'restore.run' | 'restore.rivals' | 'restore.export'>;

/** Calls that restore an open picture and give its files. */
export function createRestoreHandlers(images: OpenImages, models: Models): RestoreCalls {
  return {
    'restore.crop': async ({ imageId, settings, region }, { signal }) => {
      const image = images.get(imageId);
      const { pixels, metadata } = image.photo;
      const restored = await restoreRegion(pixels, region, resolved(settings, image), models, { signal });
      const { icc } = metadata;
      const size = { maxWidth: region.width, maxHeight: region.height };
      return { region, ...(await previewPng(restored, { ...size, ...(icc === undefined ? {} : { icc }) })) };
    },
    'restore.run': async ({ imageId, settings }, { signal, progress }) => {
      const image = images.get(imageId);
      const started = performance.now();
      const options = { signal, onProgress: progress, metadata: 'keep' as const, reference: image.reference };
      const { pixels, modelId, pel } = await restorePhoto(image.photo, resolved(settings, image), models, options);
      const encoded = pel === null ? null : { pel, latent: await latentOf(pel, models) };
      const restored: RestoredImage = { pixels, encoded, sigma255: resolved(settings, image).sigma255 };
      images.setResult(image, restored);
      const seconds = (performance.now() - started) / 1000;
      return resultOf(image, restored, resolved(settings, image), modelId, seconds);
    },
    'restore.rivals': ({ imageId }, { signal }) => rivalsOf(images.get(imageId), models, signal),
    'restore.export': async ({ imageId, what, encoding }) => {
      const image = images.get(imageId);
      const restored = image.restored ?? notRestored(image);
      const name = basename(image.photo.source.name, extname(image.photo.source.name));
      if (what === 'image') return await exportPicture(image, restored, name, encoding);
      const bytes = restored.encoded?.pel ?? notRestored(image);
      return { bytes, suggestedName: `${name}.pel`, mediaType: 'application/octet-stream' };
    },
  };
}

/** The comparison with other formats, with the noise removed at the level that the result was made with. */
async function rivalsOf(image: OpenImage, models: Models, signal: AbortSignal): Promise<RivalSizes> {
  const { pixels } = image.photo;
  const { pixels: restored, encoded, sigma255 } = image.restored ?? notRestored(image);
  if (encoded === null) return notRestored(image);
  const settings = { mode: 'denoise' as const, sigma255, quality: 100, strength: 100, isEstimated: false };
  const denoised = async (region: Region) =>
    sigma255 < cleanSigma255
      ? crop(pixels, region)
      : (await denoisePhoto(pixels, settings, models, { signal, region })).pixels;
  return findRivalSizes({ restored, reference: image.reference, denoised }, signal);
}

/** Settings with the noise level of this picture where it is to be estimated. */
function resolved({ sigma, ...settings }: RestoreSettings, image: OpenImage): ResolvedSettings {
  const isEstimated = sigma === 'auto';
  return { ...settings, sigma255: isEstimated ? image.sigma255 : sigma, isEstimated };
}

async function latentOf(pel: Uint8Array, models: Models): Promise<Pixels> {
  const file = readPel(pel);
  return latentPicture((await models.codecOf(file.header)).latentOf(file));
}

function resultOf(
  image: OpenImage,
  restored: RestoredImage,
  settings: ResolvedSettings,
  modelId: string,
  seconds: number,
): RestoreResult {
  const { imageId, photo, reference } = image;
  const { width, height } = photo.pixels;
  const { encoded } = restored;
  const metrics =
    reference === null
      ? null
      : { noisy: qualityOf(photo.pixels, reference), restored: qualityOf(restored.pixels, reference) };
  return {
    imageId,
    mode: settings.mode,
    modelId,
    sigma255: settings.sigma255,
    encoded:
      encoded === null
        ? null
        : {
            sizeBytes: encoded.pel.length,
            bpp: bitsPerPixel(encoded.pel.length, width, height),
            ratio: photo.source.sizeBytes / encoded.pel.length,
            quality: readPel(encoded.pel).header.quality,
            latentWidth: encoded.latent.width,
            latentHeight: encoded.latent.height,
          },
    metrics,
    seconds,
  };
}

function qualityOf(pixels: Pixels, reference: Pixels): Quality {
  return { psnr: psnrOfPixels(pixels, reference), ssim: ssim(pixels, reference, peakOf(reference)) };
}

async function exportPicture(
  { photo }: OpenImage,
  { pixels }: RestoredImage,
  name: string,
  { format: wanted, formatQuality, metadata }: ImageEncoding,
): Promise<{ bytes: Uint8Array; suggestedName: string; mediaType: string }> {
  const format = wanted === 'same' ? sameFormat(photo.source.format) : wanted;
  const quality = formatQuality === undefined ? {} : { quality: formatQuality };
  const bytes = await encodePhoto({ ...photo, pixels }, { format, metadata, ...quality });
  return { bytes, suggestedName: `${name}-restored${extensionOf(format)}`, mediaType: mediaTypeOf(format) };
}

function notRestored({ photo }: OpenImage): never {
  const { name } = photo.source;
  throw new PellucidError('INVALID_ARGUMENT', `${name} has no such result yet; restore it first.`, { subject: name });
}
