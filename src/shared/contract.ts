import type { BatchAdded, BatchEvent, BatchState, BatchSummary, BatchTotals } from './batch.ts';
import type { ErrorCode } from './errors.ts';
import type {
  GeneratedPictures,
  LatentDirections,
  LibrarySummary,
  MapResult,
  Neighbour,
  OddPhoto,
  PictureSheet,
  SimilarResult,
  SortResult,
} from './explore.ts';
import type { MachineSettings } from './machine-settings.ts';
import type { CallName } from './params.ts';
import type { Region } from './pixels.ts';
import type {
  Curve,
  DataReport,
  RunDetails,
  RunSummary,
  SweepEvent,
  SweepResult,
  SweepSummary,
  TrainEstimate,
  TrainEvent,
  TrainResult,
} from './training.ts';

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
  /** Cores that TensorFlow computes on, and those that there are. */
  threads: number;
  cores: number;
  /** What the person allows; the number of threads may wait for the next start of the engine. */
  allowed: MachineSettings;
  memoryTotalBytes: number;
  memoryFreeBytes: number;
  residentBytes: number;
  /** The number type that the convolutions of denoising, encoding and training compute in; decoding takes float32. */
  computeType: 'float32' | 'bfloat16';
  computeChoice: 'auto' | 'float32' | 'bfloat16';
  /** Time in bfloat16 as a part of the time in float32, as the self-test measured it; null where it did not. */
  bfloat16Ratio: number | null;
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
  /** The least and the most of it, where it varies over the picture. */
  sigmaRange255: [number, number] | null;
  noiseWord: NoiseWord;
  /** True where a clean reference is known, so that a quality metric means something. */
  hasReference: boolean;
  /** What made it, where it was opened from a `.pel`: then it is restored already, and `sigma255` is what was removed. */
  pel: { modelId: string; quality: number } | null;
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
  encoded: {
    sizeBytes: number;
    bpp: number;
    ratio: number;
    /** 1..100, what the file was made with: as set, or as a target led to. */
    quality: number;
    latentWidth: number;
    latentHeight: number;
  } | null;
  /** Only where there is a clean reference. */
  metrics: { noisy: Quality; restored: Quality } | null;
  seconds: number;
}

/** The least that a picture format takes for the quality of the `.pel`; null where it does not reach it. */
export interface RivalSize {
  format: 'jpeg' | 'webp' | 'avif';
  sizeBytes: number | null;
  /** 1..100, of the format. */
  quality: number | null;
}

export interface RivalSizes {
  rivals: RivalSize[];
  /** PSNR in dB, peak 255, that the `.pel` reaches and the rivals were to reach. */
  psnr: number;
  /** What quality is measured against: the clean reference, or where there is none the denoised photo. */
  basis: 'reference' | 'denoised';
  /** True where samples stood for a large photo. */
  isEstimate: boolean;
}

export interface ExportedFile {
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
  /** 1..100, of the `.pel`: as set, or as a target led to; null where there is none. */
  quality: number | null;
  model: string;
  seconds: number;
  notes: string[];
}

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
  /** Mean difference in PSNR, dB, for codecs at equal bytes; above 0 the model is better than the other. */
  psnrGain: number;
  /** Change of the file size at equal quality in percent, below 0 is better; null for what makes no files. */
  bdRatePercent: number | null;
  isBetter: boolean;
}

export interface ComparedFigures {
  psnr: number;
  /** Null for kinds that are compared by their loss. */
  ssim: number | null;
  bpp: number | null;
  /** Of `dense` and `variational`: cross-entropy, and with it the divergence, each for a value of a picture. */
  loss: number | null;
}

/** `model` is what is measured; the others are what people would use in its place. */
export type EvaluateMethod = 'model' | 'jpeg' | 'webp' | 'avif' | 'denoised-webp' | 'denoised-avif';

export interface EvaluateRow {
  file: string;
  method: EvaluateMethod;
  sigma255: number;
  /** Quality of the codec; null when denoising only. */
  quality: number | null;
  psnrNoisy: number | null;
  psnr: number;
  ssim: number;
  /** Null when denoising only, and for photos too small for five scales. */
  msSsim: number | null;
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
  /** Empty unless rivals were measured. */
  comparisons: EvaluateComparison[];
}

/** The model's mean curve against a rival's, over the rates of a range that both cover. */
export interface EvaluateComparison {
  rival: EvaluateMethod;
  sigma255: number;
  fromBpp: number;
  toBpp: number;
  /** Bjøntegaard's: below 0 the model's files are smaller; null where the curves share no range of PSNR. */
  bdRatePercent: number | null;
  /** By how many dB the model is better at equal bytes, in the mean over log rate and where it is the least. */
  gain: { mean: number; least: number } | null;
}

interface Results {
  'engine.info': EngineInfo;
  'engine.setCompute': EngineInfo;
  'engine.setLimits': EngineInfo;
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
  'files.receive': { folder: string };
  'image.open': ImageInfo;
  'image.addNoise': ImageInfo;
  'image.close': null;
  'image.view': ImageView;
  'restore.crop': ImageView;
  'restore.run': RestoreResult;
  'restore.rivals': RivalSizes;
  'restore.export': ExportedFile;
  'file.process': FileOutcome;
  'batch.add': BatchAdded;
  'batch.list': BatchState;
  'batch.watch': null;
  'batch.pause': BatchTotals;
  'batch.resume': BatchTotals;
  'batch.cancel': BatchTotals;
  'batch.move': BatchTotals;
  'batch.retry': BatchTotals;
  'batch.clear': BatchTotals;
  'batch.preview': { names: string[] };
  'batch.result': ExportedFile;
  /** Null where there is no picture: of a `.pel` that is not restored yet. */
  'batch.thumbnail': { png: Uint8Array | null };
  'batch.run': BatchSummary;
  'batch.follow': null;
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
  'sweep.list': SweepSummary[];
  'sweep.resume': SweepResult;
  'sweep.remove': null;
  'explore.open': LibrarySummary;
  'explore.similar': SimilarResult;
  'explore.neighbours': Neighbour[];
  'explore.sheet': PictureSheet;
  'explore.map': MapResult;
  'explore.codes': ExportedFile;
  'explore.sort': SortResult;
  'explore.sortTable': ExportedFile;
  'explore.sortInto': { copied: string[]; failed: SkippedFile[] };
  'explore.odd': OddPhoto[];
  'explore.sample': GeneratedPictures;
  'explore.between': GeneratedPictures;
  'explore.directions': LatentDirections;
  'explore.move': GeneratedPictures;
  'explore.discard': { moved: string[]; failed: SkippedFile[] };
  'evaluate.run': EvaluateResult;
  'evaluate.plot': { paths: string[] };
}

/** Result of a call by its name; the mapped type fails to compile when a call has no result. */
export type Result<K extends CallName> = { [N in CallName]: Results[N] }[K];

/** Events that a call can send while it runs, beside its progress. */
interface CallEvents {
  'train.start': TrainEvent;
  'runs.resume': TrainEvent;
  'sweep.start': SweepEvent;
  'sweep.resume': SweepEvent;
  'evaluate.run': EvaluateRow;
  'batch.watch': BatchEvent;
  'batch.run': BatchEvent;
  'batch.follow': BatchEvent;
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
