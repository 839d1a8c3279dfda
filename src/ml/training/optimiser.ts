import type { Attribute, Graph, Value, Variable } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import { add, multiply, scale } from '../graph/operations.ts';

/** How weights follow their gradients; the defaults are those of the method's paper. */
export type OptimiserSettings =
  | { kind: 'adam'; beta1?: number; beta2?: number; epsilon?: number; weightDecay?: number }
  | { kind: 'adadelta'; rho?: number; epsilon?: number }
  | { kind: 'sgd'; momentum?: number };

/** One weight to update. */
export interface Trainable {
  variable: Variable;
  gradient: Value;
  /** Factor on the learning rate for this weight. */
  rate: number;
}

export interface OptimiserStep {
  /** Operations that must have run when the step is over. */
  updates: Value[];
  /** The optimiser's own variables, part of every checkpoint. */
  state: Variable[];
}

type Apply = (graph: Graph, trainables: readonly Trainable[], learningRate: Value) => OptimiserStep;

const float: Record<string, Attribute> = { T: { type: 'float32' }, use_locking: { bool: false } };

/** Kingma and Ba 2015; with `weightDecay`, decoupled from the gradient (AdamW, Loshchilov and Hutter 2019). */
function adam(settings: Extract<OptimiserSettings, { kind: 'adam' }>): Apply {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = settings;
  return (graph, trainables, learningRate) => {
    const power1 = graph.variable('adam/beta1-power', [], Float32Array.of(beta1));
    const power2 = graph.variable('adam/beta2-power', [], Float32Array.of(beta2));
    const state = [power1, power2];
    const updates = trainables.map(({ variable, gradient, rate }) => {
      const m = zeros(graph, `${variable.name}/adam-m`, variable);
      const v = zeros(graph, `${variable.name}/adam-v`, variable);
      state.push(m, v);
      const step = rated(graph, learningRate, rate);
      const inputs = [
        variable.handle,
        m.handle,
        v.handle,
        power1.value,
        power2.value,
        step,
        graph.scalar(beta1),
        graph.scalar(beta2),
        graph.scalar(epsilon),
        gradient,
      ];
      const decayed = weightDecay === 0 ? [] : [decay(graph, variable, step, weightDecay)];
      return graph.add('ResourceApplyAdam', inputs, [], 'resource', {
        attributes: { ...float, use_nesterov: { bool: false } },
        controls: decayed,
      });
    });
    for (const [power, beta] of [
      [power1, beta1],
      [power2, beta2],
    ] as const) {
      updates.push(graph.assign(power.handle, scale(graph, power.value, beta), updates.slice(0, trainables.length)));
    }
    return { updates, state };
  };
}

function decay(graph: Graph, variable: Variable, step: Value, weightDecay: number): Value {
  const kept = add(graph, graph.scalar(1), scale(graph, step, -weightDecay));
  return graph.assign(variable.handle, multiply(graph, variable.value, kept));
}

/** Zeiler 2012; the paper has no learning rate, which is 1 here. */
function adadelta({ rho = 0.95, epsilon = 1e-7 }: Extract<OptimiserSettings, { kind: 'adadelta' }>): Apply {
  return (graph, trainables, learningRate) => {
    const state: Variable[] = [];
    const updates = trainables.map(({ variable, gradient, rate }) => {
      const squares = zeros(graph, `${variable.name}/adadelta-squares`, variable);
      const steps = zeros(graph, `${variable.name}/adadelta-steps`, variable);
      state.push(squares, steps);
      const inputs = [
        variable.handle,
        squares.handle,
        steps.handle,
        rated(graph, learningRate, rate),
        graph.scalar(rho),
        graph.scalar(epsilon),
        gradient,
      ];
      return graph.add('ResourceApplyAdadelta', inputs, [], 'resource', { attributes: float });
    });
    return { updates, state };
  };
}

/** Stochastic gradient descent, with classical momentum where it is above 0. */
function sgd({ momentum = 0 }: Extract<OptimiserSettings, { kind: 'sgd' }>): Apply {
  return (graph, trainables, learningRate) => {
    const state: Variable[] = [];
    const updates = trainables.map(({ variable, gradient, rate }) => {
      const velocity = zeros(graph, `${variable.name}/momentum`, variable);
      state.push(velocity);
      const step = rated(graph, learningRate, rate);
      const inputs = [variable.handle, velocity.handle, step, gradient, graph.scalar(momentum)];
      return graph.add('ResourceApplyMomentum', inputs, [], 'resource', {
        attributes: { ...float, use_nesterov: { bool: false } },
      });
    });
    return { updates, state };
  };
}

/** The learning rate times a weight's own factor. */
function rated(graph: Graph, learningRate: Value, rate: number): Value {
  return rate === 1 ? learningRate : scale(graph, learningRate, rate);
}

function zeros(graph: Graph, name: string, { shape }: Variable): Variable {
  return graph.variable(name, shape, new Float32Array(sizeOf(shape)));
}

/**
 * Adds one step of an optimiser to a training graph.
 * @param learningRate scalar
 */
export function applyOptimiser(
  graph: Graph,
  settings: OptimiserSettings,
  trainables: readonly Trainable[],
  learningRate: Value,
): OptimiserStep {
  switch (settings.kind) {
    case 'adam':
      return adam(settings)(graph, trainables, learningRate);
    case 'adadelta':
      return adadelta(settings)(graph, trainables, learningRate);
    case 'sgd':
      return sgd(settings)(graph, trainables, learningRate);
  }
}
