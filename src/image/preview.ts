import { invalidArgument } from '../shared/errors.ts';
import { unlessAborted } from './cancellation.ts';
import { insertPngChunks, iccChunk } from './png-chunks.ts';
import { toBitDepth } from './bit-depth.ts';
import { sharp } from './sharp-runtime.ts';
import { loadSource } from './image-source.ts';
import { corrupt, inputOptions, inspect } from './inspect.ts';
import type { Pixels, Region } from '../shared/pixels.ts';
import type { ImageSource } from './image-source.ts';

export interface PreviewOptions {
  /** Part of the picture to show; all of it when absent. */
  region?: Region;
  /** Most pixels that the preview may have; it is never enlarged. */
  maxWidth: number;
  maxHeight: number;
}

/**
 * Part of a picture with 8 bits for the screen: the exact pixels where they fit, else made smaller with Lanczos 3.
 *
 * @throws {PellucidError} `INVALID_ARGUMENT` when the region is not inside the picture
 */
export async function previewOf(pixels: Pixels, options: PreviewOptions): Promise<Pixels> {
  const cropped = crop(pixels, options.region);
  const { width, height, channels } = cropped;
  const scale = Math.min(1, options.maxWidth / width, options.maxHeight / height);
  const data = toBitDepth(cropped.data, 8);
  if (scale === 1) return { ...cropped, data };
  const target = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const resized = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .resize({ ...target, fit: 'fill', kernel: 'lanczos3' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return { ...target, channels, data: new Uint8Array(resized.buffer, resized.byteOffset, resized.byteLength) };
}

/**
 * {@link previewOf} as PNG, quick to make; with the photo's profile, so that the screen shows its colours.
 *
 * @returns the PNG and its size in pixels
 */
export async function previewPng(
  pixels: Pixels,
  options: PreviewOptions & { icc?: Uint8Array | undefined },
): Promise<{ png: Uint8Array; width: number; height: number }> {
  const preview = await previewOf(pixels, options);
  const { width, height } = preview;
  const png = await toPng(preview, 1);
  return { png: options.icc === undefined ? png : insertPngChunks(png, [iccChunk(options.icc)]), width, height };
}

/**
 * A small picture of a file for a list: upright, 8 bits, sRGB, transparency on white. Decoders that can shrink while
 * they read do so, which is much faster than {@link previewOf} of the whole photo.
 *
 * @param maxSide most pixels of its longer side
 * @throws {PellucidError} as `readPhoto`
 */
export async function readPreview(
  source: ImageSource,
  { maxSide, maxPixels, signal }: { maxSide: number; maxPixels?: number; signal?: AbortSignal },
): Promise<Pixels> {
  return unlessAborted(signal, async () => {
    const loaded = await loadSource(source, signal);
    const { bytes } = await inspect(loaded, maxPixels);
    signal?.throwIfAborted();
    try {
      const { data, info } = await sharp(bytes, { ...inputOptions('error'), autoOrient: true })
        .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#fff' })
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      const { width, height } = info;
      return { width, height, channels: 3, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
    } catch (error) {
      throw corrupt(loaded.label, error);
    }
  });
}

/** 8-bit pixels as PNG without metadata. */
export async function toPng({ width, height, channels, data }: Pixels, compressionLevel: number): Promise<Uint8Array> {
  return await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel, adaptiveFiltering: false })
    .toBuffer();
}

/** A copy of part of a picture; where that is all of it, the picture itself, since a large one takes hundreds of megabytes. */
export function crop(pixels: Pixels, region: Region | undefined): Pixels {
  const { width, height, channels, data } = pixels;
  if (region === undefined) return pixels;
  const { left, top } = region;
  const fits = left >= 0 && top >= 0 && region.width >= 1 && region.height >= 1;
  if (!fits || left + region.width > width || top + region.height > height) {
    throw invalidArgument('region', `a part of ${width} x ${height} pixels`, region);
  }
  if (region.width === width && region.height === height) return pixels;
  const rowLength = region.width * channels;
  const length = rowLength * region.height;
  const part = data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  for (let row = 0; row < region.height; row++) {
    const from = ((top + row) * width + left) * channels;
    part.set(data.subarray(from, from + rowLength), row * rowLength);
  }
  return { width: region.width, height: region.height, channels, data: part };
}
