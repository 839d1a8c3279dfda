import { presetData } from '../../ml/training/presets/registry.ts';
import { preparePictureData } from './picture-data.ts';
import { prepareTrainingData } from './training-data.ts';
import type { PresetName } from '../../ml/training/presets/registry.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import type { TrainingOptions } from '../../shared/train-options.ts';
import type { TrainingData } from './training-data.ts';

export interface PrepareOptions {
  seed: number;
  patch?: number | undefined;
  options: TrainingOptions;
  /** Paths that the run has held out before. */
  heldOut?: readonly string[] | undefined;
  signal: AbortSignal;
  onSkipped: (file: SkippedFile) => void;
}

/** The data of a training in the form that its preset trains on. Throws as `prepareTrainingData`, `preparePictureData`. */
export async function prepareData(
  preset: PresetName,
  paths: readonly string[],
  { seed, patch, options, heldOut, signal, onSkipped }: PrepareOptions,
): Promise<TrainingData> {
  const data = presetData(preset);
  const { width, height, channels, longSide, flips, rotations } = options;
  if (data.kind === 'pictures') {
    return await preparePictureData(paths, {
      ...{ seed, width, height, channels, flips, rotations, heldOut, signal },
      sidePx: data.sidePx,
    });
  }
  return await prepareTrainingData(paths, {
    ...{ seed, longSide, flips, rotations, heldOut, signal, onSkipped },
    patch: patch ?? data.patchPx,
    allowsOne: options.supervision === 'noisyOnly',
  });
}
