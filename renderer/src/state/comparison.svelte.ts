import type { ImageLayer } from '../../../src/shared/params.ts';
import { Layer } from '../canvas/layer.svelte.ts';
import type { Viewport } from '../canvas/viewport.svelte.ts';
import type { Host } from '../host/host.ts';
import type { Photo } from './photo.svelte.ts';

interface Layers {
  source: Layer;
  latent: Layer;
  restored: Layer;
  reference: Layer;
}

/** The pictures of the photo that is looked at. */
export class Comparison {
  readonly #host: Host;
  readonly #viewport: Viewport;
  #photo: Photo | null = null;
  #layers = $state.raw<Layers | null>(null);

  constructor(host: Host, viewport: Viewport) {
    this.#host = host;
    this.#viewport = viewport;
  }

  get source(): Layer | null {
    return this.#layers?.source ?? null;
  }

  get latent(): Layer | null {
    return this.#layers?.latent ?? null;
  }

  get restored(): Layer | null {
    return this.#layers?.restored ?? null;
  }

  /** The clean photo, where it is known. */
  get reference(): Layer | null {
    return this.#layers?.reference ?? null;
  }

  /** The result (counted as in the photo) that the restored pane shows; 0 while it shows none. */
  get restoredVersion(): number {
    return this.#layers?.restored.version ?? 0;
  }

  /** Looks at another photo. */
  show(photo: Photo | null): void {
    if (photo === this.#photo) return;
    this.#photo = photo;
    for (const layer of Object.values(this.#layers ?? {})) layer.dispose();
    this.#layers =
      photo === null
        ? null
        : {
            source: this.#layerOf(photo, 'source'),
            latent: this.#layerOf(photo, 'latent'),
            restored: this.#layerOf(photo, 'restored'),
            reference: this.#layerOf(photo, 'reference'),
          };
  }

  /** Fetches what the panes lack: to be called when the view, the photo or its result has changed. */
  refresh(): void {
    const photo = this.#photo;
    const layers = this.#layers;
    if (photo === null || layers === null || photo.info === null || !photo.isOpen) return;
    const { picture, visible, view, pane } = this.#viewport;
    if (picture.width !== photo.info.width || picture.height !== photo.info.height || pane.width <= 1) return;
    const look = { picture, visible, scale: view.scale };
    layers.source.want(1, look);
    if (photo.info.hasReference) layers.reference.want(1, look);
    const { magnified } = this.#viewport;
    if (magnified !== null) for (const layer of Object.values(layers)) layer.magnify(magnified);
    if (!photo.hasLiveResult) return;
    layers.restored.want(photo.resultVersion, look);
    if (photo.result?.encoded != null) layers.latent.want(photo.resultVersion, look);
  }

  #layerOf(photo: Photo, layer: ImageLayer): Layer {
    return new Layer((region, most) => {
      const imageId = photo.info?.imageId ?? '';
      const size = { maxWidth: Math.min(8192, most.width), maxHeight: Math.min(8192, most.height) };
      return this.#host.call('image.view', { imageId, layer, ...(region && { region }), ...size });
    }, layer === 'latent');
  }
}
