import type { ErrorCode, ErrorPayload } from './errors.ts';
import type { CallName, Params } from './params.ts';
import type { Region } from './pixels.ts';

/** The contract between the engine and everyone who uses it: results and events here, parameters in params.ts. */

/** How far a long call is. */
export interface Progress {
  /** What is being done, as a short stable word: `decode`, `estimate`, `denoise`, `encode`, `train`, ... */
  stage: string;
  completed: number;
  total: number;
  unit: 'tiles' | 'files' | 'steps' | 'bytes' | 'photos';
  /** Estimated seconds that are left; null while unknown. */
  etaSeconds: number | null;
}

export type ModelKind = 'dense' | 'denoiser' | 'codec' | 'variational';
export type NoiseWord = 'clean' | 'low' | 'medium' | 'high';

export interface EngineInfo {
  pellucidVersion: string;
  nodeVersion: string;
  backend: 'tensorflow' | 'wasm';
  tensorflowVersion: string | null;
  cpuModel: string;
  cpuFeatures: string[];
  threads: number;
  memoryTotalBytes: number;
  memoryFreeBytes: number;
  residentBytes: number;
  /** The number type that convolutions compute in. */
  computeType: 'float32' | 'bfloat16';
  sharpVersion: string;
  libvipsVersion: string;
  inputFormats: string[];
  outputFormats: string[];
  dataFolder: string;
}

export interface ModelSummary {
  id: string;
  kind: ModelKind;
  title: string;
  bundled: boolean;
  version: number;
  parameters: number;
  /** Thousand multiply-accumulates per pixel, whole model. */
  kiloMacsPerPixel: number;
  sizeBytes: number;
  weightsSha256: string;
  /** True for the one that is used when no model is named. */
  isDefault: boolean;
}

export interface SkippedFile {
  path: string;
  code: ErrorCode;
  reason: string;
}

export interface ImageInfo {
  imageId: string;
  name: string;
  width: number;
  height: number;
  channels: 1 | 3;
  bitDepth: 8 | 16;
  hasAlpha: boolean;
  format: string;
  sizeBytes: number;
  /** What was done knowingly when reading, in full words: `first of 12 frames`, ... */
  notes: string[];
  /** Estimated noise, standard deviation on the 0..255 scale. */
  sigma255: number;
  noiseWord: NoiseWord;
  /** True where a clean reference is known, so that a quality metric means something. */
  hasReference: boolean;
}

/** Part of a picture as PNG. */
export interface ImageView {
  region: Region;
  width: number;
  height: number;
  png: Uint8Array;
}

/** PSNR in dB over RGB, peak 255; SSIM 0..1, mean over channels. */
export interface Quality {
  psnr: number;
  ssim: number;
}

export interface RestoreResult {
  imageId: string;
  mode: 'codec' | 'denoise';
  modelId: string;
  /** Noise level that was used, 0..255 scale. */
  sigma255: number;
  /** Length of the `.pel` file and what follows from it; null when nothing was encoded. */
  encoded: { sizeBytes: number; bpp: number; ratio: number; latentWidth: number; latentHeight: number } | null;
  /** Only where there is a clean reference. */
  metrics: { noisy: Quality; restored: Quality } | null;
  seconds: number;
}

interface ExportedFile {
  bytes: Uint8Array;
  suggestedName: string;
  mediaType: string;
}

/** What became of one file on disk: also the CLI's JSON line. */
export interface FileOutcome {
  input: string;
  /** Files that were written, in order: `.pel` first, then the picture. */
  outputs: string[];
  width: number;
  height: number;
  bytesIn: number;
  /** Size of the `.pel` where there is one, else of the picture. */
  bytesOut: number;
  bpp: number | null;
  sigma255: number | null;
  model: string;
  seconds: number;
  notes: string[];
}

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
export type RunState = 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'interrupted';

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
export type DataFinding =
  | 'few-photos'
  | 'few-patches'
  | 'noisy-photos'
  | 'small-photos'
  | 'many-skipped'
  | 'few-for-validation';

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
export interface SweepRow {
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
  gap: number;
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

export type SweepEvent =
  | { type: 'valueStarted'; index: number; count: number; value: number | string; runId: string }
  | { type: 'training'; value: number | string; event: TrainEvent }
  | { type: 'valueFinished'; index: number; count: number; row: SweepRow; wasThere: boolean };

export interface ModelInfo extends ModelSummary {
  folder: string;
  /** Preset, steps, seconds, photos, settings, as the trainer left it. */
  training: Record<string, unknown>;
  metrics: Record<string, number>;
  curves: Curve[];
  /** The last comparison with another model of its kind. */
  comparison: ModelComparison | null;
}

export interface ModelVerdict {
  id: string;
  bundled: boolean;
  isIntact: boolean;
  /** What is wrong, and what to do; empty for an intact one. */
  problem: string;
}

export interface ModelComparison {
  id: string;
  against: string;
  kind: ModelKind;
  photos: number;
  /** One measurement of both, mean over the photos. */
  rows: { sigma255: number; quality: number | null; own: ComparedFigures; other: ComparedFigures }[];
  /** Mean difference in PSNR, dB; above 0 the model is better than the other. */
  psnrGain: number;
  /** Change of the file size at equal quality in percent, below 0 is better; null for what makes no files. */
  bdRatePercent: number | null;
  isBetter: boolean;
}

export interface ComparedFigures {
  psnr: number;
  ssim: number;
  bpp: number | null;
}

export interface EvaluateRow {
  file: string;
  sigma255: number;
  /** Quality of the codec; null when denoising only. */
  quality: number | null;
  psnrNoisy: number | null;
  psnr: number;
  ssim: number;
  bpp: number | null;
  seconds: number;
}

export type EvaluateMean = Omit<EvaluateRow, 'file'> & { files: number };

export interface EvaluateResult {
  task: 'denoise' | 'codec';
  modelId: string;
  parameters: number;
  kiloMacsPerPixel: number;
  rows: EvaluateRow[];
  means: EvaluateMean[];
}

interface Results {
  'engine.info': EngineInfo;
  'models.list': ModelSummary[];
  'models.info': ModelInfo;
  'models.import': ModelSummary;
  'models.export': ExportedFile;
  'models.exportTo': { path: string; sizeBytes: number };
  'models.verify': ModelVerdict[];
  'models.remove': null;
  'models.rename': ModelSummary;
  'models.setDefault': ModelSummary[];
  'models.compare': ModelComparison;
  'files.list': { files: string[]; skipped: SkippedFile[] };
  'image.open': ImageInfo;
  'image.addNoise': ImageInfo;
  'image.close': null;
  'image.view': ImageView;
  'restore.crop': ImageView;
  'restore.run': RestoreResult;
  'restore.export': ExportedFile;
  'file.process': FileOutcome;
  'montage.write': { path: string; sizeBytes: number };
  'train.start': TrainResult;
  'train.pause': null;
  'train.resume': null;
  'train.stop': null;
  'train.estimate': TrainEstimate;
  'data.inspect': DataReport;
  'runs.list': RunSummary[];
  'runs.show': RunDetails;
  'runs.resume': TrainResult;
  'runs.remove': null;
  'sweep.start': SweepResult;
  'evaluate.run': EvaluateResult;
}

/** Result of a call by its name; the mapped type fails to compile when a call has no result. */
export type Result<K extends CallName> = { [N in CallName]: Results[N] }[K];

/** Events that a call can send while it runs, beside its progress. */
interface CallEvents {
  'train.start': TrainEvent;
  'runs.resume': TrainEvent;
  'sweep.start': SweepEvent;
  'evaluate.run': EvaluateRow;
}

/** What a call sends while it runs. */
export type CallEvent<K extends CallName> =
  | { type: 'progress'; progress: Progress }
  | (K extends keyof CallEvents ? { type: 'event'; event: CallEvents[K] } : never);

/** State of the engine process as its supervisor sees it. */
export interface EngineState {
  state: 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';
  /** One sentence for the person; empty while all is well. */
  message: string;
}
