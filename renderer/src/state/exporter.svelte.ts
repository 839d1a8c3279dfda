import { toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { OutputFormat } from '../../../src/shared/params.ts';
import type { Host } from '../host/host.ts';
import type { Photo } from './photo.svelte.ts';

export type MetadataChoice = 'keep' | 'strip-gps' | 'strip';

export interface SavedFile {
  where: string;
  sizeBytes: number;
}

export const defaultFormatQuality = 90;

/** Saves what was made of a photo, and remembers how. */
export class Exporter {
  readonly #host: Host;
  #format = $state<OutputFormat>('same');
  #formatQuality = $state(defaultFormatQuality);
  #metadata = $state<MetadataChoice>('keep');
  #isSaving = $state(false);
  #saved = $state.raw<SavedFile | null>(null);
  #error = $state.raw<PellucidError | null>(null);

  constructor(host: Host) {
    this.#host = host;
  }

  get format(): OutputFormat {
    return this.#format;
  }

  get formatQuality(): number {
    return this.#formatQuality;
  }

  get metadata(): MetadataChoice {
    return this.#metadata;
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  /** The file that was saved last. */
  get saved(): SavedFile | null {
    return this.#saved;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  setFormat(format: OutputFormat): void {
    this.#format = format;
  }

  setFormatQuality(quality: number): void {
    this.#formatQuality = quality;
  }

  setMetadata(metadata: MetadataChoice): void {
    this.#metadata = metadata;
  }

  /** Forgets the last message. */
  clear(): void {
    this.#saved = null;
    this.#error = null;
  }

  /** Saves the compressed file or the restored picture of a photo whose result the engine holds. */
  async save(photo: Photo, what: 'pel' | 'image'): Promise<void> {
    if (photo.info === null) return;
    const { imageId } = photo.info;
    const encoding = { format: this.#format, formatQuality: this.#formatQuality, metadata: this.#metadata };
    this.clear();
    this.#isSaving = true;
    try {
      const { bytes, suggestedName, mediaType } = await this.#host.call('restore.export', { imageId, what, encoding });
      const { saved, where } = await this.#host.save(bytes, suggestedName, mediaType);
      if (saved) this.#saved = { where, sizeBytes: bytes.byteLength };
    } catch (error) {
      this.#error = toPellucidError(error, photo.fileName);
    } finally {
      this.#isSaving = false;
    }
  }
}
