import { resolve } from 'node:path';
import type { RunDetails, RunSummary } from '../../shared/training.ts';
import { byteSize, duration, Output, table } from '../output.ts';
import { createTrainingReport, metricsText, sentenceOf, sentenceOfEvent } from '../training-report.ts';
import { withEngine } from '../with-engine.ts';
import { budgetOf } from './train.ts';
import type { BudgetOptions } from './train.ts';

export interface ResumeOptions extends BudgetOptions {
  json: boolean;
}

/** Lists the runs of the data folder. */
export async function listRuns({ json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const runs = await engine.call('runs.list', {});
    if (json) {
      for (const run of runs) output.result({ ...run }, '');
      return;
    }
    if (runs.length === 0) {
      output.note('There are no runs yet. Start one with: pellucid train.');
      return;
    }
    output.result({}, table([['run', 'preset', 'state', 'step', 'time', 'best', 'size'], ...runs.map(rowOf)]));
  });
}

/** Shows one run. */
export async function showRun(run: string, { json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const { samplePng: _samplePng, ...details } = await engine.call('runs.show', { runId: runIdOf(run) });
    output.result({ ...details }, detailsText({ ...details, samplePng: null }));
  });
}

/** Goes on with a run, as `train --resume` does, with the settings that it was started with. */
export async function resumeRun(run: string, options: ResumeOptions): Promise<void> {
  const output = new Output(options.json);
  const budget = budgetOf(options);
  await withEngine(output, async ({ engine, signal }) => {
    const onEvent = createTrainingReport(output, options.json);
    const params = { runId: runIdOf(run), ...(budget === undefined ? {} : { budget }) };
    const result = await engine.call<'runs.resume'>('runs.resume', params, { signal, onEvent });
    output.result({ ...result }, sentenceOf(result));
  });
}

/** Removes runs, one after the other. */
export async function removeRuns(runs: readonly string[], { json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    for (const run of runs) {
      await engine.call('runs.remove', { runId: runIdOf(run) });
      output.result({ removed: run }, `Removed the run ${run}.`);
    }
  });
}

/** What has a separator in it is a folder, which the engine takes from nowhere but the root. */
export function runIdOf(run: string): string {
  return /[/\\]/.test(run) ? resolve(run) : run;
}

function stepsText({ step, totalSteps }: RunSummary): string {
  return totalSteps === null ? String(step) : `${step} of ${totalSteps}`;
}

function rowOf(run: RunSummary): string[] {
  const { runId, preset, state, seconds, best, sizeBytes } = run;
  const quality = best === null ? '' : metricsText(best.metrics);
  return [runId, preset, state, stepsText(run), duration(seconds), quality, byteSize(sizeBytes)];
}

function detailsText(run: RunDetails): string {
  const { runId, preset, state, seconds, best, modelId, runDir, config, curves, happenings, message } = run;
  const figures = curves.map(({ name, values }) => [name, (values.at(-1) ?? 0).toPrecision(5)]);
  const events = happenings.map(
    ({ time, event }) => `${time}  step ${event.step}: ${sentenceOfEvent(event) ?? event.type}`,
  );
  return [
    `${runId}: ${preset}, ${state}, step ${stepsText(run)}, ${duration(seconds)}, in ${runDir}.`,
    ...(message === '' ? [] : [message]),
    ...(best === null ? [] : [`Best at step ${best.step}: ${metricsText(best.metrics)}.`]),
    ...(modelId === null ? [] : [`Its model is ${modelId}.`]),
    `\nSettings:\n${JSON.stringify(config, null, 2)}`,
    ...(figures.length === 0 ? [] : [`\nNewest figures:\n${table(figures)}`]),
    ...(events.length === 0 ? [] : [`\nEvents:\n${events.join('\n')}`]),
  ].join('\n');
}
