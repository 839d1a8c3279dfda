import type { TrainingOptions } from '../../../shared/train-options.ts';
import { densePreset, denseOptions, variationalOptions, variationalPreset } from './autoencoder-preset.ts';
import { codecOptions, codecPreset } from './codec-preset.ts';
import { denoiserOptions, denoiserPreset } from './denoiser-preset.ts';
import type { PresetOptions, PresetRun } from './preset.ts';
import { refuseUnknown } from './settings.ts';

interface Preset {
  create(options: PresetOptions): Promise<PresetRun>;
  /** What it takes of the options. */
  takes: readonly (keyof TrainingOptions)[];
  /** Square crops of photos of any size, or whole pictures of one small size, which are all held in memory. */
  data: { kind: 'patches'; patchPx: number } | { kind: 'pictures'; sidePx: number };
}

/** Presets by name: a new one is a new entry. */
const presets = {
  codec: { create: codecPreset, takes: codecOptions, data: { kind: 'patches', patchPx: 128 } },
  denoiser: { create: denoiserPreset, takes: denoiserOptions, data: { kind: 'patches', patchPx: 64 } },
  dense: { create: densePreset, takes: denseOptions, data: { kind: 'pictures', sidePx: 32 } },
  variational: { create: variationalPreset, takes: variationalOptions, data: { kind: 'pictures', sidePx: 64 } },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

/** What a preset trains on, with the size of a training picture where none is chosen. */
export function presetData(name: PresetName): Preset['data'] {
  return presets[name].data;
}

/**
 * Builds the run of a preset.
 * @throws {PellucidError} INVALID_ARGUMENT for options that it has no use for or that contradict each other
 */
export async function createPresetRun(name: PresetName, options: PresetOptions): Promise<PresetRun> {
  const preset: Preset = presets[name];
  refuseUnknown(name, options.options ?? {}, preset.takes);
  return await preset.create(options);
}
