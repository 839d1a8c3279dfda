import type { PellucidError } from '../../../src/shared/errors.ts';
import { Photo, type PhotoSource } from './photo.svelte.ts';

/** A file that could not be taken in, and why. */
export interface Skipped {
  name: string;
  error: PellucidError;
}

/** The photos that were added, in order, and the one that is looked at. */
export class Queue {
  #photos = $state.raw<readonly Photo[]>([]);
  #selected = $state.raw<Photo | null>(null);
  #skipped = $state.raw<readonly Skipped[]>([]);
  #doneCount = $derived(this.#photos.filter((photo) => photo.state === 'done').length);
  #failedCount = $derived(this.#photos.filter((photo) => photo.state === 'failed').length);

  get photos(): readonly Photo[] {
    return this.#photos;
  }

  get selected(): Photo | null {
    return this.#selected;
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  get doneCount(): number {
    return this.#doneCount;
  }

  get failedCount(): number {
    return this.#failedCount;
  }

  /** Adds photos at the end and looks at the first of them. */
  add(sources: readonly PhotoSource[]): void {
    const added = sources.map((source) => new Photo(source));
    if (added[0] === undefined) return;
    this.#photos = [...this.#photos, ...added];
    this.#selected = added[0];
  }

  select(photo: Photo): void {
    this.#selected = photo;
  }

  /** Takes a photo out; its neighbour is looked at instead. */
  remove(photo: Photo): void {
    const index = this.#photos.indexOf(photo);
    this.#photos = this.#photos.filter((other) => other !== photo);
    if (this.#selected === photo) this.#selected = this.#photos[index] ?? this.#photos.at(-1) ?? null;
  }

  /** Takes a file out that is no photo, and remembers why. */
  skip(photo: Photo, error: PellucidError): void {
    this.remove(photo);
    this.#skipped = [...this.#skipped, { name: photo.fileName, error }];
  }

  dismissSkipped(): void {
    this.#skipped = [];
  }
}
