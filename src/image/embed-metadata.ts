import { insertAvifMetadata } from './avif-boxes.ts';
import { isColourChunk } from './collect-metadata.ts';
import { stripGps } from './exif.ts';
import { insertJpegMetadata, maxJpegExifBytes, maxJpegXmpBytes } from './jpeg-segments.ts';
import { densityChunk, iccChunk, insertPngChunks, xmpChunk } from './png-chunks.ts';
import { insertTiffMetadata } from './tiff-metadata.ts';
import { insertWebpMetadata } from './webp-chunks.ts';
import { stripXmpGps, withoutPadding } from './xmp.ts';
import type { OutputFormat, PhotoMetadata } from '../shared/photo.ts';

/** Keep everything, drop only the place, or drop all but what the colours and the size on paper need. */
export type MetadataChoice = 'keep' | 'strip-gps' | 'strip';

/** The part of a photo's metadata that is to be written. */
export function selectMetadata(metadata: PhotoMetadata, choice: MetadataChoice): PhotoMetadata {
  if (choice === 'keep') return metadata;
  const { icc, exif, xmp, iptc, density, pngChunks } = metadata;
  const selected: PhotoMetadata = {};
  if (icc !== undefined) selected.icc = icc;
  if (density !== undefined) selected.density = density;
  if (choice === 'strip') {
    if (pngChunks !== undefined) selected.pngChunks = pngChunks.filter(isColourChunk);
    return selected;
  }
  if (exif !== undefined) selected.exif = stripGps(exif);
  if (xmp !== undefined) selected.xmp = stripXmpGps(xmp);
  if (iptc !== undefined) selected.iptc = iptc;
  if (pngChunks !== undefined) selected.pngChunks = pngChunks;
  return selected;
}

/**
 * Puts metadata into an encoded picture, byte for byte. libvips would write EXIF anew and drop what it does not know,
 * and it would convert the pixels to any profile that is given to it.
 *
 * @param encoded a file of `format` as sharp writes it, without metadata
 * @param onNote takes a line for each piece that the format cannot hold
 */
export function embedMetadata(
  encoded: Uint8Array,
  format: OutputFormat,
  picture: { width: number; height: number; hasAlpha: boolean },
  metadata: PhotoMetadata,
  onNote: (note: string) => void,
): Uint8Array {
  if (format !== 'png' && hasOwnGamma(metadata)) onNote('gamma of the PNG left out: only PNG can hold it');
  switch (format) {
    case 'jpeg':
      return insertJpegMetadata(encoded, fitJpeg(metadata, onNote));
    case 'png':
      return insertPngChunks(encoded, toPngChunks(metadata));
    case 'webp':
      return insertWebpMetadata(encoded, picture, metadata);
    case 'tiff':
      return insertTiffMetadata(encoded, metadata);
    case 'avif':
      return insertAvifMetadata(encoded, metadata);
  }
}

/** Gamma of sRGB as PNG writes it, in 1/100000 (PNG, third edition, 11.3.2.2). */
const srgbGamma = 45_455;

/** True for a PNG whose values mean something else than sRGB and that has no profile to say so elsewhere. */
function hasOwnGamma({ icc, pngChunks = [] }: PhotoMetadata): boolean {
  if (icc !== undefined || pngChunks.some(({ type }) => type === 'sRGB' || type === 'cICP')) return false;
  const gamma = pngChunks.find(({ type, data }) => type === 'gAMA' && data.byteLength === 4);
  return gamma !== undefined && Buffer.from(gamma.data).readUInt32BE() !== srgbGamma;
}

function toPngChunks({ icc, exif, xmp, density, pngChunks = [] }: PhotoMetadata) {
  const chunks = [...pngChunks];
  if (icc !== undefined) chunks.push(iccChunk(icc));
  if (density !== undefined) chunks.push(densityChunk(density));
  if (exif !== undefined) chunks.push({ type: 'eXIf', data: exif });
  if (xmp !== undefined) chunks.push(xmpChunk(xmp));
  return chunks;
}

function fitJpeg(metadata: PhotoMetadata, onNote: (note: string) => void): PhotoMetadata {
  const fitted = { ...metadata };
  if (fitted.exif !== undefined && fitted.exif.byteLength > maxJpegExifBytes) {
    delete fitted.exif;
    onNote('EXIF of more than 64 KB left out: JPEG cannot hold it');
  }
  if (fitted.xmp !== undefined && fitted.xmp.byteLength > maxJpegXmpBytes) {
    const trimmed = withoutPadding(fitted.xmp);
    if (trimmed.byteLength <= maxJpegXmpBytes) {
      fitted.xmp = trimmed;
    } else {
      delete fitted.xmp;
      onNote('XMP of more than 64 KB left out: JPEG cannot hold it');
    }
  }
  return fitted;
}
