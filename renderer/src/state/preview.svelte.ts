import type { Region } from '../../../src/shared/pixels.ts';
import { around, middlePoint, type Point } from '../canvas/geometry.ts';
import { toTile, type Tile } from '../canvas/layer.svelte.ts';
import type { Viewport } from '../canvas/viewport.svelte.ts';
import type { Host } from '../host/host.ts';
import type { Photo } from './photo.svelte.ts';
import type { RestoreOptions } from './restore-options.svelte.ts';

/** Side of the patch that is restored first. */
const patchSide = 320;
const debounceMs = 60;

/** The patch where the person looks, restored at once by the real model while the whole photo takes its time. */
export class Preview {
  readonly #host: Host;
  readonly #options: RestoreOptions;
  readonly #viewport: Viewport;
  #shown = $state.raw<{ photo: Photo; tile: Tile } | null>(null);
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, options: RestoreOptions, viewport: Viewport) {
    this.#host = host;
    this.#options = options;
    this.#viewport = viewport;
  }

  /** The patch of a photo; null where there is none. */
  tileOf(photo: Photo): Tile | null {
    return this.#shown?.photo === photo ? this.#shown.tile : null;
  }

  /** Makes the patch around a point, or in the middle of what is seen, once nothing has changed for a blink. */
  soon(photo: Photo, point?: Point): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.make(photo, point), debounceMs);
  }

  /** Makes the patch; an older one that is still being made is given up. A failure is left for the full run to tell. */
  async make(photo: Photo, point?: Point): Promise<void> {
    this.stop();
    const { signal } = this.#abort;
    if (photo.info === null || !photo.isOpen) return;
    const { imageId } = photo.info;
    try {
      const region = this.#region(photo.info, point);
      const params = { imageId, settings: this.#options.settingsFor(photo), region };
      const tile = await toTile(await this.#host.call('restore.crop', params, { signal }));
      if (signal.aborted) tile.bitmap.close();
      else this.#show({ photo, tile });
    } catch {
      return;
    }
  }

  /** Gives up the patch that is being made. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Takes the patch away: the whole picture is there. */
  clear(): void {
    this.stop();
    this.#show(null);
  }

  /** True where the patch is so much smaller than the photo that it is worth making first. */
  isWorthwhile(info: { width: number; height: number }): boolean {
    return info.width * info.height > 4 * patchSide ** 2;
  }

  #show(shown: { photo: Photo; tile: Tile } | null): void {
    this.#shown?.tile.bitmap.close();
    this.#shown = shown;
  }

  #region(info: { width: number; height: number }, point: Point | undefined): Region {
    const { picture, visible } = this.#viewport;
    const isLookedAt = picture.width === info.width && picture.height === info.height;
    const seen = isLookedAt ? visible : { left: 0, top: 0, width: info.width, height: info.height };
    return around(point ?? middlePoint(seen), patchSide, info);
  }
}
