import type { Attribute, DType, Graph, Shape, Value } from './graph.ts';
import { sizeOf } from './graph.ts';

/**
 * TensorFlow operations as functions on values of one graph, with the shape of the result worked out here.
 * Layout is NHWC throughout: [batch, height, width, channels].
 */

const nhwc: Record<string, Attribute> = { data_format: { string: 'NHWC' } };

/** The attribute that says the number type of most operations. */
export function typed(dtype: DType): Record<string, Attribute> {
  return { T: { type: dtype } };
}

/** Shape of an element-by-element operation on two shapes, by NumPy's broadcasting rules. */
function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`Shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast.`);
    }
    return Math.max(left, right);
  });
}

type Binary = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Maximum' | 'Minimum';
type Unary =
  | 'Neg'
  | 'Square'
  | 'Sqrt'
  | 'Abs'
  | 'Exp'
  | 'Log'
  | 'Log1p'
  | 'Sign'
  | 'Round'
  | 'Relu'
  | 'Sigmoid'
  | 'Tanh'
  | 'Softplus'
  | 'Identity'
  | 'StopGradient';

export function binary(graph: Graph, type: Binary, a: Value, b: Value): Value {
  return graph.add(type, [a, b], broadcastShape(a.shape, b.shape), a.dtype, { attributes: typed(a.dtype) });
}

export function unary(graph: Graph, type: Unary, x: Value): Value {
  return graph.add(type, [x], x.shape, x.dtype, { attributes: typed(x.dtype) });
}

export const add = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'AddV2', a, b);
export const subtract = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Sub', a, b);
export const multiply = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Mul', a, b);
export const divide = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'RealDiv', a, b);

/** x times a constant. */
export function scale(graph: Graph, x: Value, factor: number): Value {
  return multiply(graph, x, constantLike(graph, factor, x.dtype));
}

/** x plus a constant. */
export function offset(graph: Graph, x: Value, summand: number): Value {
  return add(graph, x, constantLike(graph, summand, x.dtype));
}

/** x divided by a constant. */
export function divideBy(graph: Graph, x: Value, divisor: number): Value {
  return divide(graph, x, constantLike(graph, divisor, x.dtype));
}

function constantLike(graph: Graph, value: number, dtype: DType): Value {
  return cast(graph, graph.scalar(value), dtype);
}

/** The same values in another number type. */
export function cast(graph: Graph, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  return graph.add('Cast', [x], x.shape, dtype, {
    attributes: { SrcT: { type: x.dtype }, DstT: { type: dtype }, Truncate: { bool: false } },
  });
}

function convolutionAttributes(dtype: DType, stride: number): Record<string, Attribute> {
  return { ...typed(dtype), ...nhwc, strides: { ints: [1, stride, stride, 1] }, padding: { string: 'SAME' } };
}

/** Convolution with zero padding to size / stride. Filter [height, width, in, out]. */
export function conv2d(graph: Graph, x: Value, filter: Value, stride: number): Value {
  const [batch = 0, height = 0, width = 0] = x.shape;
  const shape = [batch, Math.ceil(height / stride), Math.ceil(width / stride), filter.shape[3] ?? 0];
  return graph.add('Conv2D', [x, filter], shape, x.dtype, { attributes: convolutionAttributes(x.dtype, stride) });
}

/** The transpose of `conv2d`: filter [height, width, out, in] of the convolution that it inverts in shape. */
export function conv2dTranspose(graph: Graph, x: Value, filter: Value, outputShape: Shape, stride: number): Value {
  return graph.add('Conv2DBackpropInput', [graph.integers(outputShape), filter, x], outputShape, x.dtype, {
    attributes: convolutionAttributes(x.dtype, stride),
  });
}

/** Gradient of `conv2d` with respect to its filter. */
export function conv2dFilterGradient(
  graph: Graph,
  x: Value,
  filterShape: Shape,
  gradient: Value,
  stride: number,
): Value {
  return graph.add('Conv2DBackpropFilter', [x, graph.integers(filterShape), gradient], filterShape, x.dtype, {
    attributes: convolutionAttributes(x.dtype, stride),
  });
}

/** Adds one number for each channel, the last axis. */
export function biasAdd(graph: Graph, x: Value, bias: Value): Value {
  return graph.add('BiasAdd', [x, bias], x.shape, x.dtype, { attributes: { ...typed(x.dtype), ...nhwc } });
}

export function biasAddGradient(graph: Graph, gradient: Value): Value {
  const channels = gradient.shape.at(-1) ?? 0;
  return graph.add('BiasAddGrad', [gradient], [channels], gradient.dtype, {
    attributes: { ...typed(gradient.dtype), ...nhwc },
  });
}

/** Matrix product of [m, k] and [k, n], each optionally transposed first. */
export function matMul(graph: Graph, a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const rows = a.shape[transposeA ? 1 : 0] ?? 0;
  const columns = b.shape[transposeB ? 0 : 1] ?? 0;
  return graph.add('MatMul', [a, b], [rows, columns], a.dtype, {
    attributes: { ...typed(a.dtype), transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } },
  });
}

type GradientOf = 'ReluGrad' | 'SigmoidGrad' | 'TanhGrad' | 'SoftplusGrad';

/** TensorFlow's own gradient operations of activations: (gradient, y) or, for Sigmoid and Tanh, (y, gradient). */
export function activationGradient(graph: Graph, type: GradientOf, first: Value, second: Value): Value {
  return graph.add(type, [first, second], first.shape, first.dtype, { attributes: typed(first.dtype) });
}

type Reduction = 'Sum' | 'Mean';

/** Sum or mean over axes; `keepDimensions` leaves them with size 1. */
export function reduce(
  graph: Graph,
  type: Reduction,
  x: Value,
  axes: readonly number[],
  keepDimensions = false,
): Value {
  const shape = x.shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDimensions ? [1] : []) : [size]));
  return graph.add(type, [x, graph.integers(axes)], shape, x.dtype, {
    attributes: { ...typed(x.dtype), Tidx: { type: 'int32' }, keep_dims: { bool: keepDimensions } },
  });
}

/** Mean over everything, a scalar. */
export function mean(graph: Graph, x: Value): Value {
  return reduce(
    graph,
    'Mean',
    x,
    x.shape.map((_, axis) => axis),
  );
}

/** Sum over everything, a scalar. */
export function sum(graph: Graph, x: Value): Value {
  return reduce(
    graph,
    'Sum',
    x,
    x.shape.map((_, axis) => axis),
  );
}

export function reshape(graph: Graph, x: Value, shape: Shape): Value {
  if (sizeOf(shape) !== sizeOf(x.shape))
    throw new Error(`[${x.shape.join(', ')}] cannot become [${shape.join(', ')}].`);
  return graph.add('Reshape', [x, graph.integers(shape)], shape, x.dtype, {
    attributes: { ...typed(x.dtype), Tshape: { type: 'int32' } },
  });
}

export function transpose(graph: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] ?? 0);
  return graph.add('Transpose', [x, graph.integers(permutation)], shape, x.dtype, {
    attributes: { ...typed(x.dtype), Tperm: { type: 'int32' } },
  });
}

/**
 * Moves blocks of `block` x `block` pixels into channels, in the order of TensorFlow's SpaceToDepth, which takes twice
 * as long as the transposition that it is.
 */
export function spaceToDepth(graph: Graph, x: Value, block: number): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [down, across] = [height / block, width / block];
  const rows = reshape(graph, x, [batch, down, block, across, block * channels]);
  return reshape(graph, transpose(graph, rows, [0, 1, 3, 2, 4]), [batch, down, across, channels * block * block]);
}

/** The inverse of `spaceToDepth`. */
export function depthToSpace(graph: Graph, x: Value, block: number): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const rows = reshape(graph, x, [batch, height, width, block, channels / block]);
  const shape = [batch, height * block, width * block, channels / (block * block)];
  return reshape(graph, transpose(graph, rows, [0, 1, 3, 2, 4]), shape);
}

/** Joins values along an axis. */
export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new Error('Nothing to join.');
  if (values.length === 1) return first;
  const total = values.reduce((length, value) => length + (value.shape[axis] ?? 0), 0);
  const shape = first.shape.map((size, index) => (index === axis ? total : size));
  const axisValue = graph.constant(Int32Array.of(axis), []);
  return graph.add('ConcatV2', [...values, axisValue], shape, first.dtype, {
    attributes: { ...typed(first.dtype), N: { int: values.length }, Tidx: { type: 'int32' } },
  });
}

/** The part of x that starts at `begin` and has the shape `size`. */
export function slice(graph: Graph, x: Value, begin: readonly number[], size: readonly number[]): Value {
  return graph.add('Slice', [x, graph.integers(begin), graph.integers(size)], size, x.dtype, {
    attributes: { ...typed(x.dtype), Index: { type: 'int32' } },
  });
}

/** Adds zeros: `paddings` has [before, after] for each axis. */
export function pad(graph: Graph, x: Value, paddings: readonly (readonly [number, number])[]): Value {
  const shape = x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  const values = graph.constant(Int32Array.from(paddings.flat()), [paddings.length, 2]);
  return graph.add('Pad', [x, values], shape, x.dtype, {
    attributes: { ...typed(x.dtype), Tpaddings: { type: 'int32' } },
  });
}

/** Sum of values of one shape. */
export function addAll(graph: Graph, values: readonly Value[]): Value {
  return sumOfAll(graph, values, []);
}

/**
 * The sum of two values of one shape, apart from all other sums. TensorFlow's optimiser joins a sum of sums into one,
 * which takes a sum away from the convolution that it would be fused with; an input that only says when to start keeps
 * it from that.
 */
export function addApart(graph: Graph, a: Value, b: Value): Value {
  const [operation] = graph.operations;
  return sumOfAll(graph, [a, b], operation === undefined ? [] : [{ operation, shape: [], dtype: 'float32' }]);
}

function sumOfAll(graph: Graph, values: readonly Value[], controls: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) throw new Error('Nothing to add.');
  if (values.length === 1) return first;
  return graph.add('AddN', values, first.shape, first.dtype, {
    controls,
    attributes: { ...typed(first.dtype), N: { int: values.length } },
  });
}

/**
 * Random numbers that depend on the seed alone (Philox; tensorflow/core/kernels/stateless_random_ops.cc).
 * @param seed int32 [2]
 */
export function random(graph: Graph, kind: 'normal' | 'uniform', shape: Shape, seed: Value): Value {
  const type = kind === 'normal' ? 'StatelessRandomNormal' : 'StatelessRandomUniform';
  return graph.add(type, [graph.integers(shape), seed], shape, 'float32', {
    attributes: { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } },
  });
}

/** Logarithm of softmax along the last axis, exact where exponentials would overflow. */
export function logSoftmax(graph: Graph, logits: Value): Value {
  return graph.add('LogSoftmax', [logits], logits.shape, logits.dtype, { attributes: typed(logits.dtype) });
}

/** A value of all ones times x: x repeated to a shape that it broadcasts to. */
export function broadcastTo(graph: Graph, x: Value, shape: Shape): Value {
  return graph.add('BroadcastTo', [x, graph.integers(shape)], shape, x.dtype, {
    attributes: { ...typed(x.dtype), Tidx: { type: 'int32' } },
  });
}

/** 1 where a >= b, else 0, as numbers. */
export function atLeast(graph: Graph, a: Value, b: Value): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const truth = graph.add('GreaterEqual', [a, b], shape, 'bool', { attributes: typed(a.dtype) });
  return cast(graph, truth, a.dtype);
}
