import { describe, expect, it } from 'vitest';
import { inside, MapGrid, pictureAt, pictureMiddle, pictureSide, wholeMap, zoomedAt } from './photo-map.ts';

describe('a map of pictures', () => {
  it('fits the window, and a zoom leaves the pixel under the pointer where it is', () => {
    const whole = wholeMap(800, 600);
    expect(whole.x).toBe(400);
    expect(whole.scale).toBeLessThanOrEqual(300);
    const place = (frame: typeof whole): number => (500 - frame.x) / frame.scale;
    const nearer = zoomedAt(whole, 3, 500, 100);
    expect(nearer.scale).toBeCloseTo(3 * whole.scale, 6);
    expect(place(nearer)).toBeCloseTo(place(whole), 9);
    expect(zoomedAt(whole, 1e9, 0, 0).scale).toBe(200_000);
  });

  it('shows no two pictures in one cell, keeps them while it is moved, and shows all when it is near enough', () => {
    const points = Array.from({ length: 2000 }, (_, at) => Math.sin(at * 12.9898));
    const grid = new MapGrid(points);
    const frame = { x: 0, y: 0, scale: 300 };
    const shown = grid.shownAt(frame);
    expect(grid.shownAt({ x: 70, y: -20, scale: 310 })).toBe(shown);
    const count = shown.reduce((sum, one) => sum + one, 0);
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(1000);
    const cells = new Set(
      [...shown.keys()]
        .filter((index) => shown[index] === 1)
        .map((index) => {
          const cell = 28 / 256;
          return `${Math.floor(((points[2 * index] ?? 0) + 2) / cell)},${Math.floor(((points[2 * index + 1] ?? 0) + 2) / cell)}`;
        }),
    );
    expect(cells.size).toBe(count);
    expect(pictureSide(frame)).toBeCloseTo((28 * 300) / 256, 6);
    const near = grid.shownAt({ x: 0, y: 0, scale: 200_000 });
    expect(near.reduce((sum, one) => sum + one, 0)).toBe(1000);
  });

  it('finds what a lasso encloses, also where it bends inward, and what is under the pointer', () => {
    const points = [0, 0, 0.5, 0, 0, 0.5, -0.5, 0.02];
    const frame = { x: 100, y: 100, scale: 100 };
    const bent = [
      [80, 80],
      [160, 80],
      [160, 160],
      [140, 160],
      [140, 90],
      [120, 90],
      [120, 160],
      [80, 160],
    ] as const;
    expect(inside(points, frame, bent)).toEqual([0, 1, 2]);
    expect(inside(points, frame, [])).toEqual([]);
    const shown = Uint8Array.of(1, 0, 0, 0);
    // A cell is 28 / 64 wide here; the first picture lies in the middle of one.
    const middle = 100 + 100 * pictureMiddle(0, frame);
    expect(Math.abs(middle - 100)).toBeLessThanOrEqual((100 * 28) / 64 / 2);
    expect(pictureAt(points, frame, shown, middle + 20, middle - 20)).toBe(0);
    expect(pictureAt(points, frame, shown, 152, 101)).toBe(1);
    expect(pictureAt(points, frame, shown, 180, 180)).toBeNull();
  });
});
