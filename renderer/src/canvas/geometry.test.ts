import { describe, expect, it } from 'vitest';
import {
  around,
  bestArrangement,
  fitScale,
  grow,
  keepInside,
  originOf,
  toPicture,
  visibleRegion,
  zoomAt,
} from './geometry.ts';

const picture = { width: 1000, height: 600 };
const pane = { width: 400, height: 300 };

describe('fitScale', () => {
  it('is the smaller of both ratios and never above 1', () => {
    expect(fitScale(picture, pane)).toBe(0.4);
    expect(fitScale({ width: 600, height: 1000 }, pane)).toBe(0.3);
    expect(fitScale({ width: 10, height: 10 }, pane)).toBe(1);
  });
});

describe('zoomAt', () => {
  it('keeps the picture position under the pointer', () => {
    const view = { centre: { x: 512.5, y: 300 }, scale: 0.5 };
    const anchor = { x: 37, y: 211 };
    const before = toPicture(anchor, view, pane);
    const after = toPicture(anchor, zoomAt(view, 0.83, anchor, pane), pane);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
  });

  it('stays within one device pixel where the origin is rounded', () => {
    const anchor = { x: 37, y: 211 };
    const view = { centre: { x: 512.5, y: 300 }, scale: 0.5 };
    const before = toPicture(anchor, view, pane);
    const after = toPicture(anchor, zoomAt(view, 4, anchor, pane), pane);
    expect(Math.abs(after.x - before.x) * 4).toBeLessThanOrEqual(0.5);
  });
});

describe('originOf', () => {
  it('lies on a device pixel from 100 % on', () => {
    const origin = originOf({ centre: { x: 333.3, y: 99.7 }, scale: 3 }, pane);
    expect(Number.isInteger(origin.x) && Number.isInteger(origin.y)).toBe(true);
  });
});

describe('keepInside', () => {
  it('centres a side that fits and stops the other at the edge', () => {
    // At 0.45 the picture is 450 x 270: wider than the pane, less high.
    const kept = keepInside({ centre: { x: -50, y: 17 }, scale: 0.45 }, picture, pane);
    expect(kept.centre.y).toBe(300);
    expect(kept.centre.x).toBeCloseTo(pane.width / 0.45 / 2, 9);
  });

  it('zooms out no further than the whole picture', () => {
    expect(keepInside({ centre: { x: 0, y: 0 }, scale: 0.01 }, picture, pane).scale).toBe(0.4);
  });
});

describe('visibleRegion', () => {
  it('is the whole picture when it fits', () => {
    const region = visibleRegion({ centre: { x: 500, y: 300 }, scale: 0.4 }, picture, pane);
    expect(region).toEqual({ left: 0, top: 0, width: 1000, height: 600 });
  });

  it('covers every pixel that is partly seen', () => {
    // At 100 % around (500, 300): columns 300..699, rows 150..449.
    const region = visibleRegion({ centre: { x: 500, y: 300 }, scale: 1 }, picture, pane);
    expect(region).toEqual({ left: 300, top: 150, width: 400, height: 300 });
  });
});

describe('grow and around', () => {
  it('stay inside the picture', () => {
    expect(grow({ left: 10, top: 550, width: 100, height: 50 }, 0.2, picture)).toEqual({
      left: 0,
      top: 540,
      width: 130,
      height: 60,
    });
    expect(around({ x: 5, y: 599 }, 320, picture)).toEqual({ left: 0, top: 280, width: 320, height: 320 });
    expect(around({ x: 5, y: 5 }, 320, { width: 100, height: 900 })).toEqual({
      left: 0,
      top: 0,
      width: 100,
      height: 320,
    });
  });
});

describe('bestArrangement', () => {
  const stage = { width: 850, height: 640 };

  it('shows three wide pictures two by two, and three tall ones side by side', () => {
    expect(bestArrangement({ width: 3000, height: 2000 }, stage, 3, 40)).toBe('grid');
    expect(bestArrangement({ width: 2000, height: 3000 }, stage, 3, 40)).toBe('columns');
  });

  it('stacks two panoramas', () => {
    expect(bestArrangement({ width: 4000, height: 1000 }, stage, 2, 40)).toBe('rows');
  });
});
