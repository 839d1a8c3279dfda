import type { Pixels } from './pixels.ts';

/** Formats that a photo is read from, as found in its content. */
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif';

/** Formats that a photo is written in. */
export type OutputFormat = Exclude<PhotoFormat, 'gif'>;

/** One chunk of a PNG file that only PNG can hold: how its colours are meant, and its comments. */
export interface PngChunk {
  /** Four letters, such as `gAMA`. */
  type: string;
  data: Uint8Array;
}

/** What a file says about its picture. Bytes are as they were in the file, but for what no longer holds. */
export interface PhotoMetadata {
  /** ICC profile that the pixel values are meant in; sRGB where there is none. */
  icc?: Uint8Array;
  /** TIFF structure of EXIF without the `Exif\0\0` prefix: orientation is 1 and there is no thumbnail. */
  exif?: Uint8Array;
  /** XMP packet, UTF-8; orientation is 1. */
  xmp?: Uint8Array;
  /** Content of a JPEG's APP13 segment. */
  iptc?: Uint8Array;
  /** Pixels per inch. */
  density?: { x: number; y: number };
  pngChunks?: PngChunk[];
}

/** What the file was, as far as a person wants to know. */
interface PhotoOrigin {
  format: PhotoFormat;
  /** File name without folder. */
  name: string;
  path?: string;
  sizeBytes: number;
  /** Milliseconds since 1970, for a file on disk. */
  modifiedMs?: number;
  /** Bits per sample in the file: 1, 2, 4, 8, 10, 12 or 16. */
  bitDepth: number;
  /** What was done knowingly when reading: `first of 12 frames`, `CMYK converted to sRGB`, ... */
  notes: string[];
}

/** A decoded photo. Pixel values are in the photo's own colour space, upright, never premultiplied. */
export interface Photo {
  pixels: Pixels;
  /** Opacity, `width * height` values of the same kind of array as `pixels.data`. */
  alpha?: Uint8Array | Uint16Array;
  metadata: PhotoMetadata;
  source: PhotoOrigin;
}

/** What can be known without decoding. */
export interface PhotoHeader {
  format: PhotoFormat;
  /** Of the upright picture. */
  width: number;
  height: number;
  channels: 1 | 3;
  /** Bits per sample in the file. */
  bitDepth: number;
  hasAlpha: boolean;
  /** Frames of an animation or pages of a TIFF. */
  pages: number;
  sizeBytes: number;
}
