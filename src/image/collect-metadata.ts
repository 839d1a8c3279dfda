import { findCodedColour, isUnusualGamut, profileForColour } from './coded-colour.ts';
import { normaliseExif, withoutExifPrefix } from './exif.ts';
import { densityOfJfif, listJpegSegments } from './jpeg-segments.ts';
import { densityOfChunk, isXmpChunk, listPngChunks } from './png-chunks.ts';
import { readTiffMetadata } from './tiff-metadata.ts';
import { normaliseXmp } from './xmp.ts';
import type { Metadata } from 'sharp';
import type { PhotoFormat, PhotoMetadata, PngChunk } from '../shared/photo.ts';
import type { PictureFacts } from './exif.ts';

/** Chunks that say how the values of a PNG are meant where it has no profile, and its comments. */
const keptPngChunks = new Set(['gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'tEXt', 'zTXt', 'iTXt', 'tIME']);
const colourPngChunks = new Set(['gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI']);

/**
 * The metadata of a file, made true for its upright picture.
 *
 * @param notes takes a line for what had to be left out
 */
export async function collectMetadata(
  { bytes, format, header }: { bytes: Uint8Array; format: PhotoFormat; header: Metadata },
  facts: PictureFacts,
  notes: string[],
): Promise<PhotoMetadata> {
  const metadata: PhotoMetadata = {};
  const fromTiff = format === 'tiff' ? readTiffMetadata(bytes) : undefined;
  const exif = fromTiff?.exif ?? (header.exif && withoutExifPrefix(header.exif));
  if (exif !== undefined) {
    const normalised = normaliseExif(exif, facts);
    if (normalised === undefined) notes.push('damaged EXIF left out');
    else metadata.exif = normalised;
  }
  // A profile of the old space would be wrong for values that are sRGB now.
  const icc = facts.becameSrgb === true ? undefined : (header.icc ?? (await codedProfile(bytes, format, notes)));
  if (icc !== undefined) metadata.icc = plainCopy(icc);
  if (header.xmp !== undefined && header.xmp.byteLength > 0) metadata.xmp = normaliseXmp(plainCopy(header.xmp));
  if (header.iptc !== undefined && format === 'jpeg') metadata.iptc = plainCopy(header.iptc);
  const density = fromTiff?.density ?? densityOf(bytes, format);
  if (density !== undefined) metadata.density = density;
  const pngChunks = format === 'png' ? collectPngChunks(bytes, facts) : [];
  if (pngChunks.length > 0) metadata.pngChunks = pngChunks;
  return metadata;
}

/** True for a chunk that changes how colours are shown, and so stays when metadata is stripped. */
export function isColourChunk({ type }: PngChunk): boolean {
  return colourPngChunks.has(type);
}

/** A file without a profile may still say what its values mean, in a way that only its own format has. */
async function codedProfile(bytes: Uint8Array, format: PhotoFormat, notes: string[]): Promise<Uint8Array | undefined> {
  const colour = findCodedColour(bytes, format);
  const icc = await profileForColour(colour);
  if (icc !== undefined) notes.push('Display P3 without a profile: profile added');
  else if (isUnusualGamut(colour)) notes.push('wide colours without a profile: shown as if sRGB');
  return icc;
}

function densityOf(bytes: Uint8Array, format: PhotoFormat): { x: number; y: number } | undefined {
  if (format === 'jpeg') return densityOfJfif(listJpegSegments(bytes));
  if (format !== 'png') return undefined;
  const chunk = listPngChunks(bytes).find(({ type }) => type === 'pHYs');
  return chunk && densityOfChunk(chunk);
}

function collectPngChunks(bytes: Uint8Array, { becameSrgb }: PictureFacts): PngChunk[] {
  return listPngChunks(bytes)
    .filter((chunk) => keptPngChunks.has(chunk.type) && !isXmpChunk(chunk))
    .filter((chunk) => becameSrgb !== true || !isColourChunk(chunk))
    .map(({ type, data }) => ({ type, data: plainCopy(data) }));
}

/** A copy that keeps neither the file nor a pool of the decoder in memory. */
function plainCopy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
