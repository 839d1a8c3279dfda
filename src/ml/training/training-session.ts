import type { ComputeType } from '../graph/compute-type.ts';
import { globalNorm, gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import type { Value, Variable } from '../graph/graph.ts';
import { add, addAll, binary, cast, divide, multiply, scale, subtract, sum, unary } from '../graph/operations.ts';
import { bytesInput } from '../graph/packed-values.ts';
import { Session } from '../graph/session.ts';
import type { InputValues, OutputValues } from '../graph/session.ts';
import { applyOptimiser } from './optimiser.ts';
import { writeStateSignatures } from '../graph/state-signatures.ts';
import type { ProgramContext, TrainingProgram } from './program.ts';

/** Scalars of one step by name; `loss` and `gradientNorm` are always there. */
export type StepReport = Record<string, number>;

/** All variables of a training session by name: weights, moving averages and the optimiser's. */
export type TrainingState = Map<string, Float32Array>;

const averagePrefix = 'average/';

/** A whole training step as one graph: forward, gradients, clipping, optimiser and moving average in one call. */
export class TrainingSession {
  readonly #program: TrainingProgram;
  readonly #session: Session;
  readonly #names: readonly string[];

  private constructor(program: TrainingProgram, session: Session, names: readonly string[]) {
    this.#program = program;
    this.#session = session;
    this.#names = names;
  }

  /** @param computeType number type for the layers of networks; all else is float32 */
  static async create(program: TrainingProgram, computeType: ComputeType = 'float32'): Promise<TrainingSession> {
    const graph = new Graph();
    writeTrainSignature(graph, program, computeType);
    writeStateSignatures(graph);
    return new TrainingSession(
      program,
      await Session.load(graph),
      graph.variables.map(({ name }) => name),
    );
  }

  /**
   * One step.
   * @param photos [batch, height, width, channels] bytes
   * @param seed two integers that no other step of the run has
   * @param measured what the program's `measuredInputs` gives for this step
   */
  step(
    stepIndex: number,
    photos: Uint8Array,
    seed: readonly [number, number],
    learningRate: number,
    measured: Record<string, InputValues> = {},
  ): StepReport {
    const outputs = this.#session.run('train', {
      photos,
      seed: Int32Array.from(seed),
      learningRate: Float32Array.of(learningRate),
      averageRate: Float32Array.of(averageRateAt(this.#program.averageDecay, stepIndex)),
      ...this.#program.inputValues(stepIndex),
      ...measured,
    });
    return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values[0] ?? Number.NaN]));
  }

  /** A copy of every variable. */
  readState(): TrainingState {
    const outputs = this.#session.run('read', { trigger: Float32Array.of(0) });
    return new Map(this.#names.map((name, index) => [name, floats(outputs[`v${index}`], name)]));
  }

  /** Sets every variable; each one must be there. */
  writeState(state: TrainingState): void {
    const inputs = this.#names.map((name, index): [string, Float32Array] => [
      `v${index}`,
      floats(state.get(name), name),
    ]);
    this.#session.run('write', Object.fromEntries(inputs));
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** The weights of a state that are validated, kept and exported: their averages, where there are any. */
export function weightsOf(program: TrainingProgram, state: TrainingState): Map<string, Float32Array> {
  const prefix = program.averageDecay === 0 ? '' : averagePrefix;
  return new Map(
    program.parameters.map(({ name, initial, rate }) => [
      name,
      rate === 0 ? initial : floats(state.get(`${prefix}${name}`), name),
    ]),
  );
}

function floats(values: OutputValues | undefined, name: string): Float32Array {
  if (values instanceof Float32Array) return values;
  throw new Error(`The training state lacks ${name}.`);
}

function writeTrainSignature(graph: Graph, program: TrainingProgram, computeType: ComputeType): void {
  const { batch, patch, picture = [patch, patch, 3] } = program;
  const { input: photos, bytes } = bytesInput(graph, 'photos', [batch, ...picture]);
  const seed = graph.placeholder('seed', [2], 'int32');
  const learningRate = graph.placeholder('learningRate', [], 'float32');
  const averageRate = graph.placeholder('averageRate', [], 'float32');
  const inputs = Object.fromEntries(
    Object.entries(program.inputs).map(([name, shape]) => [name, graph.placeholder(name, shape, 'float32')]),
  );
  const variables = new Map<string, Variable>();
  const values = new Map<string, Value>();
  for (const { name, shape, initial, rate } of program.parameters) {
    if (rate === 0) values.set(name, graph.constant(initial, shape));
    else {
      const variable = graph.variable(name, shape, initial);
      variables.set(name, variable);
      values.set(name, variable.value);
    }
  }
  const context: ProgramContext = {
    graph,
    seed,
    photos: scale(graph, cast(graph, bytes, 'float32'), 1 / 255),
    parameter: (name) => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`The program has no parameter ${name}.`);
      return value;
    },
    computeType,
  };
  const { loss: error, reported } = program.loss(context, inputs);
  const trained = [...variables.values()];
  const loss = addAll(graph, [error, ...penaltiesOf(graph, program, trained)]);
  const { gradients, norm } = clippedGradients(graph, program, loss, trained);
  const rates = new Map(program.parameters.map(({ name, rate }) => [name, rate]));
  const trainables = trained.map((variable, index) => ({
    variable,
    gradient: gradients[index] as Value,
    rate: rates.get(variable.name) ?? 1,
  }));
  const { updates } = applyOptimiser(graph, program.optimiser, trainables, learningRate);
  const averages =
    program.averageDecay === 0
      ? []
      : trained.map((variable) => movingAverage(graph, variable, averageRate, program, updates));
  const shown = Object.entries({ loss, gradientNorm: norm, ...reported }).map(([name, value]) => [
    name,
    graph.add('Identity', [value], [], 'float32', {
      attributes: { T: { type: 'float32' } },
      controls: [...updates, ...averages],
    }),
  ]);
  graph.signature('train', {
    inputs: { photos, seed, learningRate, averageRate, ...inputs },
    outputs: Object.fromEntries(shown) as Record<string, Value>,
  });
}

/** L1 and L2 of the weights; biases, which have one axis, are free. */
function penaltiesOf(graph: Graph, { penalty }: TrainingProgram, variables: readonly Variable[]): Value[] {
  const weights = variables.filter(({ shape }) => shape.length > 1);
  const norms = { l1: 'Abs', l2: 'Square' } as const;
  return (['l1', 'l2'] as const).flatMap((norm) => {
    const factor = penalty?.[norm] ?? 0;
    if (factor === 0) return [];
    return weights.map(({ value }) => scale(graph, sum(graph, unary(graph, norms[norm], value)), factor));
  });
}

function clippedGradients(
  graph: Graph,
  { clipNorm }: TrainingProgram,
  loss: Value,
  variables: readonly Variable[],
): { gradients: Value[]; norm: Value } {
  const gradients = gradientsOf(
    graph,
    loss,
    variables.map(({ value }) => value),
  );
  const norm = globalNorm(graph, gradients);
  if (clipNorm === 0) return { gradients, norm };
  const factor = divide(graph, graph.scalar(clipNorm), binary(graph, 'Maximum', norm, graph.scalar(clipNorm)));
  return { gradients: gradients.map((gradient) => multiply(graph, gradient, factor)), norm };
}

/** Part of the newest weights in the average: large in the first steps, so that the start is soon forgotten. */
function averageRateAt(decay: number, step: number): number {
  return 1 - Math.min(decay, (1 + step) / (10 + step));
}

/** average += rate (weight - average), after the weight's update. */
function movingAverage(
  graph: Graph,
  variable: Variable,
  rate: Value,
  program: TrainingProgram,
  updates: readonly Value[],
): Value {
  const initial = program.parameters.find(({ name }) => name === variable.name)?.initial ?? new Float32Array();
  const average = graph.variable(`${averagePrefix}${variable.name}`, variable.shape, initial);
  const updated = graph.read(variable.handle, variable.shape, updates);
  const change = multiply(graph, subtract(graph, updated, average.value), rate);
  return graph.assign(average.handle, add(graph, average.value, change));
}
