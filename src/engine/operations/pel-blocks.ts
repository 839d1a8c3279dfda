import { encodePhoto } from '../../image/encode-photo.ts';
import { selectMetadata } from '../../image/embed-metadata.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { PellucidError } from '../../shared/errors.ts';
import { bitDepthOf } from '../../shared/pixels.ts';
import type { MetadataChoice } from '../../image/embed-metadata.ts';
import type { PelBlock, PelFile } from '../../codec/pel-format.ts';
import type { Photo, PhotoMetadata } from '../../shared/photo.ts';

const metadataKinds = ['icc', 'exif', 'xmp'] as const;

/**
 * What goes into a `.pel` file beside the picture: profile, EXIF and XMP as they are, and alpha as a grey PNG, without
 * loss. An alpha plane that is opaque everywhere is kept too, so that a photo with alpha comes back as one.
 */
export async function toPelBlocks(
  { alpha, metadata, pixels }: Pick<Photo, 'alpha' | 'metadata' | 'pixels'>,
  choice: MetadataChoice,
): Promise<PelBlock[]> {
  const selected = selectMetadata(metadata, choice);
  const blocks: PelBlock[] = metadataKinds.flatMap((kind) => {
    const bytes = selected[kind];
    return bytes === undefined ? [] : [{ kind, bytes }];
  });
  if (alpha === undefined) return blocks;
  const plane = { width: pixels.width, height: pixels.height, channels: 1 as const, data: alpha };
  return [...blocks, { kind: 'alpha', bytes: await encodePhoto({ pixels: plane, metadata: {} }, { format: 'png' }) }];
}

/**
 * Profile, metadata and alpha of a `.pel` file.
 *
 * @throws {PellucidError} `PEL_CORRUPT` where the alpha plane does not belong to the picture
 */
export async function fromPelBlocks({ blocks, header }: PelFile): Promise<Pick<Photo, 'alpha' | 'metadata'>> {
  const metadata: PhotoMetadata = {};
  let alpha: Photo['alpha'];
  for (const { kind, bytes } of blocks) {
    if (kind === 'alpha') alpha = await readAlpha(bytes, header);
    else metadata[kind] = bytes;
  }
  return alpha === undefined ? { metadata } : { metadata, alpha };
}

async function readAlpha(bytes: Uint8Array, { width, height, bitDepth }: PelFile['header']): Promise<Photo['alpha']> {
  const unusable = (cause?: unknown) =>
    new PellucidError(
      'PEL_CORRUPT',
      'The transparency in this .pel file does not fit its picture; get an undamaged copy.',
      {
        cause,
      },
    );
  let pixels: Photo['pixels'];
  try {
    ({ pixels } = await readPhoto({ bytes, name: 'alpha plane' }, { maxPixels: width * height }));
  } catch (error) {
    throw unusable(error);
  }
  const fits = pixels.width === width && pixels.height === height && pixels.channels === 1;
  if (!fits || bitDepthOf(pixels) !== bitDepth) throw unusable();
  return pixels.data;
}
