import { screen, type BrowserWindow, type Rectangle } from 'electron';
import type { StoredJson } from './stored-json.ts';

/** Where the window was, and whether it filled the screen. */
export interface WindowState {
  bounds: Rectangle;
  isMaximized: boolean;
}

/** So much of the window must lie on a screen for it to be reached, in pixels. */
const leastVisible = 100;

/** Where the window was when it was last closed; undefined where nothing is known, or where there is no screen now. */
export function readWindowState(store: StoredJson): WindowState | undefined {
  const kept = store.read();
  if (typeof kept !== 'object' || kept === null) return undefined;
  const { bounds, isMaximized } = kept as Partial<WindowState>;
  if (!isRectangle(bounds) || typeof isMaximized !== 'boolean') return undefined;
  const isReachable = screen.getAllDisplays().some(({ workArea }) => overlaps(bounds, workArea));
  return isReachable ? { bounds, isMaximized } : undefined;
}

/** Keeps where a window is when it closes. */
export function keepWindowState(window: BrowserWindow, store: StoredJson): void {
  window.on('close', () => {
    store.write({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() } satisfies WindowState);
  });
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Record<string, unknown>;
  return [x, y, width, height].every((side) => Number.isSafeInteger(side));
}

function overlaps(one: Rectangle, other: Rectangle): boolean {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width >= leastVisible && height >= leastVisible;
}
