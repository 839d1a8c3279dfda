import { basename, extname } from 'node:path';
import { encodePhoto, sameFormat } from '../../image/encode-photo.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { previewPng } from '../../image/preview.ts';
import { addGaussianNoise, toPixels } from '../../ml/degradation/gaussian.ts';
import { noiseWordOf } from '../../ml/estimate/noise-level.ts';
import { estimateNoise } from '../../ml/estimate/noise-map.ts';
import type { ImageInfo } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { ImageLayer } from '../../shared/params.ts';
import type { Photo } from '../../shared/photo.ts';
import { bitDepthOf } from '../../shared/pixels.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Handlers } from '../server/handlers.ts';
import type { Models } from '../operations/models.ts';
import { isPel, openPel } from '../operations/open-pel.ts';
import type { OpenImage, OpenImages } from './open-images.ts';

type ImageCalls = Pick<Handlers, 'image.open' | 'image.addNoise' | 'image.close' | 'image.view'>;

/** Calls that open pictures and show them. */
export function createImageHandlers(images: OpenImages, models: Models): ImageCalls {
  return {
    'image.open': async ({ source, maxPixels }, { signal }) => {
      if (await isPel(source)) return infoOf(images.addPel(await openPel(source, models, { signal })));
      const photo = await readPhoto(source, { signal, ...(maxPixels === undefined ? {} : { maxPixels }) });
      return infoOf(images.add(photo, estimateNoise(photo.pixels), null));
    },
    'image.addNoise': async ({ imageId, sigma255, seed }) => {
      const { photo } = images.get(imageId);
      const noisy = await withNoise(photo, sigma255, seed);
      return infoOf(images.add(noisy, estimateNoise(noisy.pixels), photo.pixels));
    },
    'image.close': ({ imageId }) => {
      images.close(imageId);
      return Promise.resolve(null);
    },
    'image.view': async ({ imageId, layer, region, maxWidth, maxHeight }) => {
      const image = images.get(imageId);
      const pixels = layerOf(image, layer);
      // The latent is no picture in the photo's colours.
      const icc = layer === 'latent' ? undefined : image.photo.metadata.icc;
      const part = region ?? { left: 0, top: 0, width: pixels.width, height: pixels.height };
      const view = await previewPng(pixels, {
        region: part,
        maxWidth,
        maxHeight,
        ...(icc === undefined ? {} : { icc }),
      });
      return { region: part, ...view };
    },
  };
}

/**
 * The same photo with noise added. It is no file, so its size is what it takes when it is saved in the format of the
 * clean one.
 */
async function withNoise(photo: Photo, sigma255: number, seed: number): Promise<Photo> {
  const pixels = toPixels(addGaussianNoise(photo.pixels, sigma255, seed), photo.pixels);
  const { name } = photo.source;
  const extension = extname(name);
  const { length: sizeBytes } = await encodePhoto({ ...photo, pixels }, { format: sameFormat(photo.source.format) });
  const source = { ...photo.source, sizeBytes, name: `${basename(name, extension)}-sigma${sigma255}${extension}` };
  return { ...photo, pixels, source };
}

function infoOf({ imageId, photo, noise, reference, pelHeader }: OpenImage): ImageInfo {
  const { pixels, alpha, source } = photo;
  const { sigma255, map } = noise;
  return {
    imageId,
    name: source.name,
    width: pixels.width,
    height: pixels.height,
    channels: pixels.channels,
    bitDepth: bitDepthOf(pixels),
    hasAlpha: alpha !== undefined,
    format: pelHeader === null ? source.format : 'pel',
    sizeBytes: source.sizeBytes,
    notes: source.notes,
    sigma255,
    sigmaRange255: map === null ? null : [Math.min(...map.sigma255), Math.max(...map.sigma255)],
    noiseWord: noiseWordOf(sigma255),
    hasReference: reference !== null,
    pel: pelHeader === null ? null : { modelId: pelHeader.modelId, quality: pelHeader.quality },
  };
}

function layerOf(image: OpenImage, layer: ImageLayer): Pixels {
  const pixels = {
    source: image.photo.pixels,
    restored: image.restored?.pixels,
    latent: image.restored?.encoded?.latent,
    reference: image.reference,
  }[layer];
  if (pixels !== undefined && pixels !== null) return pixels;
  throw new PellucidError(
    'INVALID_ARGUMENT',
    `${image.photo.source.name} has no ${layer} picture yet; restore it first.`,
    {
      subject: image.photo.source.name,
    },
  );
}
