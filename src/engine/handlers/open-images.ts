import { randomUUID } from 'node:crypto';
import type { PelHeader } from '../../codec/pel-format.ts';
import type { NoiseEstimate } from '../../ml/estimate/noise-map.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Photo } from '../../shared/photo.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { OpenedPel } from '../operations/open-pel.ts';

/** What came of restoring an open picture. */
export interface RestoredImage {
  pixels: Pixels;
  /** Noise level that was removed, on the 0..255 scale. */
  sigma255: number;
  modelId: string;
  /** The `.pel` file and the picture of its latent; null where nothing was encoded. */
  encoded: { pel: Uint8Array; latent: Pixels } | null;
}

/** A picture that the window works on; it stays in the engine, and only views of it cross. */
export interface OpenImage {
  readonly imageId: string;
  readonly photo: Photo;
  readonly noise: NoiseEstimate;
  /** The clean picture, where it is known. */
  readonly reference: Pixels | null;
  /** What it says of itself, where it was opened from a `.pel`: then it is restored already. */
  readonly pelHeader: PelHeader | null;
  restored: RestoredImage | null;
}

/** Pixels of results that are kept for pictures that are not being looked at, in bytes. */
const mostResultBytes = 1_500_000_000;

/** The pictures that are open, by id. */
export class OpenImages {
  readonly #images = new Map<string, OpenImage>();

  add(photo: Photo, noise: NoiseEstimate, reference: Pixels | null): OpenImage {
    const image = { imageId: randomUUID(), photo, noise, reference, pelHeader: null, restored: null };
    this.#images.set(image.imageId, image);
    return image;
  }

  /** Adds what was opened from a `.pel`, with the bytes and the latent that it came from. */
  addPel({ photo, header, pel, latent }: OpenedPel): OpenImage {
    const { sigma255, modelId } = header;
    const restored = { pixels: photo.pixels, sigma255, modelId, encoded: { pel, latent } };
    const noise = { sigma255, map: null };
    const image = { imageId: randomUUID(), photo, noise, reference: null, pelHeader: header, restored };
    this.#images.set(image.imageId, image);
    return image;
  }

  /** Throws INVALID_ARGUMENT for a picture that is not open. */
  get(imageId: string): OpenImage {
    const image = this.#images.get(imageId);
    if (image !== undefined) return image;
    throw new PellucidError('INVALID_ARGUMENT', 'This picture is no longer open in the engine; open it again.', {
      subject: imageId,
    });
  }

  /** Keeps a result, and drops the oldest ones when they take too much memory; they can be made again. */
  setResult(image: OpenImage, restored: RestoredImage): void {
    image.restored = restored;
    // The newest goes last, so that the first ones are the oldest.
    this.#images.delete(image.imageId);
    this.#images.set(image.imageId, image);
    let total = 0;
    for (const { restored: kept } of [...this.#images.values()]) total += kept?.pixels.data.byteLength ?? 0;
    for (const other of this.#images.values()) {
      if (total <= mostResultBytes || other === image) break;
      if (other.pelHeader !== null) continue;
      total -= other.restored?.pixels.data.byteLength ?? 0;
      other.restored = null;
    }
  }

  close(imageId: string): void {
    this.#images.delete(imageId);
  }
}
