import type { Graph, Operation, Shape, Value } from './graph.ts';
import {
  activationGradient,
  add,
  addAll,
  atLeast,
  biasAddGradient,
  broadcastTo,
  cast,
  conv2d,
  conv2dFilterGradient,
  conv2dTranspose,
  divide,
  matMul,
  multiply,
  offset,
  pad,
  reduce,
  reshape,
  scale,
  slice,
  subtract,
  transpose,
  unary,
} from './operations.ts';

/** What the gradient of one operation is made from. */
interface Context {
  graph: Graph;
  operation: Operation;
  /** Output of the operation. */
  output: Value;
  /** Gradient of the loss with respect to the output, of its shape. */
  gradient: Value;
}

/** Gradients with respect to the inputs, in their order; null where there is none. */
type Gradient = (context: Context) => readonly (Value | null)[];

/** Sums a gradient over the axes along which the input was broadcast. */
function unbroadcast(graph: Graph, gradient: Value, shape: Shape): Value {
  const rank = gradient.shape.length;
  const missing = rank - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  const summed = axes.length === 0 ? gradient : reduce(graph, 'Sum', gradient, axes, true);
  return summed.shape.length === shape.length ? summed : reshape(graph, summed, shape);
}

function input(operation: Operation, index: number): Value {
  const value = operation.inputs[index];
  if (value === undefined) throw new Error(`${operation.type} has no input ${index}.`);
  return value;
}

function integersOf(value: Value): number[] {
  const attribute = value.operation.attributes['value'];
  if (attribute === undefined || !('tensor' in attribute)) throw new Error('Expected a constant.');
  return Array.from(attribute.tensor.data);
}

function stride(operation: Operation): number {
  const attribute = operation.attributes['strides'];
  return attribute !== undefined && 'ints' in attribute ? (attribute.ints[1] ?? 1) : 1;
}

function truth(operation: Operation, name: string): boolean {
  const attribute = operation.attributes[name];
  return attribute !== undefined && 'bool' in attribute && attribute.bool;
}

/** A gradient for both sides of an element-by-element operation. */
function elementwise(sides: (context: Context, a: Value, b: Value) => readonly [Value, Value]): Gradient {
  return (context) => {
    const a = input(context.operation, 0);
    const b = input(context.operation, 1);
    const [da, db] = sides(context, a, b);
    return [unbroadcast(context.graph, da, a.shape), unbroadcast(context.graph, db, b.shape)];
  };
}

/** The larger (or smaller) side takes the gradient; the first one where both are equal. */
function extremum(first: (graph: Graph, a: Value, b: Value) => Value): Gradient {
  return elementwise(({ graph, gradient }, a, b) => {
    const toFirst = multiply(graph, gradient, first(graph, a, b));
    return [toFirst, subtract(graph, gradient, toFirst)];
  });
}

function reduction(isMean: boolean): Gradient {
  return ({ graph, operation, gradient }) => {
    const x = input(operation, 0);
    const axes = integersOf(input(operation, 1));
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
    const spread = broadcastTo(graph, reshape(graph, gradient, kept), x.shape);
    return [isMean ? scale(graph, spread, 1 / count) : spread, null];
  };
}

function matMulGradient({ graph, operation, gradient }: Context): readonly Value[] {
  const a = input(operation, 0);
  const b = input(operation, 1);
  const transposedA = truth(operation, 'transpose_a');
  const transposedB = truth(operation, 'transpose_b');
  const da = transposedA
    ? matMul(graph, b, gradient, transposedB, true)
    : matMul(graph, gradient, b, false, !transposedB);
  const db = transposedB
    ? matMul(graph, gradient, a, true, transposedA)
    : matMul(graph, a, gradient, !transposedA, false);
  return [da, db];
}

function concatGradient({ graph, operation, gradient }: Context): readonly (Value | null)[] {
  const [axis = 0] = integersOf(input(operation, operation.inputs.length - 1));
  let position = 0;
  const parts = operation.inputs.slice(0, -1).map((part) => {
    const begin = part.shape.map((_, index) => (index === axis ? position : 0));
    position += part.shape[axis] ?? 0;
    return slice(graph, gradient, begin, part.shape);
  });
  return [...parts, null];
}

/** d/dx of |x|-like functions needs the sign; the others are plain formulae. */
const registry: Readonly<Record<string, Gradient>> = {
  AddV2: elementwise(({ gradient }) => [gradient, gradient]),
  Sub: elementwise(({ graph, gradient }) => [gradient, unary(graph, 'Neg', gradient)]),
  Mul: elementwise(({ graph, gradient }, a, b) => [multiply(graph, gradient, b), multiply(graph, gradient, a)]),
  RealDiv: elementwise(({ graph, gradient, output }, _a, b) => {
    const da = divide(graph, gradient, b);
    return [da, unary(graph, 'Neg', multiply(graph, da, output))];
  }),
  Maximum: extremum((graph, a, b) => atLeast(graph, a, b)),
  Minimum: extremum((graph, a, b) => atLeast(graph, b, a)),
  AddN: ({ operation, gradient }) => operation.inputs.map(() => gradient),
  Neg: ({ graph, gradient }) => [unary(graph, 'Neg', gradient)],
  Square: ({ graph, operation, gradient }) => [multiply(graph, gradient, scale(graph, input(operation, 0), 2))],
  Sqrt: ({ graph, gradient, output }) => [divide(graph, gradient, scale(graph, output, 2))],
  Abs: ({ graph, operation, gradient }) => [multiply(graph, gradient, unary(graph, 'Sign', input(operation, 0)))],
  Exp: ({ graph, gradient, output }) => [multiply(graph, gradient, output)],
  Log: ({ graph, operation, gradient }) => [divide(graph, gradient, input(operation, 0))],
  Log1p: ({ graph, operation, gradient }) => [divide(graph, gradient, offset(graph, input(operation, 0), 1))],
  LogSoftmax: ({ graph, gradient, output }) => {
    const total = reduce(graph, 'Sum', gradient, [gradient.shape.length - 1], true);
    return [subtract(graph, gradient, multiply(graph, unary(graph, 'Exp', output), total))];
  },
  Sign: () => [null],
  Round: () => [null],
  StopGradient: () => [null],
  Identity: ({ gradient }) => [gradient],
  Cast: ({ graph, operation, gradient }) => {
    const { dtype } = input(operation, 0);
    return [dtype === 'float32' || dtype === 'bfloat16' ? cast(graph, gradient, dtype) : null];
  },
  Relu: ({ graph, gradient, output }) => [activationGradient(graph, 'ReluGrad', gradient, output)],
  Sigmoid: ({ graph, gradient, output }) => [activationGradient(graph, 'SigmoidGrad', output, gradient)],
  Tanh: ({ graph, gradient, output }) => [activationGradient(graph, 'TanhGrad', output, gradient)],
  Softplus: ({ graph, operation, gradient }) => [
    activationGradient(graph, 'SoftplusGrad', gradient, input(operation, 0)),
  ],
  Conv2D: ({ graph, operation, gradient }) => {
    const [x, filter] = [input(operation, 0), input(operation, 1)];
    return [
      conv2dTranspose(graph, gradient, filter, x.shape, stride(operation)),
      conv2dFilterGradient(graph, x, filter.shape, gradient, stride(operation)),
    ];
  },
  Conv2DBackpropInput: ({ graph, operation, gradient }) => {
    const [filter, x] = [input(operation, 1), input(operation, 2)];
    return [
      null,
      conv2dFilterGradient(graph, gradient, filter.shape, x, stride(operation)),
      conv2d(graph, gradient, filter, stride(operation)),
    ];
  },
  BiasAdd: ({ graph, gradient }) => [gradient, biasAddGradient(graph, gradient)],
  MatMul: matMulGradient,
  Sum: reduction(false),
  Mean: reduction(true),
  BroadcastTo: ({ graph, operation, gradient }) => [unbroadcast(graph, gradient, input(operation, 0).shape), null],
  Reshape: ({ graph, operation, gradient }) => [reshape(graph, gradient, input(operation, 0).shape), null],
  Transpose: ({ graph, operation, gradient }) => {
    const permutation = integersOf(input(operation, 1));
    return [
      transpose(
        graph,
        gradient,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
      null,
    ];
  },
  ConcatV2: concatGradient,
  Slice: ({ graph, operation, gradient }) => {
    const x = input(operation, 0);
    const begin = integersOf(input(operation, 1));
    const paddings = x.shape.map((size, axis): [number, number] => {
      const before = begin[axis] ?? 0;
      return [before, size - before - (gradient.shape[axis] ?? 0)];
    });
    return [pad(graph, gradient, paddings), null, null];
  },
  Pad: ({ graph, operation, gradient }) => {
    const x = input(operation, 0);
    const paddings = integersOf(input(operation, 1));
    return [
      slice(
        graph,
        gradient,
        x.shape.map((_, axis) => paddings[2 * axis] ?? 0),
        x.shape,
      ),
      null,
    ];
  },
};

/** The operations that gradients flow through. */
export const differentiableOperations: readonly string[] = Object.keys(registry);

/**
 * Reverse-mode differentiation: adds to the graph the gradients of a scalar with respect to some values.
 * Operations without any input that leads to a target are passed over, so random numbers and data need no gradient.
 * @param loss a scalar
 * @param targets values that the loss depends on, such as the variables' values
 * @returns gradients of the targets' shapes, in their order
 */
export function gradientsOf(graph: Graph, loss: Value, targets: readonly Value[]): Value[] {
  const leads = new Set<Operation>(targets.map((target) => target.operation));
  for (const operation of graph.operations) {
    if (operation.inputs.some((value) => leads.has(value.operation))) leads.add(operation);
  }
  const outputs = new Map<Operation, Value>();
  const pending = new Map<Operation, Value[]>([[loss.operation, [graph.constant(Float32Array.of(1), [])]]]);
  const forward = graph.operations.slice(0, graph.operations.indexOf(loss.operation) + 1);
  for (const operation of forward) for (const value of operation.inputs) outputs.set(value.operation, value);
  outputs.set(loss.operation, loss);
  const results = new Map<Operation, Value>();
  for (const operation of forward.reverse()) {
    const parts = pending.get(operation);
    const output = outputs.get(operation);
    if (parts === undefined || output === undefined) continue;
    const gradient = addAll(graph, parts);
    results.set(operation, gradient);
    pending.delete(operation);
    if (targets.some((target) => target.operation === operation)) continue;
    propagate({ graph, operation, output, gradient }, leads, pending);
  }
  return targets.map((target) => {
    const gradient = results.get(target.operation);
    if (gradient === undefined) throw new Error(`The loss does not depend on ${target.operation.name}.`);
    return gradient;
  });
}

function propagate(context: Context, leads: Set<Operation>, pending: Map<Operation, Value[]>): void {
  const { operation } = context;
  if (!operation.inputs.some((value) => leads.has(value.operation))) return;
  const gradient = registry[operation.type];
  if (gradient === undefined) throw new Error(`There is no gradient for ${operation.type}.`);
  const parts = gradient(context);
  operation.inputs.forEach((value, index) => {
    const part = parts[index];
    if (part === null || part === undefined || !leads.has(value.operation)) return;
    pending.set(value.operation, [...(pending.get(value.operation) ?? []), part]);
  });
}

/** Global norm of gradients: the square root of the sum of all squares. */
export function globalNorm(graph: Graph, gradients: readonly Value[]): Value {
  const squares = gradients.map((gradient) => {
    const flat = unary(graph, 'Square', gradient);
    return reduce(
      graph,
      'Sum',
      flat,
      flat.shape.map((_, axis) => axis),
    );
  });
  return unary(
    graph,
    'Sqrt',
    squares.reduce((total, square) => add(graph, total, square)),
  );
}
