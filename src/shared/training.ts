import type { NoiseWord, SkippedFile } from './contract.ts';
import type { ErrorPayload } from './errors.ts';
import type { Params } from './params.ts';

/** Results and events of everything that has to do with training; part of the contract. */

/** What training tells while it runs. Losses and metrics are by name; a step counts from 1. */
export type TrainEvent =
  | {
      type: 'started';
      runId: string;
      runDir: string;
      photos: number;
      validationPhotos: number;
      skipped: SkippedFile[];
      /** Steps that were done before: 0 for a new run. */
      step: number;
      totalSteps: number | null;
      stepsPerEpoch: number;
    }
  | {
      type: 'step';
      step: number;
      totalSteps: number | null;
      /** Passes over the training data so far, with fractions. */
      epoch: number;
      loss: number;
      learningRate: number;
      stepsPerSecond: number;
      /** Training examples (patches, digits) a second. */
      examplesPerSecond: number;
      /** Seconds of training so far, pauses not counted. */
      seconds: number;
      residentBytes: number;
      etaSeconds: number | null;
    }
  /** Mean loss over one pass of the training data. */
  | { type: 'epochEnded'; step: number; epoch: number; loss: number }
  | {
      type: 'validated';
      step: number;
      epoch: number;
      metrics: Record<string, number>;
      /** The same metrics on some photos that are trained on: the difference is the overfitting gap. */
      trainMetrics: Record<string, number>;
      /** Mean loss of the steps since the validation before; null where there were none. */
      trainLoss: number | null;
      isBest: boolean;
      /** A fixed crop as it goes in, as it comes out, and as it should be, side by side; null where there is none. */
      samplePng: Uint8Array | null;
    }
  | { type: 'checkpointSaved'; step: number; path: string }
  | { type: 'recovered'; step: number; learningRate: number; reason: string }
  /** A photo that became unreadable or changed while training; others take its place. */
  | { type: 'photoSkipped'; step: number; file: SkippedFile }
  | { type: 'paused'; step: number }
  | { type: 'resumed'; step: number }
  /** Early stopping: nothing got better for long enough, and the weights of the best step are restored. */
  | { type: 'stoppedEarly'; step: number; restoredStep: number; metric: string; reason: string }
  | { type: 'finished'; step: number; stoppedBy: TrainResult['stoppedBy']; modelId: string }
  /** The run ended with an error; its checkpoints are kept. */
  | { type: 'failed'; step: number; error: ErrorPayload };

export interface TrainResult {
  runId: string;
  runDir: string;
  modelId: string;
  modelPath: string;
  steps: number;
  seconds: number;
  best: { step: number; metrics: Record<string, number>; trainMetrics: Record<string, number> };
  stoppedBy: 'budget' | 'user' | 'early-stopping';
}

/** What a run is doing. `interrupted` was neither stopped nor finished: its process was killed. */
type RunState = 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'interrupted';

export interface RunSummary {
  runId: string;
  runDir: string;
  preset: string;
  state: RunState;
  /** ISO 8601. */
  startedAt: string;
  step: number;
  totalSteps: number | null;
  seconds: number;
  best: { step: number; metrics: Record<string, number> } | null;
  /** The model that came out, once the run has finished or was stopped. */
  modelId: string | null;
  /** True where there is a checkpoint to go on from and nobody is training it now. */
  canResume: boolean;
  sizeBytes: number;
  /** Why it failed; empty otherwise. */
  message: string;
}

/** One line of a chart, at most 500 points. */
export interface Curve {
  /** `loss`, `epochLoss`, `learningRate`, `stepsPerSecond`, `residentBytes`, `validation/psnr`, `training/psnr`, ... */
  name: string;
  steps: number[];
  values: number[];
}

export interface RunDetails extends RunSummary {
  /** As `train.start` was given it. */
  config: Params<'train.start'>;
  curves: Curve[];
  /** What happened beside steps and validations, oldest first, at most 200. */
  happenings: { time: string; event: TrainEvent }[];
  /** Newest picture of the fixed crop. */
  samplePng: Uint8Array | null;
}

/** What stands out about data for training, each with its sentence in the app's languages. */
type DataFinding =
  'few-photos' | 'few-patches' | 'noisy-photos' | 'small-photos' | 'many-skipped' | 'few-for-validation';

export interface DataReport {
  photos: number;
  trainingPhotos: number;
  validationPhotos: number;
  megapixels: number;
  /** Shorter side of the smallest, the middle and the largest photo, in pixels. */
  shorterSidePx: { smallest: number; median: number; largest: number };
  /** Patches that do not overlap, of the training photos. */
  patches: number;
  /** Estimated noise of some photos, 0..255 scale; null where none could be measured. */
  noise: { medianSigma255: number; largestSigma255: number; word: NoiseWord; measuredPhotos: number } | null;
  skipped: SkippedFile[];
  verdict: 'enough' | 'few' | 'too-few';
  findings: DataFinding[];
}

/** What a training will take, from a few steps that were really done. */
export interface TrainEstimate {
  parameters: number;
  secondsPerStep: number;
  examplesPerSecond: number;
  stepsPerEpoch: number;
  /** Steps that the budget allows. */
  steps: number;
  /** Seconds until the budget is used up, validations included. */
  seconds: number;
  /** Most memory of the process while measuring. */
  residentBytes: number;
  memoryFreeBytes: number;
  checkpointBytes: number;
}

/** One value of a sweep, trained. */
interface SweepRow {
  value: number | string;
  runId: string;
  modelId: string;
  steps: number;
  seconds: number;
  stoppedBy: TrainResult['stoppedBy'];
  parameters: number;
  /** Numbers in the code of one input, where the swept model has such a thing. */
  codeSize: number | null;
  metrics: Record<string, number>;
  trainMetrics: Record<string, number>;
  /** How much better training photos fare than validation photos by the chosen metric; above 0 is overfitting. */
  gap: number | null;
}

export interface SweepResult {
  name: string;
  folder: string;
  option: string;
  /** The metric that is compared, and whether more of it is better. */
  metric: string;
  higherIsBetter: boolean;
  rows: SweepRow[];
  recommendation: { value: number | string; reason: string };
  files: { json: string; markdown: string; svg: string; png: string };
}

/** A sweep as lists show it. */
export interface SweepSummary {
  /** Its name, or its folder where that is not among the others. */
  sweepId: string;
  folder: string;
  preset: string;
  option: string;
  values: (number | string)[];
  /** Those of its values that are trained. */
  done: (number | string)[];
  /** `running` while one of its values is trained, in this process or another. */
  state: 'running' | 'finished' | 'interrupted';
  /** Null until all values are trained. */
  recommendation: SweepResult['recommendation'] | null;
}

export type SweepEvent =
  | { type: 'valueStarted'; index: number; count: number; value: number | string; runId: string }
  | { type: 'training'; value: number | string; event: TrainEvent }
  | { type: 'valueFinished'; index: number; count: number; row: SweepRow; wasThere: boolean };
