import { codecPreset } from './codec-preset.ts';
import { denoiserPreset } from './denoiser-preset.ts';
import type { PresetOptions, PresetRun } from './preset.ts';

/** Presets by name: a new one is a new entry. */
export const presets = {
  codec: codecPreset,
  denoiser: denoiserPreset,
} satisfies Record<string, (options: PresetOptions) => Promise<PresetRun>>;

export type PresetName = keyof typeof presets;

/** Side of the training patches of each preset, in pixels, where none is chosen. */
export const defaultPatchPx: Record<PresetName, number> = { codec: 128, denoiser: 64 };
