import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/graph.ts';
import { multiply, subtract } from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import { applyOptimiser } from './optimiser.ts';
import type { OptimiserSettings } from './optimiser.ts';

/** Half of the sum of curvature (w - minimum)^2, whose gradient is curvature (w - minimum). */
const start = [1, -2, 0.5];
const minimum = [0.3, 0.7, -1];
const curvature = [2, 0.5, 3];
const steps = 3;
const learningRate = 0.1;

/** The weights after each of three steps in TensorFlow. */
async function inTensorFlow(settings: OptimiserSettings, rate: number): Promise<number[][]> {
  const graph = new Graph();
  const shape = [start.length];
  const variable = graph.variable('w', shape, Float32Array.from(start));
  const constant = (values: number[]): Value => graph.constant(Float32Array.from(values), shape);
  const gradient = multiply(graph, constant(curvature), subtract(graph, variable.value, constant(minimum)));
  const step = graph.placeholder('step', [], 'float32');
  const { updates } = applyOptimiser(graph, settings, [{ variable, gradient, rate }], step);
  graph.signature('run', { inputs: { step }, outputs: { w: graph.read(variable.handle, shape, updates) } });
  const session = await Session.load(graph);
  try {
    return Array.from({ length: steps }, () =>
      Array.from(session.run('run', { step: Float32Array.of(learningRate) })['w'] ?? []),
    );
  } finally {
    session.dispose();
  }
}

/** The same by a paper's formula in double precision; `update` gives the change of one weight, and keeps its state. */
function byFormula(createUpdate: () => (gradient: number, weight: number, step: number) => number): number[][] {
  const weights = [...start];
  const updates = start.map(createUpdate);
  return Array.from({ length: steps }, (_, step) => {
    weights.forEach((weight, i) => {
      const gradient = (curvature[i] as number) * (weight - (minimum[i] as number));
      weights[i] = weight + (updates[i]?.(gradient, weight, step + 1) ?? Number.NaN);
    });
    return [...weights];
  });
}

/**
 * Kingma and Ba 2015, end of section 2: the step alpha sqrt(1 - beta2^t) / (1 - beta1^t) with epsilon added to the
 * uncorrected sqrt(v). This is what TensorFlow computes; the paper's Algorithm 1 adds it after the correction.
 */
function adam(rate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number) {
  return () => {
    let [m, v] = [0, 0];
    return (gradient: number, weight: number, step: number): number => {
      m = beta1 * m + (1 - beta1) * gradient;
      v = beta2 * v + (1 - beta2) * gradient ** 2;
      const alpha = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      // Loshchilov and Hutter 2019: the decay does not go through the moments.
      return -(alpha * m) / (Math.sqrt(v) + epsilon) - rate * weightDecay * weight;
    };
  };
}

/** Zeiler 2012, Algorithm 1: epsilon inside both square roots. */
function adadelta(rate: number, rho: number, epsilon: number) {
  return () => {
    let [squares, changes] = [0, 0];
    return (gradient: number): number => {
      squares = rho * squares + (1 - rho) * gradient ** 2;
      const change = (Math.sqrt(changes + epsilon) / Math.sqrt(squares + epsilon)) * gradient;
      changes = rho * changes + (1 - rho) * change ** 2;
      return -rate * change;
    };
  };
}

/** Polyak 1964, as Sutskever et al. 2013 write it but with the rate outside the velocity. */
function momentum(rate: number, mu: number) {
  return () => {
    let velocity = 0;
    return (gradient: number): number => {
      velocity = mu * velocity + gradient;
      return -rate * velocity;
    };
  };
}

type Reference = (rate: number) => () => (gradient: number, weight: number, step: number) => number;
const cases: [string, OptimiserSettings, Reference][] = [
  ['Adam', { kind: 'adam' }, (rate) => adam(rate, 0.9, 0.999, 1e-8, 0)],
  [
    'Adam with a large epsilon',
    { kind: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 0.1 },
    (rate) => adam(rate, 0.8, 0.95, 0.1, 0),
  ],
  ['AdamW', { kind: 'adam', weightDecay: 0.3 }, (rate) => adam(rate, 0.9, 0.999, 1e-8, 0.3)],
  ['Adadelta', { kind: 'adadelta' }, (rate) => adadelta(rate, 0.95, 1e-7)],
  ['Adadelta with a large epsilon', { kind: 'adadelta', rho: 0.8, epsilon: 0.01 }, (rate) => adadelta(rate, 0.8, 0.01)],
  ['gradient descent', { kind: 'sgd' }, (rate) => momentum(rate, 0)],
  ['momentum', { kind: 'sgd', momentum: 0.9 }, (rate) => momentum(rate, 0.9)],
];

describe('three steps on a quadratic', () => {
  for (const [name, settings, reference] of cases) {
    it.each([1, 0.25])(`of ${name} are those of its paper, at %d times the rate`, async (factor) => {
      const expected = byFormula(reference(learningRate * factor));
      const actual = await inTensorFlow(settings, factor);
      expected.forEach((weights, step) => {
        weights.forEach((weight, i) => {
          expect(actual[step]?.[i], `step ${step + 1}, weight ${i}`).toBeCloseTo(weight, 5.5);
        });
      });
    });
  }
});
