import type { Pixels } from '../../../shared/pixels.ts';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import type { NewModel, ModelPackage } from '../../store/model-package.ts';
import type { Weights } from '../../layers/description.ts';
import type { PatchSource, ValidationPhoto } from '../patch-source.ts';
import type { TrainingProgram } from '../program.ts';

/** What a preset builds its run from; absent settings are the preset's own. */
export interface PresetOptions {
  seed: number;
  learningRate?: number;
  batch?: number;
  patch?: number;
  /** Everything else that was chosen. */
  options?: TrainingOptions;
  source: PatchSource;
  validation: readonly ValidationPhoto[];
  photoCounts: { training: number; validation: number };
  /** A model of the same kind to go on from. */
  start?: ModelPackage;
  /** A denoiser whose layers a codec takes over. */
  denoiser?: ModelPackage;
}

export interface ValidationResult {
  metrics: Record<string, number>;
  /** The same measured on pictures that were trained on: how far both are apart is the overfitting. */
  trainMetrics?: Record<string, number>;
  /** A fixed crop as it goes in, as it comes out, and as it should be; null where there is none. */
  sample: Pixels | null;
}

interface ModelRecord {
  id: string;
  training: Record<string, unknown>;
  metrics: Record<string, number>;
  /** False for a state on the way, whose package may leave out what takes long to make. */
  isFinal: boolean;
}

/** All that is particular to one preset in a run. */
export interface PresetRun {
  program: TrainingProgram;
  /** Settings that a resumed run must share. */
  settings: Record<string, unknown>;
  /** Steps from one validation to the next; the trainer's own where it is absent. */
  stepsBetweenValidations?: number;
  /** Names of the validation metrics; the first one decides which weights are best unless another is chosen. */
  metrics: readonly [string, ...string[]];
  validate(weights: Weights): Promise<ValidationResult>;
  /** The package of these weights; `training` and `metrics` go into its manifest. */
  toModel(weights: Weights, about: ModelRecord): Promise<NewModel>;
  /** Frees what validations keep from one to the next. */
  dispose?(): void;
}
