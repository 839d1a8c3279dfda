import type { App } from '../../state/app.svelte.ts';
import type { PaneKind } from './pane-kind.ts';

const panesOfKeys: Partial<Record<string, PaneKind>> = {
  '1': 'source',
  '2': 'latent',
  '3': 'restored',
  '4': 'reference',
};
/** Share of a pane that an arrow key moves by. */
const panShare = 0.15;

/** The pane that a key shows alone while it is held; null for other keys, and while something is being typed. */
export function paneOfKey(event: KeyboardEvent): PaneKind | null {
  return isForStage(event) ? (panesOfKeys[event.key] ?? null) : null;
}

/** Zoom and pan by keyboard: + and -, 0 for the whole picture, Z for 100 %, X for 200 %, L for the loupe, W and D for layouts, arrows. */
export function handleKey(event: KeyboardEvent, app: App): void {
  if (!isForStage(event)) return;
  const { viewport } = app;
  const dx = viewport.pane.width * panShare;
  const dy = viewport.pane.height * panShare;
  const actions: Partial<Record<string, () => void>> = {
    '+': () => viewport.step(1),
    '=': () => viewport.step(1),
    '-': () => viewport.step(-1),
    '0': () => viewport.fit(),
    z: () => viewport.zoomTo(1),
    x: () => viewport.zoomTo(2),
    l: () => viewport.toggleLoupe(),
    w: () => app.arrange(app.layout === 'wipe' ? 'side' : 'wipe'),
    d: () => app.arrange(app.layout === 'difference' ? 'side' : 'difference'),
    ArrowLeft: () => viewport.panBy(dx, 0),
    ArrowRight: () => viewport.panBy(-dx, 0),
    ArrowUp: () => viewport.panBy(0, dy),
    ArrowDown: () => viewport.panBy(0, -dy),
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** Keys with Control, Alt or Command belong to the browser, and those in a field to the field. */
function isForStage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return !(event.target instanceof Element && event.target.matches('input, select, [role="slider"]'));
}
