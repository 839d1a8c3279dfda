import type { Region } from '../../../src/shared/pixels.ts';
import {
  around,
  fitScale,
  keepInside,
  maxScale,
  visibleRegion,
  zoomAt,
  type Point,
  type Size,
  type View,
} from './geometry.ts';
import type { Loupe } from './paint.ts';

const nothing: Size = { width: 1, height: 1 };
const minLoupeScale = 4;
const loupeRadiusPx = 90;
/** Steps of the zoom keys and buttons. */
const stops = [
  1 / 64,
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 6,
  1 / 4,
  1 / 3,
  1 / 2,
  2 / 3,
  1,
  2,
  3,
  4,
  6,
  8,
  12,
  16,
  24,
  maxScale,
];

/** The one zoom and pan that all panes share. */
export class Viewport {
  #picture = $state.raw(nothing);
  #pane = $state.raw(nothing);
  #wanted = $state.raw<View>({ centre: { x: 0, y: 0 }, scale: 1 });
  #isFitted = $state(true);
  #hasLoupe = $state(false);
  #pointer = $state.raw<Point | null>(null);
  #view = $derived.by(() => {
    const scale = fitScale(this.#picture, this.#pane);
    const middle = { x: this.#picture.width / 2, y: this.#picture.height / 2 };
    return this.#isFitted ? { centre: middle, scale } : keepInside(this.#wanted, this.#picture, this.#pane);
  });
  #visible = $derived(visibleRegion(this.#view, this.#picture, this.#pane));

  get view(): View {
    return this.#view;
  }

  /** Size of a pane in device pixels. */
  get pane(): Size {
    return this.#pane;
  }

  get picture(): Size {
    return this.#picture;
  }

  get visible(): Region {
    return this.#visible;
  }

  get isFitted(): boolean {
    return this.#isFitted;
  }

  get hasLoupe(): boolean {
    return this.#hasLoupe;
  }

  /** What the loupe is held over in every pane: the last position of the pointer, else the middle. Null without one. */
  get loupe(): Loupe | null {
    if (!this.#hasLoupe) return null;
    const scale = Math.min(maxScale, Math.max(minLoupeScale, 2 * this.#view.scale));
    const radius = Math.min(loupeRadiusPx * devicePixelRatio, this.#pane.width / 3, this.#pane.height / 3);
    return { point: this.#pointer ?? this.#view.centre, scale, radius };
  }

  /** The picture pixels that the loupe shows. */
  get magnified(): Region | null {
    const { loupe } = this;
    return loupe === null ? null : around(loupe.point, Math.ceil((2 * loupe.radius) / loupe.scale) + 2, this.#picture);
  }

  toggleLoupe(): void {
    this.#hasLoupe = !this.#hasLoupe;
  }

  /** The pointer is over a position of the picture. */
  pointAt(point: Point): void {
    if (this.#hasLoupe) this.#pointer = point;
  }

  /** Another picture to look at; one of the same size keeps zoom and pan. */
  setPicture(size: Size): void {
    if (size.width === this.#picture.width && size.height === this.#picture.height) return;
    this.#picture = { width: size.width, height: size.height };
    this.#isFitted = true;
    this.#pointer = null;
  }

  setPane(size: Size): void {
    if (size.width === this.#pane.width && size.height === this.#pane.height) return;
    this.#pane = size;
  }

  fit(): void {
    this.#isFitted = true;
  }

  /** Zooms to a scale, keeping what lies under `anchor`; the middle of the pane when absent. */
  zoomTo(scale: number, anchor: Point = this.#middle()): void {
    this.#look(zoomAt(this.#view, Math.min(maxScale, scale), anchor, this.#pane));
  }

  /** One step in (1) or out (-1). */
  step(direction: 1 | -1): void {
    const { scale } = this.#view;
    const next =
      direction === 1 ? stops.find((stop) => stop > scale * 1.001) : stops.findLast((stop) => stop < scale * 0.999);
    if (next !== undefined) this.zoomTo(next);
  }

  /** Moves the picture by device pixels. */
  panBy(dx: number, dy: number): void {
    const { centre, scale } = this.#view;
    this.#look({ scale, centre: { x: centre.x - dx / scale, y: centre.y - dy / scale } });
  }

  #look(view: View): void {
    const kept = keepInside(view, this.#picture, this.#pane);
    this.#wanted = kept;
    this.#isFitted = kept.scale <= fitScale(this.#picture, this.#pane);
  }

  #middle(): Point {
    return { x: this.#pane.width / 2, y: this.#pane.height / 2 };
  }
}
