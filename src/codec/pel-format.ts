import { invalidArgument, PellucidError } from '../shared/errors.ts';

/** What a .pel file says about its picture, before anything is decoded. */
export interface PelHeader {
  /** The model that decodes the file: 1 to 64 of a-z, 0-9, `.`, `_`, `-`. */
  modelId: string;
  /** 8 bytes that stand for the model's weights and entropy tables, as 16 lower-case hexadecimal digits. */
  modelHash: string;
  width: number;
  height: number;
  /** Bits per sample of the photo that was compressed. */
  bitDepth: 8 | 16;
  /** 1 is grey, 3 is RGB. */
  channels: 1 | 3;
  /** 1..100, a multiple of 1/8. */
  quality: number;
  /** Noise that was assumed in the photo, standard deviation on the 0..255 scale, 0..255; for information. */
  sigma255: number;
}

/** A block beside the picture: a profile, metadata, or the alpha plane, whose bytes the container does not look into. */
export interface PelBlock {
  kind: PelBlockKind;
  bytes: Uint8Array;
}

export type PelBlockKind = 'icc' | 'exif' | 'xmp' | 'alpha';

/** A .pel file taken apart. Byte arrays are views of the file's bytes. */
export interface PelFile {
  header: PelHeader;
  blocks: PelBlock[];
  /** The entropy-coded integers: one or several strips of the latent, from the top. */
  strips: Uint8Array[];
}

/** `\x8FPEL`: the first byte is no text in any encoding, and shows a transfer that strips the eighth bit. */
export const pelMagic: Uint8Array = Uint8Array.of(0x8f, 0x50, 0x45, 0x4c);
/** The highest version that is written and read: 1 holds one strip, 2 several, in which groups of zeros are coded as such. */
export const pelVersion = 2;

/** Numbers of block kinds. From 128 on a reader that does not know a kind may skip it; below it must refuse the file. */
export const pelBlockNumbers: Readonly<Record<PelBlockKind | 'payload', number>> = {
  payload: 0,
  alpha: 1,
  icc: 128,
  exif: 129,
  xmp: 130,
};
export const firstOptionalBlock = 128;

export const maxPelSide = 65535;
/** The largest picture that is written or read: 268 megapixels. */
export const maxPelPixels = 2 ** 28;
export const modelHashBytes = 8;
export const crcBytes = 4;
/** Quality and sigma are stored as integers: eighths and sixteenths. */
export const qualitySteps = 8;
export const sigmaSteps = 16;

const modelIdPattern = /^[a-z0-9._-]{1,64}$/;
const modelHashPattern = /^[0-9a-f]{16}$/;

/** True when the bytes begin as a .pel file does. */
export function looksLikePel(bytes: Uint8Array): boolean {
  return pelMagic.every((byte, index) => bytes[index] === byte);
}

/** True for a model id that a .pel file can hold. */
export function isPelModelId(id: string): boolean {
  return modelIdPattern.test(id);
}

/** @throws INVALID_ARGUMENT for a header that no .pel file can hold */
export function assertPelHeader(header: PelHeader): void {
  const isSide = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= maxPelSide;
  if (!isSide(header.width)) throw invalidArgument('width', `an integer from 1 to ${maxPelSide}`, header.width);
  if (!isSide(header.height)) throw invalidArgument('height', `an integer from 1 to ${maxPelSide}`, header.height);
  if (header.width * header.height > maxPelPixels)
    throw invalidArgument('width x height', `at most ${maxPelPixels} pixels`, header.width * header.height);
  if (!isPelModelId(header.modelId))
    throw invalidArgument('modelId', '1 to 64 characters of a-z, 0-9, ".", "_" and "-"', header.modelId);
  if (!modelHashPattern.test(header.modelHash))
    throw invalidArgument('modelHash', '16 lower-case hexadecimal digits', header.modelHash);
  const { quality, sigma255 } = header;
  if (!(quality >= 1 && quality <= 100) || !Number.isInteger(quality * qualitySteps))
    throw invalidArgument('quality', 'a multiple of 1/8 from 1 to 100', quality);
  if (!(sigma255 >= 0 && sigma255 <= 255)) throw invalidArgument('sigma255', 'a number from 0 to 255', sigma255);
}

/** The error for bytes that are no whole and sound .pel file. */
export function corruptPel(what: string): PellucidError {
  return new PellucidError('PEL_CORRUPT', `This .pel file ${what}; get an undamaged copy of it.`);
}
