import type { Graph, Value } from '../graph/graph.ts';
import {
  add,
  addAll,
  binary,
  conv2d,
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
  unary,
} from '../graph/operations.ts';
import type { ProgramParameter } from './program.ts';

/**
 * Estimates what a latent will cost in the file, with gradients. Each integer is taken to come from a logistic
 * distribution whose mean and scale follow from integers that the decoder already has: neighbours in the same channel,
 * and lower channels here and around. The file's own coder (codec/) uses the same kind of contexts, but adapts.
 * Density of a rounded logistic: the difference of the distribution function half a step to each side (Balle 2018).
 */

/** Neighbours that come before a position in reading order, as [dy, dx]. */
const causal = [
  [0, -1],
  [-1, 0],
  [-1, -1],
  [-1, 1],
] as const;
const around = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;
/** Standard deviation of a logistic distribution of scale 1. */
const logisticDeviation = Math.PI / Math.sqrt(3);
const smallestProbability = 1e-9;
const scaleLimits = [-3, 9] as const;

/**
 * Parameters of the rate model.
 * @param logGains logarithms of the gains [anchors, channels]; latents have deviation 1 before them
 */
export function rateParameters(channels: number, anchors: number, logGains: Float32Array): ProgramParameter[] {
  const bias = logGains.map((value) => Math.max(-1.5, value - Math.log(logisticDeviation)) - 0.5);
  const near = new Float32Array(causal.length * channels).fill(0.1);
  const zeros = (name: string, shape: number[], rate: number): ProgramParameter => ({
    name,
    shape,
    initial: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    rate,
  });
  return [
    { name: 'rate/bias', shape: [anchors, channels], initial: bias, rate: 3 },
    { name: 'rate/near', shape: [causal.length, channels], initial: near, rate: 3 },
    zeros('rate/here', [1, 1, channels, channels], 1),
    zeros('rate/around', [1, 1, channels, channels], 1),
    zeros('rate/mean', [causal.length, channels], 3),
  ];
}

/** x moved so that each position holds its neighbour's value; zeros come in from outside. [b, h, w, c]. */
function shifted(graph: Graph, x: Value, dy: number, dx: number): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const framed = pad(graph, x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  return slice(graph, framed, [0, 1 + dy, 1 + dx, 0], [batch, height, width, channels]);
}

/** Row `index` of a [rows, channels] parameter as [1, 1, 1, channels]. */
function row(graph: Graph, table: Value, index: number): Value {
  const channels = table.shape[1] ?? 0;
  return reshape(graph, slice(graph, table, [index, 0], [1, channels]), [1, 1, 1, channels]);
}

/** 1 where the channel that is read comes before the one that is coded. */
function lowerChannels(graph: Graph, channels: number): Value {
  const mask = new Float32Array(channels * channels);
  for (let from = 0; from < channels; from++)
    for (let to = from + 1; to < channels; to++) mask[from * channels + to] = 1;
  return graph.constant(mask, [1, 1, channels, channels]);
}

export interface RateInputs {
  graph: Graph;
  /** Latent with noise of one step, [b, h, w, c]. */
  noisy: Value;
  /** Weight of each quality anchor for each photo, [b, anchors]. */
  anchors: Value;
  parameter: (name: string) => Value;
}

/** Estimated bits of each integer, [b, h, w, c]. */
export function estimatedBits(inputs: RateInputs): Value {
  const { graph, noisy, parameter } = inputs;
  const logScale = predictedLogScale(inputs);
  const mean = addAll(
    graph,
    causal.map(([dy, dx], index) =>
      multiply(graph, shifted(graph, noisy, dy, dx), row(graph, parameter('rate/mean'), index)),
    ),
  );
  const scaleInverse = unary(graph, 'Exp', unary(graph, 'Neg', logScale));
  // Both distribution functions are taken in the lower tail, where their difference keeps its precision.
  const distance = unary(graph, 'Neg', unary(graph, 'Abs', subtract(graph, noisy, mean)));
  const upper = unary(graph, 'Sigmoid', multiply(graph, offset(graph, distance, 0.5), scaleInverse));
  const lower = unary(graph, 'Sigmoid', multiply(graph, offset(graph, distance, -0.5), scaleInverse));
  const probability = offset(graph, subtract(graph, upper, lower), smallestProbability);
  return scale(graph, unary(graph, 'Log', probability), -1 / Math.LN2);
}

function predictedLogScale({ graph, noisy, anchors, parameter }: RateInputs): Value {
  const [batch = 0, , , channels = 0] = noisy.shape;
  const magnitude = unary(graph, 'Log1p', unary(graph, 'Abs', noisy));
  const mask = lowerChannels(graph, channels);
  const masked = (name: string): Value => multiply(graph, parameter(name), mask);
  const ring = scale(
    graph,
    addAll(
      graph,
      around.map(([dy, dx]) => shifted(graph, magnitude, dy, dx)),
    ),
    1 / around.length,
  );
  const bias = reshape(graph, matMul(graph, anchors, parameter('rate/bias')), [batch, 1, 1, channels]);
  const near = causal.map(([dy, dx], index) =>
    multiply(graph, shifted(graph, magnitude, dy, dx), row(graph, parameter('rate/near'), index)),
  );
  const lower = add(
    graph,
    conv2d(graph, magnitude, masked('rate/here'), 1),
    conv2d(graph, ring, masked('rate/around'), 1),
  );
  const sum = add(graph, addAll(graph, [...near, lower]), bias);
  const [smallest, largest] = scaleLimits;
  return binary(graph, 'Minimum', binary(graph, 'Maximum', sum, graph.scalar(smallest)), graph.scalar(largest));
}

/** Mean bits per pixel of each photo, [b], from the bits of its integers. */
export function bitsPerPixel(graph: Graph, bits: Value, pixels: number): Value {
  const perPhoto = reduce(graph, 'Sum', bits, [1, 2, 3]);
  return divide(graph, perPhoto, graph.scalar(pixels));
}
