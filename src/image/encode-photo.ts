import { PellucidError, invalidArgument } from '../shared/errors.ts';
import { bitDepthOf } from '../shared/pixels.ts';
import { toBitDepth } from './bit-depth.ts';
import { unlessAborted } from './cancellation.ts';
import { embedMetadata, selectMetadata } from './embed-metadata.ts';
import { joinAlpha } from './interleave.ts';
import { sharp } from './sharp-runtime.ts';
import type { Sharp } from 'sharp';
import type { OutputFormat, Photo, PhotoFormat, PhotoMetadata } from '../shared/photo.ts';
import type { Pixels } from '../shared/pixels.ts';
import type { MetadataChoice } from './embed-metadata.ts';

export interface EncodeOptions {
  format: OutputFormat;
  /** 1..100, for JPEG, WebP and AVIF; 90, 85 and 70 when absent. */
  quality?: number;
  /** JPEG by mozjpeg's trellis and scans: smaller, and several times slower. */
  mozjpeg?: boolean | undefined;
  /** WebP and AVIF without loss; PNG and TIFF never lose anything. */
  lossless?: boolean | undefined;
  /**
   * Bits per sample: 8 or 16 for PNG and TIFF, 8, 10 or 12 for AVIF, 8 for JPEG and WebP. When absent, as many of the
   * photo's as the format has, and 10 for AVIF of a 16-bit photo.
   */
  bitDepth?: 8 | 10 | 12 | 16 | undefined;
  /** Colour resolution of JPEG and AVIF: full, or halved both ways; full when absent. */
  chroma?: '444' | '420' | undefined;
  /** `strip` and `strip-gps` never touch the colour profile. */
  metadata?: MetadataChoice;
  /** What to do with transparency in a format that has none (JPEG): refuse, or lay the photo on white. */
  transparency?: 'keep' | 'white' | undefined;
  /** Takes a line for each piece of metadata that the format cannot hold. */
  onNote?: (note: string) => void;
  signal?: AbortSignal;
}

const depthsOfFormat: Record<OutputFormat, readonly number[]> = {
  jpeg: [8],
  webp: [8],
  png: [8, 16],
  tiff: [8, 16],
  avif: [8, 10, 12],
};
const defaultQuality = { jpeg: 90, webp: 85, avif: 70 } as const;
const longestSidePx: Partial<Record<OutputFormat, number>> = { jpeg: 65_535, webp: 16_383, avif: 16_384 };

/** The format to write a photo in when its own is wanted; GIF, which is read only, becomes PNG. */
export function sameFormat(format: PhotoFormat): OutputFormat {
  return format === 'gif' ? 'png' : format;
}

/** The usual file ending of a format, with its dot. */
export function extensionOf(format: OutputFormat): string {
  return { jpeg: '.jpg', png: '.png', webp: '.webp', avif: '.avif', tiff: '.tif' }[format];
}

/** The media type of a format (IANA). */
export function mediaTypeOf(format: OutputFormat): string {
  return `image/${format}`;
}

/**
 * Encodes a photo with its profile and metadata. Pixel values go in as they are, without any colour conversion; alpha
 * is kept without loss.
 *
 * @returns the bytes of the file
 * @throws {PellucidError} `INVALID_ARGUMENT`, `FORMAT_UNSUPPORTED` where the format cannot hold the photo, `ABORTED`
 */
export async function encodePhoto(
  photo: Pick<Photo, 'pixels' | 'alpha' | 'metadata'>,
  options: EncodeOptions,
): Promise<Uint8Array> {
  assertEncodable(photo.pixels, options);
  const { pixels, alpha } = adaptToFormat(photo, options);
  const metadata = selectMetadata(photo.metadata, options.metadata ?? 'keep');
  const { samples, channels } = joinAlpha(pixels, alpha);
  const is16Bit = samples instanceof Uint16Array;
  const colourspace = is16Bit ? (channels <= 2 ? 'grey16' : 'rgb16') : channels <= 2 ? 'b-w' : 'srgb';
  const pipeline = sharp(samples, {
    raw: { width: pixels.width, height: pixels.height, channels },
    limitInputPixels: false,
  }).toColourspace(colourspace);
  const encoded = await unlessAborted(options.signal, () => configure(pipeline, samples, options, metadata).toBuffer());
  const picture = { width: pixels.width, height: pixels.height, hasAlpha: alpha !== undefined };
  const bytes = embedMetadata(encoded, options.format, picture, metadata, options.onNote ?? (() => undefined));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function assertEncodable({ width, height }: Pixels, { format, quality, bitDepth }: EncodeOptions): void {
  if (quality !== undefined && !(quality >= 1 && quality <= 100)) {
    throw invalidArgument('quality', 'a number from 1 to 100', quality);
  }
  if (bitDepth !== undefined && !depthsOfFormat[format].includes(bitDepth)) {
    throw invalidArgument('bitDepth', `${depthsOfFormat[format].join(' or ')} for ${format}`, bitDepth);
  }
  const longest = longestSidePx[format];
  if (longest !== undefined && Math.max(width, height) > longest) {
    const message = `A picture of ${width} x ${height} pixels does not fit ${format}, whose sides end at ${longest}. Choose PNG or TIFF.`;
    throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: format });
  }
}

/** Pixels and alpha in a depth that the encoder takes, and without alpha where the format has none. */
function adaptToFormat(
  photo: Pick<Photo, 'pixels' | 'alpha'>,
  options: EncodeOptions,
): Pick<Photo, 'pixels' | 'alpha'> {
  const { format } = options;
  const wanted = options.bitDepth ?? (format === 'jpeg' || format === 'webp' ? 8 : bitDepthOf(photo.pixels));
  const depth = wanted === 8 ? 8 : 16;
  const pixels = { ...photo.pixels, data: toBitDepth(photo.pixels.data, depth) };
  if (photo.alpha === undefined) return { pixels };
  const alpha = toBitDepth(photo.alpha, depth);
  if (format !== 'jpeg') return { pixels, alpha };
  if (alpha.every((value) => value === 255)) return { pixels };
  if (options.transparency === 'white') return { pixels: layOnWhite(pixels, alpha) };
  const message =
    'JPEG cannot hold the transparency of this photo. Choose PNG, WebP, AVIF or TIFF, or lay it on white.';
  throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: format });
}

function layOnWhite(pixels: Pixels, alpha: Uint8Array | Uint16Array): Pixels {
  const { data, channels } = pixels;
  const laid = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const opacity = (alpha[Math.floor(index / channels)] ?? 255) / 255;
    laid[index] = Math.round((data[index] ?? 0) * opacity + 255 * (1 - opacity));
  }
  return { ...pixels, data: laid };
}

function configure(
  pipeline: Sharp,
  samples: Uint8Array | Uint16Array,
  options: EncodeOptions,
  metadata: PhotoMetadata,
): Sharp {
  const { format, lossless = false } = options;
  const chromaSubsampling = options.chroma === '420' && !lossless ? '4:2:0' : '4:4:4';
  switch (format) {
    case 'jpeg': {
      const { quality = defaultQuality.jpeg, mozjpeg = false } = options;
      // Huffman tables that fit the photo make its file 1 to 3 % smaller, take ten times as long, and hold all coefficients.
      return pipeline.jpeg({ quality, chromaSubsampling, optimiseCoding: mozjpeg, mozjpeg });
    }
    case 'png':
      return pipeline.png({ compressionLevel: 6, adaptiveFiltering: true });
    case 'webp':
      // `exact` keeps the colour under transparent pixels, which the encoder would clear.
      return pipeline.webp({
        quality: options.quality ?? defaultQuality.webp,
        lossless,
        alphaQuality: 100,
        exact: true,
      });
    case 'avif': {
      const bitdepth = options.bitDepth === 12 ? 12 : samples instanceof Uint16Array ? 10 : 8;
      const quality = options.quality ?? defaultQuality.avif;
      // Effort 4, sharp's default, costs four times the processor time for files a seventh smaller.
      return pipeline.avif({ quality, lossless, bitdepth, chromaSubsampling, effort: 3 });
    }
    case 'tiff': {
      const { density } = metadata;
      const pixelsPerMm = density && {
        xres: density.x / 25.4,
        yres: density.y / 25.4,
        resolutionUnit: 'inch' as const,
      };
      return pipeline.tiff({ compression: 'deflate', predictor: 'horizontal', ...pixelsPerMm });
    }
  }
}
