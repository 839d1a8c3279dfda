import { PellucidError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { memoryLimit, pixelsWithinLimit } from '../shared/memory-limit.ts';
import { findCodedColour, hdrTransferOf } from './coded-colour.ts';
import { declaredSize } from './declared-size.ts';
import { findJpegFrame, listJpegSegments } from './jpeg-segments.ts';
import { listPngChunks, withEarlyExif } from './png-chunks.ts';
import { isRawPhoto } from './raw-photo.ts';
import { sharp } from './sharp-runtime.ts';
import type { Metadata, SharpOptions } from 'sharp';
import type { LoadedSource } from './image-source.ts';

/** How the decoder is asked for a picture, so that no value is changed without need. */
interface DecodePlan {
  colourspace: 'b-w' | 'srgb' | 'grey16' | 'rgb16';
  depth: 'uchar' | 'ushort';
  isGrey: boolean;
  /** True where the values have to be converted to sRGB through their profile, because we have no such space. */
  convertsToSrgb: boolean;
  notes: string[];
}

/** A file that was found good from its header. */
export interface Inspection {
  bytes: Uint8Array;
  header: Metadata;
  plan: DecodePlan;
  /** Bits per sample in the file. */
  bitDepth: number;
}

/**
 * Options for every read through sharp: one page, no pixel limit of sharp's (ours is checked from the header), damage
 * decided by `failOn`.
 */
export function inputOptions(failOn: 'warning' | 'error'): SharpOptions {
  // No page is named, so that sharp takes the first one, and of an AVIF the primary one.
  return { failOn, limitInputPixels: false, limitInputChannels: false, pages: 1 };
}

/**
 * Reads a picture's header and decides how it will be decoded; refuses what cannot be decoded faithfully.
 *
 * @param maxPixels most pixels of width x height; by default the project's limit, or what fits into the memory limit
 * @throws {PellucidError} `IMAGE_TOO_LARGE`, `IMAGE_DIMENSIONS_INVALID`, `IMAGE_CORRUPT`, `FORMAT_UNSUPPORTED`
 */
export async function inspect(
  loaded: LoadedSource,
  maxPixels: number = pixelsWithinLimit(limits.maxPixels),
): Promise<Inspection> {
  const { format, label } = loaded;
  const declared = declaredSize(loaded.bytes, format);
  if (declared !== undefined) assertSize(declared, maxPixels, label);
  assertCommonCoding(loaded);
  const bytes = format === 'png' ? withEarlyExif(loaded.bytes, listPngChunks(loaded.bytes)) : loaded.bytes;
  const header = await readHeader(bytes, label);
  assertSize(header, maxPixels, label);
  if (format === 'tiff' && isRawPhoto(bytes)) {
    const remedy = 'Develop it in a raw converter (darktable, RawTherapee, the camera maker’s own) and open the TIFF.';
    throw new PellucidError('FORMAT_UNSUPPORTED', `${label} is a raw photo, which is not read. ${remedy}`, {
      subject: label,
    });
  }
  const hdr = hdrTransferOf(findCodedColour(bytes, format));
  if (hdr !== undefined) {
    const message = `${label} is an HDR picture (${hdr}), which is not read. Export it with a standard curve, such as sRGB.`;
    throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: label });
  }
  const plan = planDecoding(header, label);
  return { bytes, header, plan, bitDepth: header.bitsPerSample ?? (plan.depth === 'ushort' ? 16 : 8) };
}

async function readHeader(bytes: Uint8Array, label: string): Promise<Metadata> {
  try {
    return await sharp(bytes, inputOptions('error')).metadata();
  } catch (error) {
    throw corrupt(label, error);
  }
}

function assertSize({ width, height }: { width: number; height: number }, maxPixels: number, label: string): void {
  if (width === 0 || height === 0) {
    const message = `${label} says that it is ${width} x ${height} pixels; a picture has at least one. Save it again from where it was made.`;
    throw new PellucidError('IMAGE_DIMENSIONS_INVALID', message, { subject: label });
  }
  if (width * height > maxPixels) {
    const megapixels = (count: number) => `${Math.round(count / 1e6)} megapixels`;
    const message =
      `${label} says that it is ${width} x ${height} pixels (${megapixels(width * height)}); ` +
      `the limit is ${megapixels(maxPixels)}${limitWords()}. Raise it with maxPixels if the file is trusted and memory allows.`;
    throw new PellucidError('IMAGE_TOO_LARGE', message, { subject: label });
  }
}

function assertCommonCoding({ bytes, format, label }: LoadedSource): void {
  if (format !== 'jpeg') return;
  const frame = findJpegFrame(listJpegSegments(bytes));
  if (frame === undefined || (frame.precision === 8 && [1, 3, 4].includes(frame.components))) return;
  const what =
    frame.precision === 8 ? `a JPEG of ${frame.components} components` : `a JPEG of ${frame.precision} bits per sample`;
  const message = `${label} is ${what}, which is not read. Convert it to 16-bit TIFF or PNG first.`;
  throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: label });
}

/** What the decoder could not read, as an error about the file. */
export function corrupt(label: string, cause: unknown): PellucidError {
  const reason = cause instanceof Error ? readableReason(cause.message) : '';
  const detail = reason === '' ? '' : ` (${reason})`;
  const message = `${label} is damaged or incomplete and cannot be decoded${detail}. Copy it again from where it came from.`;
  return new PellucidError('IMAGE_CORRUPT', message, { subject: label, cause });
}

/** The last line of the decoder's complaint, without what only its authors need. */
export function readableReason(message: string): string {
  const lines = message
    .replace(/Input buffer has corrupt header:\s*/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (lines.at(-1) ?? '').replace(/^\w*(?:_buffer|_source|load)?: /, '');
}

function planDecoding(header: Metadata, label: string): DecodePlan {
  const { space, depth, channels } = header;
  const notes = describeHeader(header);
  if (space === 'cmyk' && depth === 'uchar' && channels >= 4) {
    const conversion = 'CMYK converted to sRGB';
    return { colourspace: 'srgb', depth, isGrey: false, convertsToSrgb: true, notes: [conversion, ...notes] };
  }
  const isGrey = channels <= 2;
  const isKnownSpace = ['b-w', 'srgb', 'rgb', 'grey16', 'rgb16'].includes(space);
  if (isKnownSpace && depth === 'uchar' && channels <= 4) {
    // For raw output of grey with alpha sharp keeps the grey only, so it is asked for RGB and alpha.
    const colourspace = channels === 1 ? 'b-w' : 'srgb';
    return { colourspace, depth, isGrey, convertsToSrgb: false, notes };
  }
  if (isKnownSpace && depth === 'ushort' && channels <= 4) {
    return { colourspace: isGrey ? 'grey16' : 'rgb16', depth, isGrey, convertsToSrgb: false, notes };
  }
  const kind = `${channels} channels of type ${depth} in the colour space ${space}`;
  const message = `${label} has ${kind}, which is not read. Convert it to RGB or grey with 8 or 16 bits first.`;
  throw new PellucidError('FORMAT_UNSUPPORTED', message, { subject: label });
}

function describeHeader({ pages, format, isPalette, gainMap, bitsPerSample }: Metadata): string[] {
  const notes: string[] = [];
  if (pages !== undefined && pages > 1) notes.push(describePages(pages, format));
  if (isPalette === true) notes.push('palette became RGB');
  if (!isPalette && bitsPerSample !== undefined && bitsPerSample < 8) notes.push(`${bitsPerSample} bit became 8 bit`);
  if (gainMap !== undefined) notes.push('HDR gain map left out');
  return notes;
}

function describePages(pages: number, format: string): string {
  if (format === 'heif') return `main picture of ${pages}`;
  return `first of ${pages} ${format === 'tiff' ? 'pages' : 'frames'}`;
}

/** Why the limit is lower than the project's, where it is. */
function limitWords(): string {
  return memoryLimit() === null ? '' : ' with the memory that the settings allow';
}
