import { defaults, type Chosen } from './restore-options.svelte.ts';
import { readStored, store } from './stored.ts';

export interface Preset {
  name: string;
  chosen: Chosen;
}

/** Presets that come with the app, by the key of their name. */
export const builtInPresets = {
  small: { ...defaults, quality: 25 },
  balanced: defaults,
  fine: { ...defaults, quality: 80 },
  denoise: { ...defaults, mode: 'denoise' },
  gentle: { ...defaults, mode: 'denoise', strength: 60, texture: 30 },
} as const satisfies Record<string, Chosen>;

export type BuiltInPreset = keyof typeof builtInPresets;

const item = 'pellucid.presets';

/** Settings that the person has saved under a name. */
export class Presets {
  #saved = $state.raw<readonly Preset[]>(
    // One that an earlier version has saved lacks what has been added since.
    readStored(item, isPresets, []).map(({ name, chosen }) => ({ name, chosen: { ...defaults, ...chosen } })),
  );

  get saved(): readonly Preset[] {
    return this.#saved;
  }

  /** Saves settings; those of the same name are replaced. */
  save(name: string, chosen: Chosen): void {
    this.#set([...this.#saved.filter((preset) => preset.name !== name), { name, chosen }]);
  }

  remove(name: string): void {
    this.#set(this.#saved.filter((preset) => preset.name !== name));
  }

  #set(presets: readonly Preset[]): void {
    this.#saved = presets;
    store(item, presets);
  }
}

/** An entry that an earlier version has written, and that lacks something, is left out with the rest. */
function isPresets(value: unknown): value is Preset[] {
  return Array.isArray(value) && value.every((entry: unknown) => isFields(entry) && isChosen(entry['chosen']));
}

function isChosen(value: unknown): value is Chosen {
  if (!isFields(value) || !isFields(value['models'])) return false;
  const numbers = ['sigma255', 'quality', 'strength', 'texture'].every((name) => Number.isFinite(value[name]));
  return numbers && ['codec', 'denoise'].includes(String(value['mode']));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
