import type { Attachment } from 'svelte/attachments';
import { toPicture, type Point } from './geometry.ts';
import type { Viewport } from './viewport.svelte.ts';

/** Movement below this, in CSS pixels, is a click. */
const clickSlack = 4;
const wheelRate = 0.0015;
const pinchRate = 0.01;
/** Zooming past 100 % this closely stops there, since only there is a picture pixel a screen pixel. */
const snap = 0.04;

/**
 * Makes an element a handle on the viewport: drag to pan, wheel and pinch to zoom where the pointer is, double click to
 * change between the whole picture and 100 %. A click is reported with its position in the picture.
 */
export function panAndZoom(viewport: Viewport, clicked: (point: Point) => void): Attachment<HTMLElement> {
  return (element) => {
    const gesture = new Gesture(element, viewport, clicked);
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener('wheel', (event) => gesture.wheel(event), { signal, passive: false });
    element.addEventListener('pointerdown', (event) => gesture.down(event), { signal });
    element.addEventListener('pointermove', (event) => gesture.move(event), { signal });
    element.addEventListener('pointerup', (event) => gesture.up(event), { signal });
    element.addEventListener('pointercancel', (event) => gesture.forget(event), { signal });
    element.addEventListener('dblclick', (event) => gesture.toggle(event), { signal });
    return () => listening.abort();
  };
}

class Gesture {
  readonly #element: HTMLElement;
  readonly #viewport: Viewport;
  readonly #clicked: (point: Point) => void;
  readonly #pointers = new Map<number, Point>();
  #travel = 0;

  constructor(element: HTMLElement, viewport: Viewport, clicked: (point: Point) => void) {
    this.#element = element;
    this.#viewport = viewport;
    this.#clicked = clicked;
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch on a touchpad comes as a wheel with Control held.
    const rate = event.ctrlKey ? pinchRate : wheelRate;
    this.#zoomBy(Math.exp(-event.deltaY * lines * rate), this.#pointOf(event));
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#pointOf(event));
    if (this.#pointers.size === 1) this.#travel = 0;
  }

  move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    this.#viewport.pointAt(toPicture(this.#pointOf(event), this.#viewport.view, this.#viewport.pane));
    if (before === undefined) return;
    const now = this.#pointOf(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    this.#travel += distance(before, now);
    if (other === undefined) {
      this.#viewport.panBy(now.x - before.x, now.y - before.y);
      return;
    }
    this.#viewport.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#zoomBy(distance(now, other) / Math.max(1, distance(before, other)), middle);
  }

  up(event: PointerEvent): void {
    const wasDown = this.#pointers.has(event.pointerId);
    this.forget(event);
    if (!wasDown || this.#travel > clickSlack * devicePixelRatio) return;
    this.#clicked(toPicture(this.#pointOf(event), this.#viewport.view, this.#viewport.pane));
  }

  forget(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }

  toggle(event: MouseEvent): void {
    if (this.#viewport.isFitted) this.#viewport.zoomTo(1, this.#pointOf(event));
    else this.#viewport.fit();
  }

  #zoomBy(factor: number, anchor: Point): void {
    const scale = this.#viewport.view.scale * factor;
    this.#viewport.zoomTo(Math.abs(scale - 1) < snap && factor !== 1 ? 1 : scale, anchor);
  }

  /** Position in the element, in device pixels. */
  #pointOf(event: MouseEvent): Point {
    const box = this.#element.getBoundingClientRect();
    return { x: (event.clientX - box.left) * devicePixelRatio, y: (event.clientY - box.top) * devicePixelRatio };
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
