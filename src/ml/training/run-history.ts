import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Curve, TrainEvent } from '../../shared/training.ts';
import { runFiles } from './run-folder.ts';

/** A line of a run's log. */
export interface LoggedEvent {
  time: string;
  event: TrainEvent;
}

/** All that a run's log holds, oldest first; lines that a kill has cut are left out. Empty where there is no log. */
export async function readLog(runDir: string): Promise<LoggedEvent[]> {
  const text = await readFile(join(runDir, runFiles.log), 'utf8').catch(() => '');
  const logged: LoggedEvent[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const { time, ...event } = JSON.parse(line) as TrainEvent & { time: string };
      logged.push({ time, event });
    } catch {
      continue;
    }
  }
  return logged;
}

/**
 * The log as curves. What was trained again after a kill counts once: a start at a step takes back all beyond it.
 * @param most points of a curve; longer ones become means over neighbouring points
 */
export function curvesOf(log: readonly LoggedEvent[], most = 500): Curve[] {
  const curves = new Map<string, { step: number; value: number }[]>();
  for (const { event } of log) {
    if (event.type === 'started') {
      for (const [name, points] of curves)
        curves.set(
          name,
          points.filter(({ step }) => step <= event.step),
        );
    }
    for (const [name, value] of Object.entries(figuresOf(event))) {
      // What is not finite stands as null in JSON.
      if (!Number.isFinite(value)) continue;
      const points = curves.get(name) ?? [];
      points.push({ step: event.step, value });
      curves.set(name, points);
    }
  }
  return [...curves]
    .filter(([, points]) => points.length > 0)
    .map(([name, points]) => {
      const fewer = thinned(points, most);
      return { name, steps: fewer.map(({ step }) => step), values: fewer.map(({ value }) => value) };
    });
}

/** Numbers of an event that make curves; also the tags of TensorBoard. */
export function figuresOf(event: TrainEvent): Record<string, number> {
  switch (event.type) {
    case 'step': {
      const { loss, learningRate, stepsPerSecond, residentBytes } = event;
      return { loss, learningRate, stepsPerSecond, residentBytes };
    }
    case 'epochEnded':
      return { epochLoss: event.loss };
    case 'validated': {
      const prefixed = (prefix: string, metrics: Record<string, number>) =>
        Object.entries(metrics).map(([name, value]) => [`${prefix}/${name}`, value] as const);
      return Object.fromEntries([
        ...prefixed('validation', event.metrics),
        ...prefixed('training', event.trainMetrics),
      ]);
    }
    default:
      return {};
  }
}

function thinned(points: readonly { step: number; value: number }[], most: number): { step: number; value: number }[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, index) => {
    const from = Math.floor((index * points.length) / most);
    const group = points.slice(from, Math.floor(((index + 1) * points.length) / most));
    const last = group.at(-1)?.step ?? 0;
    return { step: last, value: group.reduce((sum, { value }) => sum + value, 0) / group.length };
  });
}
