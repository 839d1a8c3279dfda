import type { Region } from '../../../src/shared/pixels.ts';

/**
 * Geometry of looking at a picture. Positions in the picture are in its own pixels; sizes and positions in a pane are
 * in device pixels, so that a scale of 1 is one picture pixel on one pixel of the screen.
 */
export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** What a pane looks at: the picture position in its centre, and device pixels per picture pixel. */
export interface View {
  centre: Point;
  scale: number;
}

export const maxScale = 32;

/** The scale at which the whole picture is seen; a small picture is not blown up. */
export function fitScale(picture: Size, pane: Size): number {
  return Math.min(1, pane.width / picture.width, pane.height / picture.height);
}

/**
 * Where the picture's origin lies in the pane. From 100 % on it is rounded to a device pixel, so that each picture
 * pixel covers whole device pixels.
 */
export function originOf(view: View, pane: Size): Point {
  const x = pane.width / 2 - view.centre.x * view.scale;
  const y = pane.height / 2 - view.centre.y * view.scale;
  return view.scale >= 1 ? { x: Math.round(x), y: Math.round(y) } : { x, y };
}

/** The picture position under a point of the pane. */
export function toPicture(point: Point, view: View, pane: Size): Point {
  const origin = originOf(view, pane);
  return { x: (point.x - origin.x) / view.scale, y: (point.y - origin.y) / view.scale };
}

/** The view after a change of scale that keeps the picture position under `anchor` (a point of the pane) in place. */
export function zoomAt(view: View, scale: number, anchor: Point, pane: Size): View {
  const fixed = toPicture(anchor, view, pane);
  return {
    scale,
    centre: {
      x: fixed.x - (anchor.x - pane.width / 2) / scale,
      y: fixed.y - (anchor.y - pane.height / 2) / scale,
    },
  };
}

/** The view with its scale in bounds and no needless empty space: a side that fits is centred, others reach the edge. */
export function keepInside(view: View, picture: Size, pane: Size): View {
  const scale = Math.min(maxScale, Math.max(fitScale(picture, pane), view.scale));
  return {
    scale,
    centre: {
      x: keepAxis(view.centre.x, picture.width, pane.width / scale),
      y: keepAxis(view.centre.y, picture.height, pane.height / scale),
    },
  };
}

function keepAxis(centre: number, length: number, seen: number): number {
  if (seen >= length) return length / 2;
  return Math.min(length - seen / 2, Math.max(seen / 2, centre));
}

/** The whole picture pixels that a pane shows, at least one. */
export function visibleRegion(view: View, picture: Size, pane: Size): Region {
  const first = toPicture({ x: 0, y: 0 }, view, pane);
  const last = toPicture({ x: pane.width, y: pane.height }, view, pane);
  const left = clamp(Math.floor(first.x), 0, picture.width - 1);
  const top = clamp(Math.floor(first.y), 0, picture.height - 1);
  return {
    left,
    top,
    width: clamp(Math.ceil(last.x), left + 1, picture.width) - left,
    height: clamp(Math.ceil(last.y), top + 1, picture.height) - top,
  };
}

/** A region grown by a share of its sides on every side, inside the picture. */
export function grow(region: Region, share: number, picture: Size): Region {
  const dx = Math.round(region.width * share);
  const dy = Math.round(region.height * share);
  const left = Math.max(0, region.left - dx);
  const top = Math.max(0, region.top - dy);
  return {
    left,
    top,
    width: Math.min(picture.width, region.left + region.width + dx) - left,
    height: Math.min(picture.height, region.top + region.height + dy) - top,
  };
}

/** The picture position in the middle of a region. */
export function middlePoint(region: Region): Point {
  return { x: region.left + region.width / 2, y: region.top + region.height / 2 };
}

/** The square of at most `side` pixels around a picture position, moved where it would leave the picture. */
export function around(point: Point, side: number, picture: Size): Region {
  const width = Math.min(side, picture.width);
  const height = Math.min(side, picture.height);
  return {
    left: clamp(Math.round(point.x - width / 2), 0, picture.width - width),
    top: clamp(Math.round(point.y - height / 2), 0, picture.height - height),
    width,
    height,
  };
}

/** True if `inner` lies in `outer`. */
export function contains(outer: Region, inner: Region): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}

export type Arrangement = 'columns' | 'rows' | 'grid';

/**
 * How to lay out panes so that the picture is seen largest: side by side, one below the other, or two by two with the
 * spare cell for figures. `chrome` is what each pane loses of its height to its caption.
 */
export function bestArrangement(picture: Size, stage: Size, panes: number, chrome: number): Arrangement {
  const cells: Record<Arrangement, Size> = {
    columns: { width: stage.width / panes, height: stage.height - chrome },
    rows: { width: stage.width, height: stage.height / panes - chrome },
    grid: { width: stage.width / 2, height: stage.height / 2 - chrome },
  };
  const candidates: Arrangement[] = panes === 3 ? ['columns', 'grid', 'rows'] : ['columns', 'rows'];
  const scaleOf = (name: Arrangement) =>
    Math.min(cells[name].width / picture.width, cells[name].height / picture.height);
  // A later candidate must be clearly better: the order above is the order of preference.
  return candidates.reduce((best, name) => (scaleOf(name) > scaleOf(best) * 1.1 ? name : best));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
