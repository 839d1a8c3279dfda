import { toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { BatchJob, ImageEncoding, OutputFormat, RestoreSettings } from '../../../src/shared/params.ts';
import { LatestOnly } from '../canvas/latest-only.ts';
import type { Host } from '../host/host.ts';
import type { Photo } from './photo.svelte.ts';
import { readStored, store } from './stored.ts';

/** What is written for a photo that goes through the codec; denoising alone makes no `.pel`. */
export type ExportWhat = 'both' | 'image' | 'pel';
export type ExportDepth = 'auto' | '8' | '10' | '12' | '16';

/** How results are written; kept from one time to the next. */
export interface ExportChoices {
  what: ExportWhat;
  format: OutputFormat;
  formatQuality: number;
  /** Bits per sample. */
  bitDepth: ExportDepth;
  keepsMetadata: boolean;
  /** Where the photo was taken; goes with the rest of the metadata where that goes. */
  keepsLocation: boolean;
  /** Name of the file, with parts in braces. */
  template: string;
}

export interface SavedFile {
  where: string;
  sizeBytes: number;
}

export const exportDefaults: ExportChoices = {
  what: 'both',
  format: 'same',
  formatQuality: 90,
  bitDepth: 'auto',
  keepsMetadata: true,
  keepsLocation: true,
  template: '{name}-clear',
};

/** Depths that a format has a choice of. */
export const depthsOf: Partial<Record<OutputFormat, readonly ExportDepth[]>> = {
  png: ['auto', '8', '16'],
  tiff: ['auto', '8', '16'],
  avif: ['auto', '8', '10', '12'],
};

const lossy: ReadonlySet<OutputFormat> = new Set(['jpeg', 'webp', 'avif']);
const item = 'pellucid.export';

/** Saves what was made of a photo, and remembers how. */
export class Exporter {
  readonly #host: Host;
  readonly #examples = new LatestOnly();
  #choices = $state.raw<ExportChoices>(readStored(item, isChoices, exportDefaults));
  #folder = $state<string | null>(null);
  #names = $state.raw<readonly string[]>([]);
  #nameError = $state.raw<PellucidError | null>(null);
  #isSaving = $state(false);
  #saved = $state.raw<SavedFile | null>(null);
  #error = $state.raw<PellucidError | null>(null);

  constructor(host: Host) {
    this.#host = host;
    void host.resultsFolder('get').then((folder) => (this.#folder = folder));
  }

  get choices(): ExportChoices {
    return this.#choices;
  }

  /** Whether there are folders to choose from; a page in a browser has none. */
  get hasFolders(): boolean {
    return this.#host.kind === 'electron';
  }

  /** Folder for the results of the queue, kept from one start to the next; null keeps them in the app until they are saved. */
  get folder(): string | null {
    return this.#folder;
  }

  /** Names that the photo's results would get. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** What is wrong with the template. */
  get nameError(): PellucidError | null {
    return this.#nameError;
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

  get isLossy(): boolean {
    return lossy.has(this.#choices.format);
  }

  change(change: Partial<ExportChoices>): void {
    const next = { ...this.#choices, ...change };
    const depths = depthsOf[next.format] ?? ['auto'];
    this.#choices = depths.includes(next.bitDepth) ? next : { ...next, bitDepth: 'auto' };
    store(item, this.#choices);
  }

  async chooseFolder(): Promise<void> {
    this.#folder = await this.#host.resultsFolder('choose');
  }

  /** Results stay in the app again. */
  async forgetFolder(): Promise<void> {
    this.#folder = await this.#host.resultsFolder('forget');
  }

  /** How the queue is to restore and write a photo. */
  jobFor(settings: RestoreSettings, isPel: boolean): BatchJob {
    const { what, template } = this.#choices;
    const isEncoded = settings.mode === 'codec';
    const restored = isEncoded && what === 'pel' ? 'compress' : 'restore';
    return {
      operation: isPel ? 'decompress' : restored,
      settings,
      encoding: this.#encoding(),
      output: {
        folder: this.#folder,
        template,
        existing: 'rename',
        skipLarger: false,
        again: false,
        keepDates: true,
        ...(isEncoded && what === 'image' ? { pictureOnly: true } : {}),
      },
    };
  }

  /** Asks the engine for the names that a photo's results would get. */
  showExample(name: string, job: BatchJob): void {
    this.#examples.run(async () => {
      try {
        this.#names = (await this.#host.call('batch.preview', { name, job })).names;
        this.#nameError = null;
      } catch (error) {
        this.#nameError = toPellucidError(error);
      }
    });
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
    const { template } = this.#choices;
    this.clear();
    this.#isSaving = true;
    try {
      const file = await this.#host.call('restore.export', { imageId, what, encoding: this.#encoding(), template });
      const { saved, where } = await this.#host.save(file.bytes, file.suggestedName, file.mediaType);
      if (saved) this.#saved = { where, sizeBytes: file.bytes.byteLength };
    } catch (error) {
      this.#error = toPellucidError(error, photo.fileName);
    } finally {
      this.#isSaving = false;
    }
  }

  /** Whether files can be dragged out of the window. */
  get canDragOut(): boolean {
    return this.#host.dragOut !== undefined;
  }

  /** Drags out what {@link save} would save. */
  async dragOut(photo: Photo, what: 'pel' | 'image'): Promise<void> {
    if (photo.info === null) return;
    const { imageId } = photo.info;
    const { template } = this.#choices;
    try {
      const file = await this.#host.call('restore.export', { imageId, what, encoding: this.#encoding(), template });
      this.#host.dragOut?.(file.bytes, file.suggestedName);
    } catch (error) {
      this.#error = toPellucidError(error, photo.fileName);
    }
  }

  #encoding(): ImageEncoding {
    const { format, formatQuality, bitDepth, keepsMetadata, keepsLocation } = this.#choices;
    const depths = { auto: undefined, '8': 8, '10': 10, '12': 12, '16': 16 } as const;
    const depth = depths[bitDepth];
    return {
      format,
      // A photo saved as it was keeps its format's own quality.
      ...(lossy.has(format) ? { formatQuality } : {}),
      ...(depth === undefined ? {} : { bitDepth: depth }),
      metadata: !keepsMetadata ? 'strip' : keepsLocation ? 'keep' : 'strip-gps',
    };
  }
}

/** What an earlier version has kept and what lacks something gives way to the defaults. */
function isChoices(value: unknown): value is ExportChoices {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(exportDefaults).every(([name, standard]) => typeof fields[name] === typeof standard);
}
