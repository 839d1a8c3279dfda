import { crop } from '../../image/preview.ts';
import { readPel } from '../../codec/read-pel.ts';
import { blend } from './blend.ts';
import { textureReachPx, withTexture } from './texture.ts';
import { compressPhoto, decompressPel } from './compress-photo.ts';
import type { MetadataChoice } from '../../image/embed-metadata.ts';
import type { Models } from './models.ts';
import type { QualitySearch } from './target-quality.ts';
import type { PhotoContent } from './compress-photo.ts';
import { mapOfPart } from '../../ml/estimate/noise-map.ts';
import type { LatentIntegers, NoiseOptions, WorkOptions } from '../../ml/interfaces.ts';
import type { KnownNoise } from './noise-level.ts';
import type { RestoreSettings } from '../../shared/params.ts';
import type { Pixels, Region } from '../../shared/pixels.ts';

/** Settings whose noise level is known: `auto` is resolved by `noiseLevelOf`. */
export type ResolvedSettings = Omit<RestoreSettings, 'sigma'> & KnownNoise;

/**
 * In a photo from a camera's JPEG the noise of neighbouring pixels is alike, and the estimate finds next to none. Below
 * this level the camera denoiser works, which has learned to see for itself how much there is.
 */
const mostWhite255 = 1.5;

/** A restored photo, and the bytes that it was decoded from where it went through the codec. */
export interface Restored {
  pixels: Pixels;
  modelId: string;
  pel: Uint8Array | null;
  /** The integers in those bytes. */
  latent: LatentIntegers | null;
}

export interface RestoreOptions extends WorkOptions {
  /** What of the metadata goes into the `.pel`. */
  metadata: MetadataChoice;
  /** The clean picture, where it is known. */
  reference?: Pixels | null;
}

/**
 * Restores a photo. In the mode `codec` the picture is decoded from the very bytes of the file that is returned with
 * it; `denoise` makes no file and blends with the noisy photo by the strength.
 *
 * @throws {PellucidError} `MODEL_NOT_FOUND` and its like, `ABORTED`
 */
export async function restorePhoto(
  photo: PhotoContent,
  settings: ResolvedSettings,
  models: Models,
  options: RestoreOptions,
): Promise<Restored> {
  if (settings.mode === 'denoise') return denoisePhoto(photo.pixels, settings, models, options);
  const { pel, modelId } = await compressTo(photo, settings, models, options);
  const { pixels, latent } = await decompressPel(pel, models, options);
  return { pixels, modelId, pel, latent };
}

/**
 * The `.pel` of a photo, of the quality that is set or that meets the target. Throws as {@link restorePhoto}, and
 * TARGET_UNREACHABLE.
 */
export async function compressTo(
  photo: PhotoContent,
  settings: ResolvedSettings,
  models: Models,
  { reference = null, ...options }: RestoreOptions,
): Promise<{ pel: Uint8Array; modelId: string }> {
  const { quality, modelId, target } = settings;
  const noise = noiseOf(settings);
  const codec = await models.codec(modelId);
  const truth = async (): Promise<Pixels> => reference ?? (await withoutNoise(photo.pixels, noise, models, options));
  const search = target && { target, truth, orNearest: false };
  const pel = await compressPhoto(photo, codec, { ...options, ...noise, quality, ...(search && { search }) });
  return { pel, modelId: codec.modelId };
}

function noiseOf({ sigma255, noiseMap }: ResolvedSettings): NoiseOptions {
  return { sigma255, ...(noiseMap && { noiseMap }) };
}

/** Below this level there is no noise worth removing. */
export const cleanSigma255 = 1;

/** The photo itself, or denoised where there is noise in it: what a file is measured against where nothing better is. */
async function withoutNoise(
  pixels: Pixels,
  noise: NoiseOptions,
  models: Models,
  { signal, pace }: WorkOptions,
): Promise<Pixels> {
  if (noise.sigma255 < cleanSigma255) return pixels;
  const denoiser = await models.denoiser();
  return denoiser.denoise(pixels, { ...noise, ...(signal && { signal }), ...(pace && { pace }) });
}

/**
 * Denoises a picture without encoding it. Strength 0 gives the picture itself, and of it and texture the first counts
 * last. Throws as {@link restorePhoto}.
 */
export async function denoisePhoto(
  pixels: Pixels,
  settings: Omit<ResolvedSettings, 'mode' | 'quality'>,
  models: Models,
  options: WorkOptions & { region?: Region },
): Promise<Restored> {
  const { modelId, sigma255, noiseMap, isEstimated, strength, texture = 0, bestQuality = false } = settings;
  const seemsClean = modelId === undefined && isEstimated && sigma255 < mostWhite255;
  const camera = seemsClean ? await models.cameraDenoiser() : null;
  const denoiser = camera ?? (await models.denoiser(modelId));
  const { modelId: id } = denoiser;
  const { signal, onProgress, pace, region } = options;
  if (strength === 0) return { pixels: crop(pixels, region), modelId: id, pel: null, latent: null };
  const inner = region ?? { left: 0, top: 0, width: pixels.width, height: pixels.height };
  const area = texture === 0 ? inner : grow(inner, pixels, { margin: textureReachPx, grid: 1 });
  const denoised = await denoiser.denoise(pixels, {
    sigma255,
    ...(noiseMap && { noiseMap }),
    ensemble: bestQuality,
    region: area,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(pace && { pace }),
  });
  const noisy = crop(pixels, area);
  const textured = texture === 0 ? denoised : withTexture(noisy, denoised, texture);
  const place = { left: inner.left - area.left, top: inner.top - area.top, width: inner.width, height: inner.height };
  return { pixels: crop(blend(noisy, textured, strength), place), modelId: id, pel: null, latent: null };
}

/** Surroundings that a codec preview takes along, in pixels, and the grid of the codec that it keeps to. */
const previewSurroundings = { margin: 64, grid: 16 };

/**
 * Restores only part of a photo, for a look at it: with the mode `codec` the part and its surroundings are compressed
 * and decompressed by themselves, on the grid that the whole photo would be compressed on.
 *
 * @returns the pixels of the region
 * @throws {PellucidError} as {@link restorePhoto}, and `INVALID_ARGUMENT` for a region that is not inside the picture
 */
export async function restoreRegion(
  pixels: Pixels,
  region: Region,
  settings: ResolvedSettings,
  models: Models,
  options: WorkOptions,
): Promise<Pixels> {
  const wanted = crop(pixels, region);
  if (settings.mode === 'denoise') {
    return (await denoisePhoto(pixels, settings, models, { ...options, region })).pixels;
  }
  const surrounding = grow(region, pixels, previewSurroundings);
  const part = { pixels: crop(pixels, surrounding), metadata: {} };
  const codec = await models.codec(settings.modelId);
  const { quality, target } = settings;
  const noise = noiseOfPart(noiseOf(settings), pixels, surrounding);
  const truth = (): Promise<Pixels> => withoutNoise(part.pixels, noise, models, options);
  const share = (surrounding.width * surrounding.height) / (pixels.width * pixels.height);
  const search = target && { target: shareOf(target, share), truth, orNearest: true };
  const pel = await compressPhoto(part, codec, {
    ...options,
    ...noise,
    quality,
    metadata: 'strip',
    ...(search && { search }),
  });
  const restored = await codec.decompress(readPel(pel), options);
  const inside = { left: region.left - surrounding.left, top: region.top - surrounding.top };
  return crop(restored, { ...inside, width: wanted.width, height: wanted.height });
}

/** The noise of a part of a photo, from that of all of it. */
function noiseOfPart({ sigma255, noiseMap }: NoiseOptions, photo: Pixels, part: Region): NoiseOptions {
  return { sigma255, ...(noiseMap && { noiseMap: mapOfPart(noiseMap, photo, part) }) };
}

/** What a part of a photo may take of the bytes. */
function shareOf(target: QualitySearch['target'], share: number): QualitySearch['target'] {
  return 'maxBytes' in target ? { maxBytes: Math.max(1, Math.round(target.maxBytes * share)) } : target;
}

/** A region with a margin around it as far as the picture goes, whose left and top are on a grid; all in pixels. */
function grow(
  { left, top, width, height }: Region,
  picture: Pixels,
  { margin, grid }: { margin: number; grid: number },
): Region {
  const onGrid = (position: number): number => Math.max(0, Math.floor((position - margin) / grid) * grid);
  const [outLeft, outTop] = [onGrid(left), onGrid(top)];
  return {
    left: outLeft,
    top: outTop,
    width: Math.min(picture.width, left + width + margin) - outLeft,
    height: Math.min(picture.height, top + height + margin) - outTop,
  };
}
