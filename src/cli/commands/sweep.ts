import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { CallEvent } from '../../shared/contract.ts';
import type { SweepEvent, SweepResult, SweepSummary } from '../../shared/training.ts';
import { exitCodes } from '../exit-codes.ts';
import { duration, Output, table } from '../output.ts';
import { listsAmong } from '../train-flags.ts';
import { metricsText, progressText } from '../training-report.ts';
import { withEngine } from '../with-engine.ts';
import { runIdOf } from './runs.ts';
import { trainParamsOf } from './train.ts';
import type { TrainOptions } from './train.ts';

/** Options of `sweep`, as commander gives them: those of `train`, one of them with several values. */
export type SweepOptions = Omit<TrainOptions, 'resume' | 'runDir'>;

/** Trains once for each value; Ctrl-C stops, and the same command goes on. */
export async function sweep(options: SweepOptions): Promise<void> {
  const output = new Output(options.json);
  let params: Params<'sweep.start'>;
  try {
    params = await paramsOf(options);
  } catch (error) {
    output.failure(toPellucidError(error));
    process.exitCode = exitCodes.misused;
    return;
  }
  await withEngine(output, async ({ engine, signal }) => {
    const onEvent = teller(output, options.json);
    const result = await engine.call('sweep.start', params, { signal, onEvent });
    output.result({ ...result }, resultText(result));
  });
}

/** Lists the sweeps of the data folder. */
export async function listSweeps({ json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const sweeps = await engine.call('sweep.list', {});
    if (json) {
      for (const each of sweeps) output.result({ ...each }, '');
      return;
    }
    if (sweeps.length === 0) {
      output.note('There are no sweeps yet. Start one with: pellucid sweep.');
      return;
    }
    output.result({}, table([['sweep', 'preset', 'option', 'state', 'done', 'recommended'], ...sweeps.map(rowOf)]));
  });
}

/** Goes on with a sweep, with the settings and values that it was started with. */
export async function resumeSweep(sweepId: string, { json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const params = { sweepId: runIdOf(sweepId) };
    const result = await engine.call<'sweep.resume'>('sweep.resume', params, { signal, onEvent: teller(output, json) });
    output.result({ ...result }, resultText(result));
  });
}

/** Removes sweeps, one after the other. */
export async function removeSweeps(sweepIds: readonly string[], { json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    for (const sweepId of sweepIds) {
      await engine.call('sweep.remove', { sweepId: runIdOf(sweepId) });
      output.result({ removed: sweepId }, `Removed the sweep ${sweepId} and its runs; its models stay.`);
    }
  });
}

function rowOf({ sweepId, preset, option, state, values, done, recommendation }: SweepSummary): string[] {
  const part = `${done.length} of ${values.length}`;
  return [sweepId, preset, option, state, part, recommendation === null ? '' : String(recommendation.value)];
}

/** Tells what a sweep does while it does it. */
function teller(output: Output, json: boolean): (message: CallEvent<'sweep.start'>) => void {
  return (message) => {
    if (message.type === 'event') tell(message.event, output, json);
  };
}

async function paramsOf(options: SweepOptions): Promise<Params<'sweep.start'>> {
  const lists = listsAmong({ ...options });
  const [swept, another] = lists;
  if (swept === undefined || another !== undefined) {
    const found = lists.length === 0 ? 'none has' : `${lists.map(({ field }) => field).join(' and ')} have`;
    const message = `A sweep needs several values, with commas, of one option, and ${found}. Say for instance --bottleneck 4,8,16.`;
    throw new PellucidError('INVALID_ARGUMENT', message);
  }
  const single = Object.entries(options).filter(([, value]) => value !== swept.values);
  const base = await trainParamsOf(Object.fromEntries(single) as unknown as TrainOptions);
  return { base: { ...base, resume: false }, option: swept.field, values: swept.values as (number | string)[] };
}

function tell(event: SweepEvent, output: Output, json: boolean): void {
  if (event.type === 'training') {
    if (event.event.type === 'step') output.progress(`${event.value}: ${progressText(event.event, '')}`);
    return;
  }
  if (json) {
    output.result({ ...event }, '');
    return;
  }
  const place = `${event.index + 1}/${event.count}`;
  if (event.type === 'valueStarted') {
    output.note(`${place}: training with ${event.value} ...`);
    return;
  }
  const { row, wasThere } = event;
  const time = wasThere ? 'done before' : `${row.steps} steps, ${duration(row.seconds)}`;
  output.note(`${place}: ${row.value}: ${metricsText(row.metrics)} (${time})`);
}

function resultText({ option, metric, rows, recommendation, files }: SweepResult): string {
  const figure = (value: number | null | undefined): string => value?.toFixed(4) ?? '-';
  const lines = rows.map(({ value, codeSize, parameters, metrics, trainMetrics, gap }) => [
    String(value),
    codeSize === null ? '-' : String(codeSize),
    String(parameters),
    ...[metrics[metric], trainMetrics[metric], gap].map(figure),
  ]);
  const shown = table([[option, 'code', 'parameters', metric, 'training', 'gap'], ...lines]);
  return `${shown}\nRecommended: ${recommendation.value}. ${recommendation.reason}\nTable and plot: ${files.markdown}, ${files.svg}, ${files.png}`;
}
