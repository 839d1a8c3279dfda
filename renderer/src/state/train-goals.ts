import type { Params } from '../../../src/shared/params.ts';

type TrainParams = Params<'train.start'>;
type TrainOptions = NonNullable<TrainParams['options']>;

/**
 * What a person can train, in plain words, and what it means to the engine. `piecePx` is the side of the pieces that
 * photos are counted in: small pictures are taken whole.
 */
export const goals = {
  restore: { preset: 'denoiser', options: {}, minutes: 30, piecePx: 64 },
  smaller: { preset: 'codec', options: {}, minutes: 60, piecePx: 64 },
  noisyOnly: { preset: 'denoiser', options: { supervision: 'noisyOnly' }, minutes: 30, piecePx: 64 },
  digits: { preset: 'dense', options: {}, minutes: 5, piecePx: 8 },
  faces: { preset: 'variational', options: {}, minutes: 15, piecePx: 8 },
} as const satisfies Record<
  string,
  { preset: TrainParams['preset']; options: TrainOptions; minutes: number; piecePx: number }
>;

export type Goal = keyof typeof goals;
export const goalNames = Object.keys(goals) as Goal[];

interface NumberOption {
  kind: 'number';
  min: number;
  max: number;
  step: number | 'any';
}

interface ChoiceOption {
  kind: 'choice';
  values: readonly string[];
}

/** The options under "Advanced": where each goes in the parameters and what it can be. An empty one is the preset's. */
interface AdvancedOption {
  place: 'params' | 'options' | 'earlyStopping';
  presets: readonly TrainParams['preset'][];
  field: NumberOption | ChoiceOption | { kind: 'switch' };
}

const all = ['denoiser', 'codec', 'dense', 'variational'] as const;
const patches = ['denoiser', 'codec'] as const;
const pictures = ['dense', 'variational'] as const;
const number = (min: number, max: number, step: number | 'any' = 1): NumberOption => ({
  kind: 'number',
  min,
  max,
  step,
});

export const advancedOptions = {
  learningRate: { place: 'params', presets: all, field: number(0.000001, 10, 'any') },
  batch: { place: 'params', presets: all, field: number(1, 4096) },
  patch: { place: 'params', presets: patches, field: number(32, 512, 16) },
  bottleneck: { place: 'options', presets: pictures, field: number(1, 4096) },
  optimiser: {
    place: 'options',
    presets: all,
    field: { kind: 'choice', values: ['adam', 'adamw', 'adadelta', 'sgd'] },
  },
  schedule: { place: 'options', presets: all, field: { kind: 'choice', values: ['cosine', 'constant'] } },
  averageDecay: { place: 'options', presets: all, field: number(0, 0.99999, 'any') },
  clipNorm: { place: 'options', presets: all, field: number(0, 1000, 'any') },
  longSide: { place: 'options', presets: patches, field: number(32, 16_384) },
  sigmaMin255: { place: 'options', presets: ['denoiser'], field: number(0, 100, 'any') },
  sigmaMax255: { place: 'options', presets: ['denoiser'], field: number(0, 100, 'any') },
  flips: { place: 'options', presets: all, field: { kind: 'switch' } },
  rotations: { place: 'options', presets: all, field: { kind: 'switch' } },
  patience: { place: 'earlyStopping', presets: all, field: number(1, 1000) },
  validateEvery: { place: 'params', presets: all, field: number(1, 100_000) },
  checkpointMinutes: { place: 'params', presets: all, field: number(0.1, 1440, 'any') },
  seed: { place: 'params', presets: all, field: number(0, 2 ** 31) },
} as const satisfies Record<string, AdvancedOption>;

export type AdvancedName = keyof typeof advancedOptions;
export type AdvancedValue = number | string | boolean;
export type AdvancedValues = Partial<Record<AdvancedName, AdvancedValue>>;

/** The options that a preset takes. */
export function advancedFor(preset: TrainParams['preset']): AdvancedName[] {
  return (Object.keys(advancedOptions) as AdvancedName[]).filter((name) => {
    const { presets }: AdvancedOption = advancedOptions[name];
    return presets.includes(preset);
  });
}

export interface Wishes {
  goal: Goal;
  data: string[];
  name: string;
  minutes: number;
  advanced: AdvancedValues;
}

/** The parameters of the engine for what was chosen. The engine checks each value and says what is wrong with it. */
export function toTrainParams({ goal, data, name, minutes, advanced }: Wishes): TrainParams {
  const { preset, options } = goals[goal];
  const chosen = advancedFor(preset).filter((option) => advanced[option] !== undefined);
  const at = (place: AdvancedOption['place']) =>
    Object.fromEntries(
      chosen.filter((option) => advancedOptions[option].place === place).map((option) => [option, advanced[option]]),
    );
  const { patience } = at('earlyStopping');
  return {
    preset,
    data,
    name,
    budget: { minutes },
    resume: false,
    seed: 0,
    ...at('params'),
    options: { ...options, ...at('options') },
    ...(typeof patience === 'number' ? { earlyStopping: { patience, minChange: 0 } } : {}),
  };
}
