import type { Sheet } from '../../canvas/paint.ts';
import type { Layer, Tile } from '../../canvas/layer.svelte.ts';
import type { Comparison } from '../../state/comparison.svelte.ts';
import type { PaneKind } from './pane-kind.ts';

/** A picture that only stands in for the one that is still being made. */
const standInOpacity = 0.3;

/**
 * The sheets of a pane, lowest first.
 * @param patch the part that was restored ahead of the rest
 * @param split where a wipe changes from the noisy to the restored photo, 0..1 of the width
 */
export function sheetsOf(kind: PaneKind, comparison: Comparison, patch: Tile | null, split: number): Sheet[] {
  const { source, latent, restored, reference } = comparison;
  const hasRestored = comparison.restoredVersion > 0;
  switch (kind) {
    case 'source':
      return [sheet(source)];
    case 'latent':
      return [sheet(latent)];
    case 'reference':
      return [sheet(reference)];
    case 'removed':
      return hasRestored ? [sheet(source), sheet(restored, { isDifference: true })] : [];
    case 'error':
      return hasRestored ? [sheet(reference), sheet(restored, { isDifference: true })] : [];
    case 'restored':
    case 'wipe': {
      const from = kind === 'wipe' ? split : 0;
      const whole = hasRestored ? sheet(restored, { from }) : sheet(source, { from, opacity: standInOpacity });
      const left = kind === 'wipe' ? [sheet(source, { to: split })] : [];
      return [...left, whole, sheet(null, { tiles: patch === null ? [] : [patch], from })];
    }
  }
}

function sheet(layer: Layer | null, change: Partial<Sheet> = {}): Sheet {
  return {
    tiles: layer?.tiles ?? [],
    lens: layer?.lens ?? null,
    from: 0,
    to: 1,
    opacity: 1,
    isDifference: false,
    ...change,
  };
}
