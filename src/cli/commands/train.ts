import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Params, TrainBudget } from '../../shared/params.ts';
import { exitCodes } from '../exit-codes.ts';
import { Output } from '../output.ts';
import { trainingOptionsOf } from '../train-flags.ts';
import { createTrainingReport, sentenceOf } from '../training-report.ts';
import { withEngine } from '../with-engine.ts';

type TrainParams = Params<'train.start'>;

/** How long to train, as commander gives it: at most one of these. */
export interface BudgetOptions {
  minutes?: number;
  steps?: number;
  epochs?: number;
}

/** Options of `train`, as commander gives them, beside those of `train-flags.ts`. */
export interface TrainOptions extends BudgetOptions {
  preset?: TrainParams['preset'];
  data?: string[];
  name?: string;
  config?: string;
  resume?: boolean;
  seed?: number;
  learningRate?: number;
  batch?: number;
  patch?: number;
  start?: string;
  runDir?: string;
  validateEvery?: number;
  checkpointMinutes?: number;
  patience?: number;
  minChange?: number;
  metric?: string;
  json: boolean;
}

/** Trains until the budget is used up or Ctrl-C stops it; either way the best state is kept as a model. */
export async function train(options: TrainOptions): Promise<void> {
  const output = new Output(options.json);
  let params: TrainParams;
  try {
    params = await trainParamsOf(options);
  } catch (error) {
    output.failure(toPellucidError(error));
    process.exitCode = exitCodes.misused;
    return;
  }
  await withEngine(output, async ({ engine, signal }) => {
    const onEvent = createTrainingReport(output, options.json);
    const result = await engine.call('train.start', params, { signal, onEvent });
    output.result({ ...result }, sentenceOf(result));
  });
}

/** The budget that was chosen; undefined without one. */
export function budgetOf({ minutes, steps, epochs }: BudgetOptions): TrainBudget | undefined {
  if (minutes !== undefined) return { minutes };
  if (steps !== undefined) return { steps };
  return epochs === undefined ? undefined : { epochs };
}

/**
 * The settings of a training from a command line and the file that it names.
 * @throws {PellucidError} INVALID_ARGUMENT
 */
export async function trainParamsOf(options: TrainOptions): Promise<TrainParams> {
  return paramsOf(options, options.config === undefined ? {} : await readConfig(options.config));
}

/** What was said on the command line, then what the file says, then what nobody needs to say. */
function paramsOf(options: TrainOptions, config: Partial<TrainParams>): TrainParams {
  const { name, seed, learningRate, batch, patch, start, validateEvery, checkpointMinutes, metric } = options;
  const chosen = {
    ...{ preset: options.preset, data: options.data?.map((path) => resolve(path)), name, budget: budgetOf(options) },
    ...{ resume: options.resume, seed, learningRate, batch, patch, start },
    runDir: options.runDir === undefined ? undefined : resolve(options.runDir),
    ...{ validateEvery, checkpointMinutes, metric, earlyStopping: earlyStoppingOf(options, config) },
  };
  const said = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const params: Partial<TrainParams> = {
    ...{ resume: false, seed: 0, ...config, ...said },
    options: { ...config.options, ...trainingOptionsOf({ ...options }) },
  };
  if (params.preset === undefined) throw missing('--preset', 'what to train');
  if (params.data === undefined) throw missing('--data', 'photos or folders of them');
  if (params.name === undefined) throw missing('--name', 'the name of the model');
  if (params.budget === undefined) throw missing('--minutes, --steps or --epochs', 'how long to train');
  return params as TrainParams;
}

function earlyStoppingOf(
  { patience, minChange }: TrainOptions,
  { earlyStopping }: Partial<TrainParams>,
): TrainParams['earlyStopping'] {
  const wanted = patience ?? earlyStopping?.patience;
  if (wanted !== undefined) return { patience: wanted, minChange: minChange ?? earlyStopping?.minChange ?? 0 };
  if (minChange === undefined) return undefined;
  throw new PellucidError('INVALID_ARGUMENT', 'The option --min-change needs --patience. Give both, or neither.');
}

function missing(flag: string, meaning: string): PellucidError {
  return new PellucidError('INVALID_ARGUMENT', `Training needs ${flag}: ${meaning}. Give it, or a --config with it.`);
}

const fields = [
  ...['preset', 'data', 'name', 'budget', 'resume', 'seed', 'learningRate', 'batch', 'patch', 'start', 'options'],
  ...['runDir', 'validateEvery', 'checkpointMinutes', 'earlyStopping', 'metric'],
];

/** Settings from a file; its paths start from its folder. What they may be is checked by the engine. */
async function readConfig(path: string): Promise<Partial<TrainParams>> {
  const text = await readFile(path, 'utf8');
  const wrong = (what: string): PellucidError =>
    new PellucidError('INVALID_ARGUMENT', `${path} ${what}`, { subject: path });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw wrong(`is not JSON (${error instanceof Error ? error.message : String(error)}). Mend it, or leave it out.`);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw wrong("holds no object. Write one with fields as in a run's config.json.");
  }
  const unknown = Object.keys(config).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw wrong(`has a field ${unknown}, which is unknown. Choose from ${fields.join(', ')}.`);
  const settings = config as Partial<TrainParams>;
  const base = dirname(resolve(path));
  return {
    ...settings,
    ...(Array.isArray(settings.data) ? { data: settings.data.map((folder) => resolve(base, folder)) } : {}),
    ...(typeof settings.runDir === 'string' ? { runDir: resolve(base, settings.runDir) } : {}),
  };
}
