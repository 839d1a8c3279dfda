import type { Region } from '../../../src/shared/pixels.ts';
import { originOf, type Point, type Size, type View } from './geometry.ts';
import type { Tile } from './layer.svelte.ts';

/** A picture in a pane, shown between two shares (0..1) of the pane's width. */
export interface Sheet {
  tiles: readonly Tile[];
  from: number;
  to: number;
  /** 1, or less for a picture that only stands in for one that is not there yet. */
  opacity: number;
}

export interface Scene {
  view: View;
  pane: Size;
  picture: Size;
  sheets: readonly Sheet[];
  /** Part to be marked with a thin frame. */
  frame: Region | null;
}

/** Draws a pane. Its bitmap has exactly the pane's device pixels. */
export function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const { width, height } = scene.pane;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  const origin = originOf(scene.view, scene.pane);
  for (const sheet of scene.sheets) {
    context.save();
    context.beginPath();
    context.rect(sheet.from * width, 0, (sheet.to - sheet.from) * width, height);
    context.clip();
    context.beginPath();
    context.rect(origin.x, origin.y, scene.picture.width * scene.view.scale, scene.picture.height * scene.view.scale);
    context.clip();
    context.globalAlpha = sheet.opacity;
    for (const tile of sheet.tiles) paintTile(context, tile, origin, scene.view.scale);
    context.restore();
  }
  if (scene.frame !== null) paintFrame(context, scene.frame, origin, scene.view.scale);
}

function paintTile(context: CanvasRenderingContext2D, tile: Tile, origin: Point, scale: number): void {
  const { bitmap, region, isBlocky } = tile;
  if (bitmap.width === 0) return;
  const isExact = bitmap.width >= region.width;
  const isEnlarged = bitmap.width <= region.width * scale;
  // From 100 % on a picture pixel is a square on screen, never a blur.
  context.imageSmoothingEnabled = isBlocky ? !isEnlarged : scale < 1 || !isExact;
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    bitmap,
    origin.x + region.left * scale,
    origin.y + region.top * scale,
    region.width * scale,
    region.height * scale,
  );
}

function paintFrame(context: CanvasRenderingContext2D, frame: Region, origin: Point, scale: number): void {
  const x = Math.round(origin.x + frame.left * scale) + 0.5;
  const y = Math.round(origin.y + frame.top * scale) + 0.5;
  const width = Math.round(frame.width * scale) - 1;
  const height = Math.round(frame.height * scale) - 1;
  context.lineWidth = 1;
  context.strokeStyle = 'rgb(0 0 0 / 0.55)';
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
  context.strokeStyle = 'rgb(255 255 255 / 0.9)';
  context.strokeRect(x, y, width, height);
}
