import { basename, extname } from 'node:path';
import { readPel, writePel } from '../../codec/container.ts';
import type { MetadataChoice } from '../../image/embed-metadata.ts';
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
import { assertTemplate, baseNameOf } from '../batch/naming.ts';
import { latentPicture } from '../operations/latent-picture.ts';
import type { Models } from '../operations/models.ts';
import { toPelBlocks } from '../operations/pel-blocks.ts';
import { knownNoise } from '../operations/noise-level.ts';
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
      if (image.pelHeader !== null && image.restored !== null) return resultOf(image, image.restored, 'codec', 0);
      const started = performance.now();
      const options = { signal, onProgress: progress, metadata: 'keep' as const, reference: image.reference };
      const { pixels, modelId, pel, latent } = await restorePhoto(
        image.photo,
        resolved(settings, image),
        models,
        options,
      );
      const encoded = pel === null || latent === null ? null : { pel, latent: latentPicture(latent) };
      const restored: RestoredImage = { pixels, encoded, modelId, sigma255: resolved(settings, image).sigma255 };
      images.setResult(image, restored);
      return resultOf(image, restored, settings.mode, (performance.now() - started) / 1000);
    },
    'restore.rivals': ({ imageId }, { signal }) => rivalsOf(images.get(imageId), models, signal),
    'restore.export': async ({ imageId, what, encoding, template }) => {
      const image = images.get(imageId);
      const restored = image.restored ?? notRestored(image);
      if (what === 'image') {
        const name = nameOf(image, restored, template ?? '{name}-restored');
        return await exportPicture(image, restored, name, encoding);
      }
      const { pel } = restored.encoded ?? notRestored(image);
      const bytes = await withMetadata(pel, image, encoding.metadata);
      const name = nameOf(image, restored, template ?? '{name}');
      return { bytes, suggestedName: `${name}.pel`, mediaType: 'application/octet-stream' };
    },
  };
}

/** The name of a result as the template says. Throws INVALID_ARGUMENT for one that is none. */
function nameOf({ photo }: OpenImage, { modelId, sigma255 }: RestoredImage, template: string): string {
  assertTemplate(template);
  const name = basename(photo.source.name, extname(photo.source.name));
  return baseNameOf(template, { name, model: modelId, sigma255, counter: 1, counterDigits: 1 });
}

/** The `.pel` with what is chosen of the photo's metadata. */
async function withMetadata(pel: Uint8Array, { photo }: OpenImage, choice: MetadataChoice): Promise<Uint8Array> {
  const file = readPel(pel);
  return writePel({ ...file, blocks: await toPelBlocks(photo, choice) });
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

/** Settings with the noise of this picture where it is to be estimated. */
function resolved({ sigma, ...settings }: RestoreSettings, image: OpenImage): ResolvedSettings {
  const noise = sigma === 'auto' ? knownNoise(image.noise) : { sigma255: sigma, isEstimated: false };
  return { ...settings, ...noise };
}

function resultOf(
  image: OpenImage,
  restored: RestoredImage,
  mode: RestoreSettings['mode'],
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
    mode,
    modelId: restored.modelId,
    sigma255: restored.sigma255,
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
  { format: wanted, formatQuality, ...encoding }: ImageEncoding,
): Promise<{ bytes: Uint8Array; suggestedName: string; mediaType: string }> {
  const format = wanted === 'same' ? sameFormat(photo.source.format) : wanted;
  const quality = formatQuality === undefined ? {} : { quality: formatQuality };
  const bytes = await encodePhoto({ ...photo, pixels }, { ...encoding, format, ...quality });
  return { bytes, suggestedName: `${name}${extensionOf(format)}`, mediaType: mediaTypeOf(format) };
}

function notRestored({ photo }: OpenImage): never {
  const { name } = photo.source;
  throw new PellucidError('INVALID_ARGUMENT', `${name} has no such result yet; restore it first.`, { subject: name });
}
