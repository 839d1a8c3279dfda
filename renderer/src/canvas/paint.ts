import type { Region } from '../../../src/shared/pixels.ts';
import { originOf, type Point, type Size, type View } from './geometry.ts';
import type { Tile } from './layer.svelte.ts';

/** A picture in a pane, shown between two shares (0..1) of the pane's width. */
export interface Sheet {
  tiles: readonly Tile[];
  /** The exact pixels under the loupe, where they are finer than the tiles. */
  lens: Tile | null;
  from: number;
  to: number;
  /** 1, or less for a picture that only stands in for one that is not there yet. */
  opacity: number;
  /** Shows how far it is from the sheets below instead of itself. */
  isDifference: boolean;
}

/** A magnifying glass: what lies under `point` of the picture is seen there at `scale`, in a circle. */
export interface Loupe {
  point: Point;
  scale: number;
  /** Device pixels. */
  radius: number;
}

export interface Scene {
  view: View;
  pane: Size;
  picture: Size;
  sheets: readonly Sheet[];
  /** Times that the picture is brightened, a power of two; 1 leaves it as it is. */
  gain: number;
  /** Part to be marked with a thin frame. */
  frame: Region | null;
  loupe: Loupe | null;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws a pane. Its bitmap has exactly the pane's device pixels. */
export function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const { width, height } = scene.pane;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  const origin = originOf(scene.view, scene.pane);
  paintSheets(context, scene, origin, scene.view.scale);
  if (scene.frame !== null) paintFrame(context, scene.frame, origin, scene.view.scale);
  if (scene.loupe !== null) paintLoupe(context, scene, scene.loupe, origin);
  brighten(context, scene.gain);
}

/** Sheets at a place and scale of their own; the loupe also shows their lenses. */
function paintSheets(context: Context, scene: Scene, origin: Point, scale: number, isLoupe = false): void {
  for (const sheet of scene.sheets) {
    const tiles = isLoupe && sheet.lens !== null ? [...sheet.tiles, sheet.lens] : sheet.tiles;
    if (sheet.isDifference) paintDifference(context, scene, { ...sheet, tiles }, origin, scale);
    else paintSheet(context, scene, { ...sheet, tiles }, origin, scale);
  }
}

function paintSheet(context: Context, { pane, picture }: Scene, sheet: Sheet, origin: Point, scale: number): void {
  context.save();
  context.beginPath();
  context.rect(sheet.from * pane.width, 0, (sheet.to - sheet.from) * pane.width, pane.height);
  context.clip();
  context.beginPath();
  context.rect(origin.x, origin.y, picture.width * scale, picture.height * scale);
  context.clip();
  context.globalAlpha = sheet.opacity;
  for (const tile of sheet.tiles) paintTile(context, tile, origin, scale);
  context.restore();
}

let scratch: OffscreenCanvas | undefined;

/** The whole sheet is put together first, so that its finer tiles replace the coarser ones below them. */
function paintDifference(context: Context, scene: Scene, sheet: Sheet, origin: Point, scale: number): void {
  scratch ??= new OffscreenCanvas(1, 1);
  // Setting the size also clears it.
  scratch.width = scene.pane.width;
  scratch.height = scene.pane.height;
  const inner = scratch.getContext('2d');
  if (inner === null) return;
  paintSheet(inner, scene, sheet, origin, scale);
  context.save();
  context.globalCompositeOperation = 'difference';
  context.drawImage(scratch, 0, 0);
  context.restore();
}

function paintTile(context: Context, tile: Tile, origin: Point, scale: number): void {
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

function paintFrame(context: Context, frame: Region, origin: Point, scale: number): void {
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

function paintLoupe(context: Context, scene: Scene, loupe: Loupe, origin: Point): void {
  const { point, scale, radius } = loupe;
  const x = origin.x + point.x * scene.view.scale;
  const y = origin.y + point.y * scene.view.scale;
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.clip();
  context.clearRect(x - radius, y - radius, 2 * radius, 2 * radius);
  paintSheets(context, scene, { x: Math.round(x - point.x * scale), y: Math.round(y - point.y * scale) }, scale, true);
  context.restore();
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 0.55)';
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = 'rgb(255 255 255 / 0.9)';
  context.stroke();
}

/** Doubles what is drawn until it has grown by the gain. */
function brighten(context: Context, gain: number): void {
  context.save();
  context.globalCompositeOperation = 'lighter';
  for (let reached = 1; reached < gain; reached *= 2) context.drawImage(context.canvas, 0, 0);
  context.restore();
}
