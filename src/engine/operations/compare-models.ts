import { compareCurves } from '../../metrics/compare-curves.ts';
import { changeChoices } from '../../ml/store/model-choices.ts';
import type { Installed, ModelStore } from '../../ml/store/model-store.ts';
import type { ComparedFigures, ModelComparison, Progress } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { comparisonPictures } from '../data/comparison-pictures.ts';
import { autoencoderRows } from './compare-autoencoders.ts';
import { codecRows, denoiserRows } from './compare-restorers.ts';
import type { Models } from './models.ts';

export interface CompareContext {
  store: ModelStore;
  models: Models;
  /** Folder of the person's own models, where the result is kept. */
  userDir: string;
  /** Folder of runs, which know what was held out. */
  runsDir: string;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

type Row = ModelComparison['rows'][number];

/** Rates at which the files of two codecs are compared, bits per pixel. */
const comparedRates = { from: 0.1, to: 2 };

/**
 * Measures a model beside another one of its kind on pictures that it has not learnt from, and remembers the result:
 * PSNR of denoisers, PSNR at equal bytes of codecs, loss of autoencoders.
 * @throws {PellucidError} MODEL_NOT_FOUND, MODEL_KIND_MISMATCH, MODEL_HASH_MISMATCH, what `comparisonPictures` throws
 */
export async function compareModels(
  { id, against, data, limit }: Params<'models.compare'>,
  context: CompareContext,
): Promise<ModelComparison> {
  const { store, runsDir, userDir, signal } = context;
  const own = await store.find(id);
  const other = await rivalOf(own, against, store);
  const { kind } = own.manifest.architecture;
  const { pictures, areNoisy } = await comparisonPictures(own.manifest, { data, limit, runsDir, signal });
  const pair = { own, other, pictures: pictures.map(({ pixels }) => pixels), areNoisy };
  const rows = await measure(pair, context);
  const verdict = { ...gainsOf(kind, rows), photos: pictures.length };
  const comparison: ModelComparison = { id, against: other.manifest.id, kind, rows, ...verdict };
  const { weightsSha256 } = own.manifest;
  await changeChoices(userDir, (before) => ({
    ...before,
    comparisons: { ...before.comparisons, [weightsSha256]: comparison },
  }));
  return comparison;
}

async function rivalOf(own: Installed, against: string | undefined, store: ModelStore): Promise<Installed> {
  const { id, architecture } = own.manifest;
  const other = against === undefined ? await store.bundledLike(own) : await store.find(against);
  if (other === undefined || other.manifest.id === id) {
    const message = `There is no other ${architecture.kind} that model ${id} could be compared with. Name one of your own (--against).`;
    throw new PellucidError('MODEL_NOT_FOUND', message, { subject: id });
  }
  const actual = other.manifest.architecture.kind;
  if (actual === architecture.kind) return other;
  const message = `Model ${id} is a ${architecture.kind} and ${other.manifest.id} a ${actual}; only models of one kind can be compared.`;
  throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: other.manifest.id });
}

type Pair = Parameters<typeof denoiserRows>[0];

async function measure(pair: Pair, { models, signal, onProgress }: CompareContext): Promise<Row[]> {
  const { kind } = pair.own.manifest.architecture;
  if (kind === 'dense' || kind === 'variational') return await autoencoderRows(pair);
  const started = performance.now();
  const onMeasured = (completed: number, total: number): void => {
    signal.throwIfAborted();
    const etaSeconds = ((performance.now() - started) / 1000 / completed) * (total - completed);
    onProgress({ stage: 'compare', completed, total, unit: 'photos', etaSeconds });
  };
  return await (kind === 'codec' ? codecRows : denoiserRows)(pair, { models, onMeasured });
}

type Gains = Pick<ModelComparison, 'psnrGain' | 'bdRatePercent' | 'isBetter'>;

function gainsOf(kind: ModelComparison['kind'], rows: readonly Row[]): Gains {
  if (kind === 'codec') return codecGains(rows);
  const psnrGain = meanOf(rows.map(({ own, other }) => own.psnr - other.psnr));
  if (kind === 'denoiser') return { psnrGain, bdRatePercent: null, isBetter: psnrGain > 0 };
  const isBetter = rows.every(({ own, other }) => (own.loss ?? Infinity) < (other.loss ?? Infinity));
  return { psnrGain, bdRatePercent: null, isBetter };
}

/** At equal bytes, over the noise levels; where the files of both never have the same size, at equal settings. */
function codecGains(rows: readonly Row[]): Gains {
  const levels = [...new Set(rows.map(({ sigma255 }) => sigma255))];
  const curves = levels.map((level) => {
    const points = (side: 'own' | 'other') =>
      rows.filter(({ sigma255 }) => sigma255 === level).map((row) => pointOf(row[side]));
    return compareCurves(points('other'), points('own'), comparedRates);
  });
  const gains = curves.flatMap(({ gain }) => (gain === null ? [] : [gain.mean]));
  const rates = curves.flatMap(({ bdRatePercent }) => (bdRatePercent === null ? [] : [bdRatePercent]));
  const psnrGain = meanOf(gains.length > 0 ? gains : rows.map(({ own, other }) => own.psnr - other.psnr));
  return { psnrGain, bdRatePercent: rates.length === 0 ? null : meanOf(rates), isBetter: psnrGain > 0 };
}

function pointOf({ psnr, bpp }: ComparedFigures): { bpp: number; psnr: number } {
  return { bpp: bpp ?? 0, psnr };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
