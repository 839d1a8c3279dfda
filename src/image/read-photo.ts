import { unlessAborted } from './cancellation.ts';
import { collectMetadata } from './collect-metadata.ts';
import { loadSource } from './image-source.ts';
import { inputOptions, inspect, corrupt, readableReason } from './inspect.ts';
import { splitAlpha } from './interleave.ts';
import { sharp } from './sharp-runtime.ts';
import type { Photo, PhotoHeader } from '../shared/photo.ts';
import type { ImageSource, LoadedSource } from './image-source.ts';
import type { Inspection } from './inspect.ts';

/** A decoder that works on one picture for longer than this is stopped: no picture within the limits takes so long. */
const decodeTimeoutSeconds = 600;

export interface ReadOptions {
  /** Most pixels of width x height, checked before decoding. */
  maxPixels?: number;
  signal?: AbortSignal;
}

/**
 * Reads a photo with everything that belongs to it: pixels upright in their own colour space and depth (16 bits stay
 * 16), alpha apart and untouched, metadata as bytes. Only CMYK is converted, to sRGB, and the photo's notes say so.
 *
 * @throws {PellucidError} `FILE_NOT_FOUND`, `PERMISSION_DENIED`, `EMPTY_FILE`, `NOT_AN_IMAGE`, `FORMAT_UNSUPPORTED`,
 *   `IMAGE_CORRUPT`, `IMAGE_DIMENSIONS_INVALID`, `IMAGE_TOO_LARGE`, `ABORTED`
 */
export async function readPhoto(source: ImageSource, options: ReadOptions = {}): Promise<Photo> {
  return decodePhoto(await unlessAborted(options.signal, () => loadSource(source, options.signal)), options);
}

export interface DecodeOptions extends ReadOptions {
  /** Is told what the header says, and may let the decoding wait: for memory, say. */
  beforeDecode?: (header: PhotoHeader) => Promise<void>;
}

/**
 * Decodes a file that is in memory; {@link readPhoto} is this and the reading.
 *
 * @throws {PellucidError} `FORMAT_UNSUPPORTED`, `IMAGE_CORRUPT`, `IMAGE_DIMENSIONS_INVALID`, `IMAGE_TOO_LARGE`, `ABORTED`
 */
export async function decodePhoto(loaded: LoadedSource, options: DecodeOptions = {}): Promise<Photo> {
  return unlessAborted(options.signal, async () => {
    const inspection = await inspect(loaded, options.maxPixels);
    await options.beforeDecode?.(headerOf(loaded, inspection));
    options.signal?.throwIfAborted();
    const decoded = await decode(inspection, loaded.label);
    options.signal?.throwIfAborted();
    return await toPhoto(loaded, inspection, decoded);
  });
}

/**
 * Reads what a photo's header says, without decoding it.
 *
 * @throws {PellucidError} as {@link readPhoto}
 */
export async function readPhotoHeader(source: ImageSource, options: ReadOptions = {}): Promise<PhotoHeader> {
  return unlessAborted(options.signal, async () => {
    const loaded = await loadSource(source, options.signal);
    return headerOf(loaded, await inspect(loaded, options.maxPixels));
  });
}

function headerOf({ format, bytes }: LoadedSource, { header, plan, bitDepth }: Inspection): PhotoHeader {
  return {
    format,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    channels: plan.isGrey ? 1 : 3,
    bitDepth,
    hasAlpha: header.hasAlpha,
    pages: header.pages ?? 1,
    sizeBytes: bytes.byteLength,
  };
}

interface Decoded {
  samples: Uint8Array | Uint16Array;
  width: number;
  height: number;
  channels: number;
  notes: string[];
}

/** Damage that the decoder only warns of is tolerated, as every viewer does, but it is said. */
async function decode(inspection: Inspection, label: string): Promise<Decoded> {
  try {
    return { ...(await decodeRaw(inspection, 'warning')), notes: [] };
  } catch (warning) {
    try {
      const decoded = await decodeRaw(inspection, 'error');
      const reason = warning instanceof Error ? readableReason(warning.message) : '';
      return { ...decoded, notes: [`damaged in part, the rest was decoded${reason === '' ? '' : ` (${reason})`}`] };
    } catch (error) {
      throw corrupt(label, error);
    }
  }
}

async function decodeRaw({ bytes, plan }: Inspection, failOn: 'warning' | 'error'): Promise<Omit<Decoded, 'notes'>> {
  const { data, info } = await sharp(bytes, {
    ...inputOptions(failOn),
    autoOrient: true,
    ignoreIcc: !plan.convertsToSrgb,
  })
    .toColourspace(plan.colourspace)
    .raw({ depth: plan.depth })
    .timeout({ seconds: decodeTimeoutSeconds })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { samples: toSamples(data, plan.depth), width, height, channels };
}

function toSamples(data: Buffer, depth: 'uchar' | 'ushort'): Uint8Array | Uint16Array {
  if (depth === 'uchar') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const aligned = data.byteOffset % 2 === 0 ? data : Uint8Array.from(data);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

async function toPhoto(
  loaded: LoadedSource,
  { bytes, header, plan, bitDepth }: Inspection,
  decoded: Decoded,
): Promise<Photo> {
  const { width, height } = decoded;
  const { format, name, path, modifiedMs } = loaded;
  const { colour, alpha, colourChannels } = splitAlpha(decoded.samples, decoded.channels, plan.isGrey);
  const notes = [...plan.notes, ...decoded.notes];
  const facts = { width, height, becameSrgb: plan.convertsToSrgb };
  const metadata = await collectMetadata({ bytes, format, header }, facts, notes);
  return {
    pixels: { width, height, channels: colourChannels, data: colour },
    ...(alpha === undefined ? {} : { alpha }),
    metadata,
    source: {
      format,
      name,
      ...(path === undefined ? {} : { path }),
      ...(modifiedMs === undefined ? {} : { modifiedMs }),
      sizeBytes: loaded.bytes.byteLength,
      bitDepth,
      notes,
    },
  };
}
