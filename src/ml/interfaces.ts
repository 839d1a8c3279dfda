import type { PelBlock, PelFile } from '../codec/container.ts';
import type { Pixels, Region } from '../shared/pixels.ts';
import type { Progress } from '../shared/contract.ts';
import type { NoiseMap } from './estimate/noise-map.ts';

/** Options that every long computation takes. */
export interface WorkOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Awaited before each tile: lets whoever started the work hold it. */
  pace?: () => Promise<void>;
}

/** The noise to take out. */
export interface NoiseOptions {
  /** Standard deviation of the noise on the 0..255 scale, whatever the bit depth. */
  sigma255: number;
  /** Where the noise varies: its levels over the picture, which count in place of `sigma255`. */
  noiseMap?: NoiseMap;
}

export interface DenoiseOptions extends WorkOptions, NoiseOptions {
  /** Take the mean over the eight orientations of the picture. */
  ensemble?: boolean;
  /** Only this part of the picture is computed and returned. */
  region?: Region;
}

/** A loaded denoising model. */
export interface Denoiser {
  readonly modelId: string;
  /** Same size, channels and bit depth out as in. Throws ABORTED between two tiles. */
  denoise(pixels: Pixels, options: DenoiseOptions): Promise<Pixels>;
  /** The same on RGB values [height, width, 3] of the 0..255 scale that need not be whole or within it. */
  denoiseFloats(values: Float32Array, width: number, height: number, options: DenoiseOptions): Promise<Float32Array>;
  dispose(): void;
}

export interface CompressOptions extends WorkOptions, NoiseOptions {
  /** 1..100. */
  quality: number;
  /** ICC, EXIF, XMP, alpha: kept in the file beside the picture. */
  blocks: PelBlock[];
}

export interface DecompressOptions extends WorkOptions {
  region?: Region;
  /** What `latentOf` gave for the file, where the caller has it already. */
  latent?: LatentIntegers;
}

/** Quantised latent as decoded from a file: integers in CHW order. */
export interface LatentIntegers {
  values: Int16Array;
  channels: number;
  height: number;
  width: number;
}

/** A photo that was analysed once, for files of any quality. */
export interface AnalysedPhoto {
  /** The bytes of the whole `.pel` file at a quality of 1..100: the same that `compress` gives. */
  encode(quality: number): Promise<Uint8Array>;
}

/** A loaded compressing model. */
export interface PhotoCodec {
  readonly modelId: string;
  /** The bytes of a whole `.pel` file. */
  compress(pixels: Pixels, options: CompressOptions): Promise<Uint8Array>;
  /** The same for RGB values [height, width, 3] of the 0..255 scale that need not be whole or within it. */
  compressFloats(values: Float32Array, width: number, height: number, options: CompressOptions): Promise<Uint8Array>;
  /** Takes the part of compressing that does not depend on the quality, for a search. */
  analyse(pixels: Pixels, options: Omit<CompressOptions, 'quality'>): Promise<AnalysedPhoto>;
  /** The picture that the bytes stand for, with the size, channels and bit depth that the file names. */
  decompress(file: PelFile, options: DecompressOptions): Promise<Pixels>;
  /** The integers of a file, for its picture and for the picture of the latent. Throws PEL_CORRUPT, MODEL_NOT_FOUND, ABORTED. */
  latentOf(file: PelFile, signal?: AbortSignal): Promise<LatentIntegers>;
  dispose(): void;
}
