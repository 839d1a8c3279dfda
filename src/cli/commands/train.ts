import { resolve } from 'node:path';
import type { TrainEvent, TrainResult } from '../../shared/training.ts';
import { invalidArgument } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { exitCodes } from '../exit-codes.ts';
import { duration, Output } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options of `train`, as commander gives them. */
export interface TrainOptions {
  preset: Params<'train.start'>['preset'];
  data: string[];
  name: string;
  minutes?: number;
  steps?: number;
  resume: boolean;
  seed: number;
  learningRate?: number;
  batch?: number;
  patch?: number;
  start?: string;
  runDir?: string;
  json: boolean;
}

/** Trains until the budget is used up or Ctrl-C stops it; either way the best state is kept as a model. */
export async function train(options: TrainOptions): Promise<void> {
  const output = new Output(options.json);
  const budget = budgetOf(options);
  if (budget === undefined) {
    output.failure(invalidArgument('--minutes or --steps', 'one of them', undefined));
    process.exitCode = exitCodes.misused;
    return;
  }
  await withEngine(output, async ({ engine, signal }) => {
    const line = new TrainingLine();
    const result = await engine.call('train.start', paramsOf(options, budget), {
      signal,
      onEvent: (event) => {
        if (event.type !== 'event') return;
        report(event.event, line, output, options.json);
      },
    });
    output.result({ ...result }, sentenceOf(result));
  });
}

function budgetOf({ minutes, steps }: TrainOptions): Params<'train.start'>['budget'] | undefined {
  if (minutes !== undefined) return { minutes };
  return steps === undefined ? undefined : { steps };
}

function paramsOf(options: TrainOptions, budget: Params<'train.start'>['budget']): Params<'train.start'> {
  const { preset, name, resume, seed, learningRate, batch, patch, start, runDir } = options;
  const data = options.data.map((path) => resolve(path));
  const folder = runDir === undefined ? undefined : resolve(runDir);
  return { preset, data, name, budget, resume, seed, learningRate, batch, patch, start, runDir: folder };
}

/** What the progress line shows, gathered from events. */
class TrainingLine {
  validation = '';

  text(event: Extract<TrainEvent, { type: 'step' }>): string {
    const { step, totalSteps, loss, stepsPerSecond, etaSeconds } = event;
    const total = totalSteps === null ? '' : `/${totalSteps}`;
    const left = etaSeconds === null ? '' : `, ${duration(etaSeconds)} left`;
    return `step ${step}${total}  loss ${loss.toPrecision(4)}  ${this.validation}${stepsPerSecond.toFixed(1)} steps/s${left}`;
  }
}

function report(event: TrainEvent, line: TrainingLine, output: Output, json: boolean): void {
  if (event.type === 'step') output.progress(line.text(event));
  if (event.type === 'validated') line.validation = `${metricsText(event.metrics)}  `;
  if (json && event.type !== 'step') {
    const { samplePng: _samplePng, ...plain } = { samplePng: null, ...event };
    output.result(plain, '');
  } else if (!json) tell(event, output);
}

function tell(event: TrainEvent, output: Output): void {
  switch (event.type) {
    case 'started':
      output.note(
        `Training on ${event.photos} photos, validating on ${event.validationPhotos}; the run is in ${event.runDir}.`,
      );
      for (const { path, reason } of event.skipped.slice(0, 10)) output.note(`Skipped ${path}: ${reason}`);
      if (event.skipped.length > 10) output.note(`... and ${event.skipped.length - 10} more.`);
      break;
    case 'validated':
      output.note(`step ${event.step}: ${metricsText(event.metrics)}${event.isBest ? ' (best so far)' : ''}`);
      break;
    case 'recovered':
      output.note(
        `step ${event.step}: ${event.reason} Going on from the last good state at a rate of ${event.learningRate}.`,
      );
      break;
    case 'stoppedEarly':
      output.note(`step ${event.step}: ${event.reason}`);
      break;
    case 'photoSkipped':
      output.note(`step ${event.step}: left out ${event.file.path}: ${event.file.reason}`);
      break;
    case 'paused':
    case 'resumed':
      output.note(`step ${event.step}: ${event.type}`);
      break;
    case 'step':
    case 'epochEnded':
    case 'checkpointSaved':
    case 'finished':
    case 'failed':
      break;
  }
}

function metricsText(metrics: Record<string, number>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(name.startsWith('psnr') ? 2 : 3)}`)
    .join(', ');
}

function sentenceOf({ modelId, modelPath, steps, seconds, best, stoppedBy }: TrainResult): string {
  const end = stoppedBy === 'user' ? 'Stopped' : 'Done';
  return `${end} after ${steps} steps in ${duration(seconds)}. Model ${modelId} is the state of step ${best.step} (${metricsText(best.metrics)}), in ${modelPath}.`;
}
