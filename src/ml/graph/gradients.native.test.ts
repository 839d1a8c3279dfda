import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { Tensor, Tf } from '../runtime/tensorflow.ts';
import { differentiableOperations, gradientsOf } from './gradients.ts';
import { Graph, sizeOf } from './graph.ts';
import type { Shape, Value } from './graph.ts';
import * as op from './operations.ts';
import { Session } from './session.ts';

/** A function of some inputs, written once for the graph and once for tfjs, whose gradients must agree. */
interface Case {
  name: string;
  covers: string[];
  shapes: Shape[];
  /** Values are drawn from this range; positive where the function needs it. */
  range?: [number, number];
  graph: (graph: Graph, inputs: Value[]) => Value;
  eager: (tf: Tf, inputs: Tensor[]) => Tensor;
}

type T4 = Parameters<Tf['conv2d']>[1];
const first = <V>(values: V[]): V => values[0] as V;
const second = <V>(values: V[]): V => values[1] as V;

const cases: Case[] = [
  {
    name: 'add, broadcast',
    covers: ['AddV2'],
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    graph: (g, [a, b]) => op.add(g, a as Value, b as Value),
    eager: (tf, [a, b]) => tf.add(a as Tensor, b as Tensor),
  },
  {
    name: 'subtract, broadcast',
    covers: ['Sub', 'Neg'],
    shapes: [
      [2, 3],
      [1, 3],
    ],
    graph: (g, v) => op.subtract(g, first(v), second(v)),
    eager: (tf, v) => tf.sub(first(v), second(v)),
  },
  {
    name: 'multiply, broadcast',
    covers: ['Mul'],
    shapes: [
      [4, 2, 3],
      [2, 1],
    ],
    graph: (g, v) => op.multiply(g, first(v), second(v)),
    eager: (tf, v) => tf.mul(first(v), second(v)),
  },
  {
    name: 'divide',
    covers: ['RealDiv'],
    shapes: [[3, 4], [4]],
    range: [0.5, 2],
    graph: (g, v) => op.divide(g, first(v), second(v)),
    eager: (tf, v) => tf.div(first(v), second(v)),
  },
  {
    name: 'maximum',
    covers: ['Maximum'],
    shapes: [
      [5, 4],
      [5, 4],
    ],
    graph: (g, v) => op.binary(g, 'Maximum', first(v), second(v)),
    eager: (tf, v) => tf.maximum(first(v), second(v)),
  },
  {
    name: 'minimum',
    covers: ['Minimum'],
    shapes: [
      [5, 4],
      [5, 4],
    ],
    graph: (g, v) => op.binary(g, 'Minimum', first(v), second(v)),
    eager: (tf, v) => tf.minimum(first(v), second(v)),
  },
  {
    name: 'sum of three uses',
    covers: ['AddN'],
    shapes: [[3, 2]],
    graph: (g, v) => op.addAll(g, [first(v), op.unary(g, 'Square', first(v)), first(v)]),
    eager: (tf, v) => tf.addN([first(v), tf.square(first(v)), first(v)]),
  },
  ...(['Neg', 'Square', 'Abs', 'Exp', 'Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Identity'] as const).map((type): Case => {
    const eager =
      type.toLowerCase() === 'identity'
        ? 'clone'
        : (type.toLowerCase() as 'neg' | 'square' | 'abs' | 'exp' | 'relu' | 'sigmoid' | 'tanh' | 'softplus');
    return {
      name: type,
      covers: [type],
      shapes: [[3, 5]],
      graph: (g, v) => op.unary(g, type, first(v)),
      eager: (tf, v) => tf[eager](first(v)),
    };
  }),
  ...(['Sqrt', 'Log', 'Log1p'] as const).map((type): Case => {
    const eager = type.toLowerCase() as 'sqrt' | 'log' | 'log1p';
    return {
      name: type,
      covers: [type],
      shapes: [[3, 5]],
      range: [0.3, 3],
      graph: (g, v) => op.unary(g, type, first(v)),
      eager: (tf, v) => tf[eager](first(v)),
    };
  }),
  {
    name: 'log softmax',
    covers: ['LogSoftmax'],
    shapes: [[3, 5]],
    graph: (g, v) => op.logSoftmax(g, first(v)),
    eager: (tf, v) => tf.logSoftmax(first(v)),
  },
  ...([1, 2] as const).map((stride): Case => ({
    name: `convolution, stride ${stride}`,
    covers: ['Conv2D'],
    shapes: [
      [2, 6, 8, 3],
      [3, 3, 3, 4],
    ],
    graph: (g, v) => op.conv2d(g, first(v), second(v), stride),
    eager: (tf, v) => tf.conv2d(first(v) as T4, second(v) as T4, stride, 'same'),
  })),
  {
    name: 'convolution 16 x 16, stride 16',
    covers: ['Conv2D'],
    shapes: [
      [1, 32, 32, 2],
      [16, 16, 2, 3],
    ],
    graph: (g, v) => op.conv2d(g, first(v), second(v), 16),
    eager: (tf, v) => tf.conv2d(first(v) as T4, second(v) as T4, 16, 'same'),
  },
  {
    name: 'transposed convolution',
    covers: ['Conv2DBackpropInput'],
    shapes: [
      [2, 3, 4, 5],
      [2, 2, 3, 5],
    ],
    graph: (g, v) => op.conv2dTranspose(g, first(v), second(v), [2, 6, 8, 3], 2),
    eager: (tf, v) => tf.conv2dTranspose(first(v) as T4, second(v) as T4, [2, 6, 8, 3], 2, 'same'),
  },
  {
    name: 'bias',
    covers: ['BiasAdd'],
    shapes: [[2, 3, 3, 4], [4]],
    graph: (g, v) => op.biasAdd(g, first(v), second(v)),
    eager: (tf, v) => tf.add(first(v), second(v)),
  },
  ...[
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ].map(([ta = false, tb = false]): Case => ({
    name: `matrix product ${ta} ${tb}`,
    covers: ['MatMul'],
    shapes: [ta ? [4, 3] : [3, 4], tb ? [5, 4] : [4, 5]],
    graph: (g, v) => op.matMul(g, first(v), second(v), ta, tb),
    eager: (tf, v) => tf.matMul(first(v), second(v), ta, tb),
  })),
  {
    name: 'sum over axes',
    covers: ['Sum'],
    shapes: [[2, 3, 4]],
    graph: (g, v) => op.reduce(g, 'Sum', first(v), [0, 2]),
    eager: (tf, v) => tf.sum(first(v), [0, 2]),
  },
  {
    name: 'mean, axes kept',
    covers: ['Mean'],
    shapes: [[2, 3, 4]],
    graph: (g, v) => op.reduce(g, 'Mean', first(v), [1], true),
    eager: (tf, v) => tf.mean(first(v), [1], true),
  },
  {
    name: 'broadcast',
    covers: ['BroadcastTo'],
    shapes: [[3, 1]],
    graph: (g, v) => op.broadcastTo(g, first(v), [2, 3, 4]),
    eager: (tf, v) => tf.broadcastTo(first(v), [2, 3, 4]),
  },
  {
    name: 'reshape',
    covers: ['Reshape'],
    shapes: [[4, 6]],
    graph: (g, v) => op.reshape(g, first(v), [3, 8]),
    eager: (tf, v) => tf.reshape(first(v), [3, 8]),
  },
  {
    name: 'transpose',
    covers: ['Transpose'],
    shapes: [[2, 3, 4]],
    graph: (g, v) => op.transpose(g, first(v), [2, 0, 1]),
    eager: (tf, v) => tf.transpose(first(v), [2, 0, 1]),
  },
  {
    name: 'space to depth',
    covers: ['Reshape', 'Transpose'],
    shapes: [[2, 4, 4, 3]],
    graph: (g, v) => op.spaceToDepth(g, first(v), 2),
    eager: (tf, v) =>
      tf.reshape(tf.transpose(tf.reshape(first(v), [2, 2, 2, 2, 2, 3]), [0, 1, 3, 2, 4, 5]), [2, 2, 2, 12]),
  },
  {
    name: 'depth to space',
    covers: ['Reshape', 'Transpose'],
    shapes: [[1, 2, 3, 8]],
    graph: (g, v) => op.depthToSpace(g, first(v), 2),
    eager: (tf, v) =>
      tf.reshape(tf.transpose(tf.reshape(first(v), [1, 2, 3, 2, 2, 2]), [0, 1, 3, 2, 4, 5]), [1, 4, 6, 2]),
  },
  {
    name: 'concatenation',
    covers: ['ConcatV2'],
    shapes: [
      [2, 3, 2],
      [2, 3, 4],
    ],
    graph: (g, v) => op.concat(g, v, 2),
    eager: (tf, v) => tf.concat(v, 2),
  },
  {
    name: 'slice',
    covers: ['Slice'],
    shapes: [[4, 5]],
    graph: (g, v) => op.slice(g, first(v), [1, 2], [2, 3]),
    eager: (tf, v) => tf.slice(first(v), [1, 2], [2, 3]),
  },
  {
    name: 'padding',
    covers: ['Pad'],
    shapes: [[3, 2]],
    graph: (g, v) =>
      op.pad(g, first(v), [
        [1, 2],
        [0, 1],
      ]),
    eager: (tf, v) =>
      tf.pad(first(v), [
        [1, 2],
        [0, 1],
      ]),
  },
  {
    name: 'cast',
    covers: ['Cast'],
    shapes: [[3, 2]],
    graph: (g, v) => op.cast(g, first(v), 'float32'),
    eager: (tf, v) => tf.cast(first(v), 'float32'),
  },
];

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

/** A loss with unequal weights, so that no gradient hides behind symmetry. */
function weights(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i));
}

async function graphResult(test: Case, values: Float32Array[]): Promise<Float32Array[]> {
  const graph = new Graph();
  const variables = test.shapes.map((shape, i) => graph.variable(`v${i}`, shape, values[i] as Float32Array));
  const inputs = variables.map((variable) => variable.value);
  const y = test.graph(graph, inputs);
  const loss = op.sum(graph, op.multiply(graph, y, graph.constant(weights(sizeOf(y.shape)), y.shape)));
  const gradients = gradientsOf(graph, loss, inputs);
  const step = graph.placeholder('step', [], 'float32');
  const outputs = Object.fromEntries([['loss', loss], ...gradients.map((value, i) => [`g${i}`, value])]) as Record<
    string,
    Value
  >;
  graph.signature('run', { inputs: { step }, outputs });
  const session = await Session.load(graph);
  const result = session.run('run', { step: Float32Array.of(0) });
  session.dispose();
  return ['loss', ...gradients.map((_, i) => `g${i}`)].map((key) => result[key] as Float32Array);
}

function eagerResult(test: Case, values: Float32Array[]): Float32Array[] {
  return tf.tidy(() => {
    const inputs = values.map((data, i) => tf.tensor(data, [...(test.shapes[i] as Shape)]));
    const loss = (...args: Tensor[]): Tensor => {
      const y = test.eager(tf, args);
      return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape)));
    };
    const gradients = tf.grads(loss)(inputs);
    return [loss(...inputs), ...gradients].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

describe('gradients', () => {
  for (const [index, test] of cases.entries()) {
    it(`of ${test.name} equal those of tfjs`, async () => {
      const random = createRandom(7, index);
      const [low, high] = test.range ?? [-1.5, 1.5];
      const values = test.shapes.map((shape) =>
        Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform()),
      );
      const ours = await graphResult(test, values);
      const theirs = eagerResult(test, values);
      expect(ours.length).toBe(theirs.length);
      theirs.forEach((expected, i) => {
        const largest = Math.max(1, ...Array.from(expected, Math.abs));
        const worst = Math.max(...Array.from(expected, (value, k) => Math.abs(value - (ours[i]?.[k] ?? Number.NaN))));
        expect(worst / largest).toBeLessThan(1e-4);
      });
    });
  }

  it('are tested for every operation that has one', () => {
    const without = ['Sign', 'Round', 'StopGradient'];
    const covered = new Set(cases.flatMap(({ covers }) => covers));
    expect(differentiableOperations.filter((type) => !covered.has(type) && !without.includes(type))).toEqual([]);
  });

  it('do not pass through rounding, signs and stops', async () => {
    const graph = new Graph();
    const x = graph.variable('x', [3], Float32Array.of(0.2, 1.7, -2.4));
    const stopped = ['Round', 'Sign', 'StopGradient'].map((type) => op.unary(graph, type as 'Round', x.value));
    const loss = op.sum(graph, op.addAll(graph, [x.value, ...stopped]));
    const [gradient] = gradientsOf(graph, loss, [x.value]);
    const step = graph.placeholder('step', [], 'float32');
    graph.signature('run', { inputs: { step }, outputs: { gradient: gradient as Value } });
    const session = await Session.load(graph);
    expect(Array.from(session.run('run', { step: Float32Array.of(0) })['gradient'] ?? [])).toEqual([1, 1, 1]);
    session.dispose();
  });
});
