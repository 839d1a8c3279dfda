import { setImmediate } from 'node:timers/promises';
import { createRandom } from '../../shared/random.ts';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import type { Value, Variable } from '../graph/graph.ts';
import {
  add,
  addAll,
  biasAdd,
  logSoftmax,
  matMul,
  multiply,
  random,
  reduce,
  scale,
  sum,
  unary,
} from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import type { OutputValues } from '../graph/session.ts';
import { writeStateSignatures } from '../graph/state-signatures.ts';
import { applyOptimiser } from '../training/optimiser.ts';

/** A few vectors whose class is known, and what to make of them. */
export interface ClassifierTask {
  /** [count, length] */
  rows: Float32Array;
  length: number;
  /** Class of each row, 0..classes - 1. */
  labels: readonly number[];
  classes: number;
  /** Units of the hidden layer; 0 is a linear classifier (multinomial logistic regression). */
  hidden: number;
  seed: number;
  signal: AbortSignal;
}

const steps = 400;
const learningRate = 0.02;
/** Factor on half the sum of squared weights, biases left out. */
const penalty = 1e-3;
/** Deviation of the noise on rows, which have one of 1 in each dimension: few examples are learnt by heart otherwise. */
const noise = 0.5;
/** Rows that are classified at once. */
const batch = 1024;
const stepsBetweenLooks = 20;

/**
 * A softmax classifier of vectors, linear or with one hidden layer, trained on all examples at once by Adam.
 * Rows are standardised by the caller. Needs native TensorFlow.
 */
export class Classifier {
  readonly #task: ClassifierTask;
  readonly #session: Session;
  /** All variables as they are before any step. */
  readonly #initial: Record<string, OutputValues>;

  private constructor(task: ClassifierTask, session: Session, initial: Record<string, OutputValues>) {
    this.#task = task;
    this.#session = session;
    this.#initial = initial;
  }

  /** Builds one that has learnt nothing. Throws TENSORFLOW_UNAVAILABLE. */
  static async create(task: ClassifierTask): Promise<Classifier> {
    const graph = new Graph();
    const layers = layersOf(graph, task);
    writeTraining(graph, task, layers);
    const rows = graph.placeholder('rows', [batch, task.length], 'float32');
    const probabilities = unary(graph, 'Exp', logSoftmax(graph, logitsOf(graph, layers, rows)));
    graph.signature('classify', { inputs: { rows }, outputs: { probabilities } });
    writeStateSignatures(graph);
    const session = await Session.load(graph);
    return new Classifier(task, session, session.run('read', { trigger: Float32Array.of(0) }));
  }

  /**
   * Learns the examples from the beginning.
   * @param uses 1 for each example to learn from, 0 for each to leave out
   * @throws the signal's reason when cancelled
   */
  async train(uses: readonly number[]): Promise<void> {
    this.#session.run('write', this.#initial);
    const total = uses.reduce((count, use) => count + use, 0);
    const weights = Float32Array.from(uses, (use) => use / total);
    for (let step = 0; step < steps; step++) {
      if (step % stepsBetweenLooks === 0) {
        await setImmediate();
        this.#task.signal.throwIfAborted();
      }
      const rate = (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      const seed = Int32Array.of(this.#task.seed, step);
      this.#session.run('train', { weights, seed, rate: Float32Array.of(rate) });
    }
  }

  /**
   * Probability of each class.
   * @param rows [n, length]
   * @returns [n, classes]
   */
  async classify(rows: Float32Array): Promise<Float32Array> {
    const { length, classes, signal } = this.#task;
    const count = rows.length / length;
    const result = new Float32Array(count * classes);
    for (let first = 0; first < count; first += batch) {
      await setImmediate();
      signal.throwIfAborted();
      const taken = Math.min(batch, count - first);
      const part = new Float32Array(batch * length);
      part.set(rows.subarray(first * length, (first + taken) * length));
      const { probabilities } = this.#session.run('classify', { rows: part });
      result.set((probabilities as Float32Array).subarray(0, taken * classes), first * classes);
    }
    return result;
  }

  dispose(): void {
    this.#session.dispose();
  }
}

interface Layer {
  weights: Variable;
  bias: Variable;
}

function sizesOf({ length, hidden, classes }: ClassifierTask): number[] {
  return hidden === 0 ? [length, classes] : [length, hidden, classes];
}

/** Weights by He's initialisation (He et al. 2015); zeros for those that give the classes. */
function layersOf(graph: Graph, task: ClassifierTask): Layer[] {
  const sizes = sizesOf(task);
  const { normal } = createRandom(task.seed, 0);
  return sizes.slice(1).map((units, index) => {
    const inputs = sizes[index] ?? 1;
    const deviation = index === sizes.length - 2 ? 0 : Math.sqrt(2 / inputs);
    const initial = Float32Array.from({ length: inputs * units }, () => deviation * normal());
    return {
      weights: graph.variable(`layer-${index}/weights`, [inputs, units], initial),
      bias: graph.variable(`layer-${index}/bias`, [units], new Float32Array(units)),
    };
  });
}

function logitsOf(graph: Graph, layers: readonly Layer[], rows: Value): Value {
  return layers.reduce((input, { weights, bias }, index) => {
    const values = biasAdd(graph, matMul(graph, input, weights.value), bias.value);
    return index === layers.length - 1 ? values : unary(graph, 'Relu', values);
  }, rows);
}

/** Signature `train`: one step on all examples, cross-entropy weighted by `weights` [count]. */
function writeTraining(graph: Graph, task: ClassifierTask, layers: readonly Layer[]): void {
  const { rows, length, labels, classes } = task;
  const count = labels.length;
  const weights = graph.placeholder('weights', [count], 'float32');
  const seed = graph.placeholder('seed', [2], 'int32');
  const rate = graph.placeholder('rate', [], 'float32');
  const examples = graph.constant(rows, [count, length]);
  const noisy = add(graph, examples, scale(graph, random(graph, 'normal', [count, length], seed), noise));
  const targets = new Float32Array(count * classes);
  labels.forEach((label, row) => (targets[row * classes + label] = 1));
  const likelihoods = multiply(
    graph,
    logSoftmax(graph, logitsOf(graph, layers, noisy)),
    graph.constant(targets, [count, classes]),
  );
  const weighted = multiply(graph, reduce(graph, 'Sum', likelihoods, [1]), weights);
  const squares = layers.map(({ weights: { value } }) =>
    scale(graph, sum(graph, unary(graph, 'Square', value)), penalty / 2),
  );
  const loss = addAll(graph, [scale(graph, sum(graph, weighted), -1), ...squares]);
  const variables = layers.flatMap((layer) => [layer.weights, layer.bias]);
  const gradients = gradientsOf(
    graph,
    loss,
    variables.map(({ value }) => value),
  );
  const trainables = variables.map((variable, index) => ({ variable, gradient: gradients[index] as Value, rate: 1 }));
  const { updates } = applyOptimiser(graph, { kind: 'adam' }, trainables, rate);
  const shown = graph.add('Identity', [loss], [], 'float32', {
    attributes: { T: { type: 'float32' } },
    controls: updates,
  });
  graph.signature('train', { inputs: { weights, seed, rate }, outputs: { loss: shown } });
}
