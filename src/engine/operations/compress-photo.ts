import { fromPelBlocks, toPelBlocks } from './pel-blocks.ts';
import { readPel } from '../../codec/read-pel.ts';
import type { MetadataChoice } from '../../image/embed-metadata.ts';
import type { Models } from './models.ts';
import type { PelHeader } from '../../codec/pel-format.ts';
import type { LatentIntegers, NoiseOptions, PhotoCodec, WorkOptions } from '../../ml/interfaces.ts';
import { searchQuality } from './target-quality.ts';
import type { QualitySearch } from './target-quality.ts';
import type { Photo } from '../../shared/photo.ts';

/** A photo without where it came from: what a `.pel` file holds. */
export type PhotoContent = Pick<Photo, 'pixels' | 'alpha' | 'metadata'>;

export interface CompressPhotoOptions extends WorkOptions, NoiseOptions {
  /** 1..100; the file keeps it in eighths. */
  quality: number;
  metadata: MetadataChoice;
  /** What the quality is searched for, in place of `quality`. */
  search?: QualitySearch;
}

/** The bytes of the `.pel` file of a photo: picture, alpha, profile and metadata. Throws TARGET_UNREACHABLE, ABORTED. */
export async function compressPhoto(
  photo: PhotoContent,
  codec: PhotoCodec,
  { quality, metadata, search, ...options }: CompressPhotoOptions,
): Promise<Uint8Array> {
  const blocks = await toPelBlocks(photo, metadata);
  if (search !== undefined)
    return searchQuality(await codec.analyse(photo.pixels, { ...options, blocks }), codec, { ...options, ...search });
  return codec.compress(photo.pixels, { ...options, quality: Math.round(quality * 8) / 8, blocks });
}

export interface DecompressedPel extends PhotoContent {
  header: PelHeader;
  /** The integers that the picture was made from. */
  latent: LatentIntegers;
}

/**
 * The photo that the bytes of a `.pel` file stand for. The model that made it is looked up by id and weights.
 *
 * @throws {PellucidError} `PEL_CORRUPT`, `PEL_VERSION_UNSUPPORTED`, `MODEL_NOT_FOUND`, `ABORTED`
 */
export async function decompressPel(bytes: Uint8Array, models: Models, options: WorkOptions): Promise<DecompressedPel> {
  const file = readPel(bytes);
  const codec = await models.codecOf(file.header);
  const latent = await codec.latentOf(file, options.signal);
  const pixels = await codec.decompress(file, { ...options, latent });
  return { header: file.header, latent, pixels, ...(await fromPelBlocks(file)) };
}
