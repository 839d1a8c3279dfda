import type { CallEvent } from '../shared/contract.ts';
import type { TrainEvent, TrainResult } from '../shared/training.ts';
import { duration } from './output.ts';
import type { Output } from './output.ts';

/** Shows the events of a training as they come: a progress line, and a sentence for what stays to be read. */
export function createTrainingReport(output: Output, json: boolean): (event: CallEvent<'train.start'>) => void {
  let validation = '';
  return (message) => {
    if (message.type !== 'event') return;
    const { event } = message;
    if (event.type === 'step') output.progress(progressText(event, validation));
    if (event.type === 'validated') validation = `${metricsText(event.metrics)}  `;
    if (!json) tell(event, output);
    else if (event.type !== 'step') {
      const { samplePng: _samplePng, ...plain } = { samplePng: null, ...event };
      output.result(plain, '');
    }
  };
}

/** How a training ended, in a sentence. */
export function sentenceOf({ modelId, modelPath, steps, seconds, best, stoppedBy }: TrainResult): string {
  const end = { user: 'Stopped', budget: 'Done', 'early-stopping': 'Stopped early' }[stoppedBy];
  return `${end} after ${steps} steps in ${duration(seconds)}. Model ${modelId} is the state of step ${best.step} (${metricsText(best.metrics)}), in ${modelPath}.`;
}

export function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(/psnr/i.test(name) ? 2 : 4)}`)
    .join(', ');
}

/** One line on where a training is. */
export function progressText(event: Extract<TrainEvent, { type: 'step' }>, validation: string): string {
  const { step, totalSteps, loss, stepsPerSecond, etaSeconds } = event;
  const total = totalSteps === null ? '' : `/${totalSteps}`;
  const left = etaSeconds === null ? '' : `, ${duration(etaSeconds)} left`;
  return `step ${step}${total}  loss ${loss.toPrecision(4)}  ${validation}${stepsPerSecond.toFixed(1)} steps/s${left}`;
}

function tell(event: TrainEvent, output: Output): void {
  if (event.type === 'started') tellStart(event, output);
  const sentence = sentenceOfEvent(event);
  // The error of the call says why it failed.
  if (sentence !== null && event.type !== 'failed') output.note(`step ${event.step}: ${sentence}`);
}

function tellStart(event: Extract<TrainEvent, { type: 'started' }>, output: Output): void {
  output.note(
    `Training on ${event.photos} photos, validating on ${event.validationPhotos}; the run is in ${event.runDir}.`,
  );
  for (const { path, reason } of event.skipped.slice(0, 10)) output.note(`Skipped ${path}: ${reason}`);
  if (event.skipped.length > 10) output.note(`... and ${event.skipped.length - 10} more.`);
}

/** What is worth a line for people; null for the rest. */
export function sentenceOfEvent(event: TrainEvent): string | null {
  switch (event.type) {
    case 'validated':
      return `${metricsText(event.metrics)}${event.isBest ? ' (best so far)' : ''}`;
    case 'recovered':
      return `${event.reason} Going on from the last good state at a rate of ${event.learningRate}.`;
    case 'stoppedEarly':
      return event.reason;
    case 'photoSkipped':
      return `left out ${event.file.path}: ${event.file.reason}`;
    case 'paused':
    case 'resumed':
      return event.type;
    case 'failed':
      return event.error.message;
    default:
      return null;
  }
}
