import { PellucidError } from '../../../shared/errors.ts';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import type { OptimiserSettings } from '../optimiser.ts';
import type { TrainingProgram } from '../program.ts';
import type { Schedule } from '../schedule.ts';

type OptimiserName = NonNullable<TrainingOptions['optimiser']>;

/** How a preset trains where nothing else was chosen. */
export interface TrainingDefaults {
  optimiser: OptimiserName;
  /** Peak of the learning rate by optimiser; those that are absent have the usual one. */
  learningRates?: Partial<Record<OptimiserName, number>>;
  schedule: Schedule;
  clipNorm: number;
  averageDecay: number;
}

/** Options of the optimiser, the schedule and the weights that every preset takes. */
export const generalOptions = [
  'optimiser',
  'momentum',
  'weightDecay',
  'schedule',
  'warmUpSteps',
  'clipNorm',
  'averageDecay',
  'l1',
  'l2',
] as const satisfies readonly (keyof TrainingOptions)[];

const usualRates: Record<OptimiserName, number> = { adam: 1e-3, adamw: 1e-3, adadelta: 1, sgd: 0.05 };
const usualMomentum = 0.9;
const usualWeightDecay = 0.01;

export type TrainingSettings = Required<
  Pick<TrainingProgram, 'optimiser' | 'learningRate' | 'schedule' | 'clipNorm' | 'averageDecay' | 'penalty'>
>;

/**
 * What was chosen of {@link generalOptions}, over a preset's defaults.
 * @throws {PellucidError} INVALID_ARGUMENT for options that contradict each other
 */
export function trainingSettings(
  options: TrainingOptions,
  defaults: TrainingDefaults,
  learningRate?: number,
): TrainingSettings {
  const name = options.optimiser ?? defaults.optimiser;
  refuseWithout(options, 'momentum', name === 'sgd', `the optimiser sgd, and it is ${name}`);
  refuseWithout(options, 'weightDecay', name === 'adamw', `the optimiser adamw, and it is ${name}`);
  return {
    optimiser: optimiserOf(name, options),
    learningRate: learningRate ?? defaults.learningRates?.[name] ?? usualRates[name],
    schedule: {
      kind: options.schedule ?? defaults.schedule.kind,
      warmUpSteps: options.warmUpSteps ?? defaults.schedule.warmUpSteps,
    },
    clipNorm: options.clipNorm ?? defaults.clipNorm,
    averageDecay: options.averageDecay ?? defaults.averageDecay,
    penalty: { l1: options.l1 ?? 0, l2: options.l2 ?? 0 },
  };
}

function optimiserOf(name: OptimiserName, options: TrainingOptions): OptimiserSettings {
  switch (name) {
    case 'adam':
      return { kind: 'adam' };
    case 'adamw':
      return { kind: 'adam', weightDecay: options.weightDecay ?? usualWeightDecay };
    case 'adadelta':
      return { kind: 'adadelta' };
    case 'sgd':
      return { kind: 'sgd', momentum: options.momentum ?? usualMomentum };
  }
}

/** Refuses an option that means nothing unless something else holds. */
export function refuseWithout(
  options: TrainingOptions,
  name: keyof TrainingOptions,
  holds: boolean,
  need: string,
): void {
  if (options[name] === undefined || holds) return;
  throw new PellucidError('INVALID_ARGUMENT', `The option ${name} needs ${need}. Leave one of them out.`, {
    subject: name,
  });
}

/** Refuses the options that a preset has no use for, naming the first one. */
export function refuseUnknown(preset: string, options: TrainingOptions, known: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const message = `The preset ${preset} has no option ${name}. It takes ${[...known].sort().join(', ')}.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: name });
  }
}
