import { join } from 'node:path';
import type { ModelStore } from '../../ml/store/model-store.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { SweepEvent, SweepResult, TrainEvent, TrainResult } from '../../shared/training.ts';
import { isHigherBetter } from '../../shared/metric-direction.ts';
import { recommend } from './recommend.ts';
import { doneRows, sweepFiles, writeReport, writeRows } from './sweep-files.ts';
import { sweepRuns } from './sweep-runs.ts';
import type { SweepRun } from './sweep-runs.ts';

export interface SweepContext {
  /** Folder of all sweeps; each has one of its name in it. */
  sweepsDir: string;
  store: Pick<ModelStore, 'find' | 'list'>;
  /** Trains one value; as `train.start`. */
  train: (params: Params<'train.start'>, onEvent: (event: TrainEvent) => void) => Promise<TrainResult>;
  signal: AbortSignal;
  send: (event: SweepEvent) => void;
}

type Row = SweepResult['rows'][number];

/**
 * Trains one preset for each value of an option and compares the results. What was done before is not done again, and
 * a training that was cut off goes on; table, plot and recommendation are written when all values are there.
 * @throws {PellucidError} what a training throws, INVALID_ARGUMENT for settings that cannot be swept, ABORTED
 */
export async function runSweep(params: Params<'sweep.start'>, context: SweepContext): Promise<SweepResult> {
  const { base, option } = params;
  const folder = base.runDir ?? join(context.sweepsDir, base.name);
  const runs = sweepRuns(params);
  const before = await doneRows(folder, params);
  const rows: Row[] = [];
  await writeRows(folder, params, before);
  for (const [index, run] of runs.entries()) {
    const place = { index, count: runs.length };
    const known = before.find(({ value }) => value === run.value);
    const isThere = known !== undefined && (await isInstalled(known.modelId, context.store));
    const row = isThere ? known : await trainValue(run, place, params, context);
    rows.push(row);
    const others = before.filter(({ value }) => !rows.some((done) => done.value === value));
    await writeRows(folder, params, [...rows, ...others]);
    context.send({ type: 'valueFinished', ...place, row, wasThere: isThere });
  }
  const metric = metricOf(params, rows);
  const higherIsBetter = isHigherBetter(metric);
  const judged = { option, metric, higherIsBetter, rows };
  const files = sweepFiles(folder);
  const result = { name: base.name, folder, ...judged, recommendation: recommend(judged), files };
  await writeReport(result);
  return result;
}

async function trainValue(
  { value, params }: SweepRun,
  place: { index: number; count: number },
  sweep: Params<'sweep.start'>,
  { train, store, signal, send }: SweepContext,
): Promise<Row> {
  if (signal.aborted) throw new PellucidError('ABORTED', 'Cancelled.');
  send({ type: 'valueStarted', ...place, value, runId: params.name });
  const result = await train(params, (event) => send({ type: 'training', value, event }));
  // What a stopped sweep has reached of this value is in the checkpoint, from which the value goes on.
  if (signal.aborted) throw new PellucidError('ABORTED', 'Cancelled.');
  const { runId, modelId, steps, seconds, stoppedBy, best } = result;
  const { architecture } = (await store.find(modelId)).manifest;
  const parameters = (await store.list()).find(({ id }) => id === modelId)?.parameters ?? 0;
  const { metrics, trainMetrics } = best;
  const codeSize = 'codeLength' in architecture ? architecture.codeLength : null;
  const row = { value, runId, modelId, steps, seconds, stoppedBy, parameters, codeSize, metrics, trainMetrics };
  return { ...row, gap: gapOf(metricOf(sweep, [row]), row) };
}

function isInstalled(id: string, store: SweepContext['store']): Promise<boolean> {
  return store.find(id).then(
    () => true,
    () => false,
  );
}

/** The metric that was asked for, else PSNR, which people read best, else the preset's first. */
export function metricOf({ base }: Params<'sweep.start'>, rows: readonly Pick<Row, 'metrics'>[]): string {
  const names = Object.keys(rows[0]?.metrics ?? {});
  if (base.metric !== undefined && names.includes(base.metric)) return base.metric;
  return names.includes('psnr') ? 'psnr' : (names[0] ?? 'loss');
}

function gapOf(metric: string, { metrics, trainMetrics }: Pick<Row, 'metrics' | 'trainMetrics'>): number | null {
  const [held, seen] = [metrics[metric], trainMetrics[metric]];
  if (held === undefined || seen === undefined) return null;
  return isHigherBetter(metric) ? seen - held : held - seen;
}
