/** Where a map of pictures is looked at: the pixel of its middle, and pixels for each unit of it. */
export interface MapFrame {
  x: number;
  y: number;
  scale: number;
}

/** Places of pictures, two numbers each, within -1..1. */
export type MapPoints = readonly number[];

/** Least side of a picture on the map, in pixels; it grows to twice this before room is made for more. */
const cellPx = 28;
const smallestScale = 40;
const largestScale = 200_000;

/** A frame that shows the whole map. */
export function wholeMap(width: number, height: number): MapFrame {
  const scale = Math.max(smallestScale, Math.min(width, height) / 2 - cellPx);
  return { x: width / 2, y: height / 2, scale };
}

/** The frame after a zoom that leaves the pixel (x, y) where it is. */
export function zoomedAt(frame: MapFrame, factor: number, x: number, y: number): MapFrame {
  const scale = Math.min(largestScale, Math.max(smallestScale, frame.scale * factor));
  const actual = scale / frame.scale;
  return { x: x + (frame.x - x) * actual, y: y + (frame.y - y) * actual, scale };
}

/** The side of pictures on the map, in pixels. */
export function pictureSide({ scale }: MapFrame): number {
  return (cellPx * scale) / 2 ** Math.floor(Math.log2(scale));
}

/** Where along an axis the middle of a picture is drawn: in the middle of its cell, so that none covers another. */
export function pictureMiddle(place: number, { scale }: MapFrame): number {
  const cell = cellPx / 2 ** Math.floor(Math.log2(scale));
  return (Math.floor((place + 2) / cell) + 0.5) * cell - 2;
}

/**
 * Which pictures there is room for at a scale: one for each cell of a grid that lies still on the map, so that pictures
 * stay while the map is moved. What is chosen at a scale is kept for the next time.
 */
export class MapGrid {
  readonly #points: MapPoints;
  readonly #levels = new Map<number, Uint8Array>();

  constructor(points: MapPoints) {
    this.#points = points;
  }

  /** 1 for each picture that is shown, 0 for each that is a dot. */
  shownAt({ scale }: MapFrame): Uint8Array {
    const level = Math.floor(Math.log2(scale));
    const known = this.#levels.get(level);
    if (known !== undefined) return known;
    const cell = cellPx / 2 ** level;
    const count = this.#points.length / 2;
    const shown = new Uint8Array(count);
    const taken = new Set<number>();
    const columns = Math.ceil(4 / cell) + 2;
    for (let index = 0; index < count; index++) {
      const column = Math.floor(((this.#points[2 * index] ?? 0) + 2) / cell);
      const row = Math.floor(((this.#points[2 * index + 1] ?? 0) + 2) / cell);
      const key = row * columns + column;
      if (taken.has(key)) continue;
      taken.add(key);
      shown[index] = 1;
    }
    this.#levels.set(level, shown);
    return shown;
  }
}

/** Pictures whose pixels lie inside a polygon (even-odd rule). */
export function inside(points: MapPoints, frame: MapFrame, polygon: readonly (readonly [number, number])[]): number[] {
  const found: number[] = [];
  for (let index = 0; index < points.length / 2; index++) {
    const x = frame.x + (points[2 * index] ?? 0) * frame.scale;
    const y = frame.y + (points[2 * index + 1] ?? 0) * frame.scale;
    let isInside = false;
    for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
      const [ax, ay] = polygon[at] ?? [0, 0];
      const [bx, by] = polygon[before] ?? [0, 0];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
    }
    if (isInside) found.push(index);
  }
  return found;
}

/** The picture that is drawn at a pixel, or the dot that is nearest to it within a few pixels; null where none is. */
export function pictureAt(points: MapPoints, frame: MapFrame, shown: Uint8Array, x: number, y: number): number | null {
  const half = pictureSide(frame) / 2;
  let best: number | null = null;
  let bestDistance = Infinity;
  for (let index = 0; index < points.length / 2; index++) {
    const isShown = shown[index] === 1;
    const [across = 0, down = 0] = [points[2 * index] ?? 0, points[2 * index + 1] ?? 0].map((place) =>
      isShown ? pictureMiddle(place, frame) : place,
    );
    const distance = Math.max(Math.abs(frame.x + across * frame.scale - x), Math.abs(frame.y + down * frame.scale - y));
    if (distance <= (isShown ? half : 4) && distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return best;
}
