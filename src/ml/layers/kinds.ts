import type { Graph, Value } from '../graph/graph.ts';
import {
  add,
  addApart,
  biasAdd,
  broadcastTo,
  concat,
  conv2d,
  conv2dTranspose,
  depthToSpace,
  matMul,
  reshape,
  spaceToDepth,
  subtract,
  unary,
} from '../graph/operations.ts';
import { eagerDepthToSpace, eagerSpaceToDepth } from '../runtime/blocks.ts';
import type { Tensor, Tensor4D, Tf } from '../runtime/tensorflow.ts';
import type { Layer, LayerType, ParameterSpec } from './description.ts';

type LayerOf<T extends LayerType> = Extract<Layer, { type: T }>;

/** All that there is to know of one kind of layer. A new kind is a new entry of the registry below. */
interface LayerKind<T extends LayerType> {
  /** Channels (or features) out, from those in. */
  channels(layer: LayerOf<T>, inputs: readonly number[]): number;
  /** Factor by which height and width grow: 0.5 for stride 2. */
  scale(layer: LayerOf<T>): number;
  parameters(layer: LayerOf<T>, inputChannels: number): ParameterSpec[];
  /** Multiply-accumulates for each position of the output. */
  macs(layer: LayerOf<T>, inputChannels: number): number;
  graph(graph: Graph, layer: LayerOf<T>, inputs: readonly Value[], parameters: readonly Value[]): Value;
  /** The same on tfjs's own operations, one at a time. */
  eager(tf: Tf, layer: LayerOf<T>, inputs: readonly Tensor[], parameters: readonly Tensor[]): Tensor;
}

function at<V>(values: readonly V[], index: number): V {
  const value = values[index];
  if (value === undefined) throw new Error(`A layer lacks its input or parameter ${index}.`);
  return value;
}

/** A layer without parameters that keeps channels and size, unless `change` says otherwise. */
function plain<T extends LayerType>(
  kind: Pick<LayerKind<T>, 'graph' | 'eager'>,
  change: Partial<Pick<LayerKind<T>, 'channels' | 'scale'>> = {},
): LayerKind<T> {
  return {
    channels: (_layer, inputs) => at(inputs, 0),
    scale: () => 1,
    parameters: () => [],
    macs: () => 0,
    ...change,
    ...kind,
  };
}

/** He et al. 2015: normal with variance 2 / fan-in, times the layer's gain. */
function heNormal(fanIn: number, gain: number): ParameterSpec['initial'] {
  return { kind: 'normal', deviation: gain * Math.sqrt(2 / fanIn) };
}

/**
 * A convolution whose patches do not overlap, as the product of matrices that it is: with patches of 16 x 16, TensorFlow
 * takes half the time for it, and for its transpose a fifth. Undefined for any other convolution, and for patches of
 * 2 x 2 in bfloat16, where that takes longer.
 */
function patchProduct(
  graph: Graph,
  { kernel, stride, filters }: LayerOf<'conv2d'>,
  x: Value,
  filter: Value,
  bias: Value,
): Value | undefined {
  const [, height = 0, width = 0, channels = 0] = x.shape;
  const isFaster = kernel > 2 || (kernel === 2 && x.dtype === 'float32');
  if (kernel !== stride || !isFaster || height % kernel !== 0 || width % kernel !== 0) return undefined;
  const patches = spaceToDepth(graph, x, kernel);
  const [batch = 0, down = 0, across = 0, size = 0] = patches.shape;
  const rows = reshape(graph, patches, [batch * down * across, size]);
  const product = matMul(graph, rows, reshape(graph, filter, [kernel * kernel * channels, filters]));
  return reshape(graph, biasAdd(graph, product, bias), [batch, down, across, filters]);
}

/** The transpose of `patchProduct`: each position becomes a patch of its own. */
function patchesOfProduct(
  graph: Graph,
  { kernel, filters }: LayerOf<'conv2dTranspose'>,
  x: Value,
  filter: Value,
  bias: Value,
): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const size = kernel * kernel * filters;
  const rows = reshape(graph, x, [batch * height * width, channels]);
  const product = matMul(graph, rows, reshape(graph, filter, [size, channels]), false, true);
  const everywhere = reshape(graph, broadcastTo(graph, bias, [kernel * kernel, filters]), [size]);
  const patches = reshape(graph, biasAdd(graph, product, everywhere), [batch, height, width, size]);
  return depthToSpace(graph, patches, kernel);
}

const conv2dKind: LayerKind<'conv2d'> = {
  channels: (layer) => layer.filters,
  scale: (layer) => 1 / layer.stride,
  parameters: ({ kernel, filters, gain }, channels) => [
    { name: 'filter', shape: [kernel, kernel, channels, filters], initial: heNormal(kernel * kernel * channels, gain) },
    { name: 'bias', shape: [filters], initial: { kind: 'zeros' } },
  ],
  macs: ({ kernel, filters }, channels) => kernel * kernel * channels * filters,
  graph: (graph, layer, inputs, parameters) => {
    const [x, filter, bias] = [at(inputs, 0), at(parameters, 0), at(parameters, 1)];
    return patchProduct(graph, layer, x, filter, bias) ?? biasAdd(graph, conv2d(graph, x, filter, layer.stride), bias);
  },
  eager: (tf, layer, inputs, parameters) =>
    tf.add(
      tf.conv2d(at(inputs, 0) as Tensor4D, at(parameters, 0) as Tensor4D, layer.stride, 'same'),
      at(parameters, 1),
    ),
};

const conv2dTransposeKind: LayerKind<'conv2dTranspose'> = {
  channels: (layer) => layer.filters,
  scale: (layer) => layer.stride,
  parameters: ({ kernel, filters, gain, stride }, channels) => [
    {
      name: 'filter',
      shape: [kernel, kernel, filters, channels],
      initial: heNormal((kernel * kernel * channels) / (stride * stride), gain),
    },
    { name: 'bias', shape: [filters], initial: { kind: 'zeros' } },
  ],
  macs: ({ kernel, filters, stride }, channels) => (kernel * kernel * channels * filters) / (stride * stride),
  graph: (graph, layer, inputs, parameters) => {
    const [x, filter, bias] = [at(inputs, 0), at(parameters, 0), at(parameters, 1)];
    if (layer.kernel === layer.stride) return patchesOfProduct(graph, layer, x, filter, bias);
    const [batch = 0, height = 0, width = 0] = x.shape;
    const shape = [batch, height * layer.stride, width * layer.stride, layer.filters];
    return biasAdd(graph, conv2dTranspose(graph, x, filter, shape, layer.stride), bias);
  },
  eager: (tf, layer, inputs, parameters) => {
    const x = at(inputs, 0) as Tensor4D;
    const [batch, height, width] = x.shape;
    const shape: [number, number, number, number] = [batch, height * layer.stride, width * layer.stride, layer.filters];
    return tf.add(tf.conv2dTranspose(x, at(parameters, 0) as Tensor4D, shape, layer.stride, 'same'), at(parameters, 1));
  },
};

const denseKind: LayerKind<'dense'> = {
  channels: (layer) => layer.units,
  scale: () => 1,
  parameters: ({ units, initialiser }, features) => [
    {
      name: 'kernel',
      shape: [features, units],
      initial:
        initialiser === 'he' ? heNormal(features, 1) : { kind: 'uniform', limit: Math.sqrt(6 / (features + units)) },
    },
    { name: 'bias', shape: [units], initial: { kind: 'zeros' } },
  ],
  macs: ({ units }, features) => features * units,
  graph: (graph, _layer, inputs, parameters) =>
    biasAdd(graph, matMul(graph, at(inputs, 0), at(parameters, 0)), at(parameters, 1)),
  eager: (tf, _layer, inputs, parameters) => tf.add(tf.matMul(at(inputs, 0), at(parameters, 0)), at(parameters, 1)),
};

const kinds: { [T in LayerType]: LayerKind<T> } = {
  conv2d: conv2dKind,
  conv2dTranspose: conv2dTransposeKind,
  dense: denseKind,
  relu: plain({
    graph: (graph, _layer, inputs) => unary(graph, 'Relu', at(inputs, 0)),
    eager: (tf, _layer, inputs) => tf.relu(at(inputs, 0)),
  }),
  sigmoid: plain({
    graph: (graph, _layer, inputs) => unary(graph, 'Sigmoid', at(inputs, 0)),
    eager: (tf, _layer, inputs) => tf.sigmoid(at(inputs, 0)),
  }),
  add: plain({
    graph: (graph, _layer, inputs) => sumOf(graph, at(inputs, 0), at(inputs, 1)),
    eager: (tf, _layer, inputs) => tf.add(at(inputs, 0), at(inputs, 1)),
  }),
  subtract: plain({
    graph: (graph, _layer, inputs) => subtract(graph, at(inputs, 0), at(inputs, 1)),
    eager: (tf, _layer, inputs) => tf.sub(at(inputs, 0), at(inputs, 1)),
  }),
  concat: plain(
    {
      graph: (graph, _layer, inputs) => concat(graph, inputs, at(inputs, 0).shape.length - 1),
      eager: (tf, _layer, inputs) => tf.concat([...inputs], -1),
    },
    { channels: (_layer, inputs) => at(inputs, 0) + at(inputs, 1) },
  ),
  flatten: plain<'flatten'>(
    {
      graph: (graph, _layer, inputs) => reshape(graph, at(inputs, 0), flat(at(inputs, 0).shape)),
      eager: (tf, _layer, inputs) => tf.reshape(at(inputs, 0), flat(at(inputs, 0).shape)),
    },
    {
      channels: ({ height, width }, inputs) => height * width * at(inputs, 0),
      // One position is left of all: per position of the input, the layers behind count that much less.
      scale: ({ height, width }) => 1 / Math.sqrt(height * width),
    },
  ),
  unflatten: plain<'unflatten'>(
    {
      graph: (graph, layer, inputs) => reshape(graph, at(inputs, 0), unflat(layer, at(inputs, 0).shape)),
      eager: (tf, layer, inputs) => tf.reshape(at(inputs, 0), unflat(layer, at(inputs, 0).shape)),
    },
    {
      channels: ({ height, width }, inputs) => at(inputs, 0) / (height * width),
      scale: ({ height, width }) => Math.sqrt(height * width),
    },
  ),
  spaceToDepth: plain<'spaceToDepth'>(
    {
      graph: (graph, layer, inputs) => spaceToDepth(graph, at(inputs, 0), layer.block),
      eager: (tf, layer, inputs) => eagerSpaceToDepth(tf, at(inputs, 0), layer.block),
    },
    { channels: (layer, inputs) => at(inputs, 0) * layer.block ** 2, scale: (layer) => 1 / layer.block },
  ),
  depthToSpace: plain<'depthToSpace'>(
    {
      graph: (graph, layer, inputs) => depthToSpace(graph, at(inputs, 0), layer.block),
      eager: (tf, layer, inputs) => eagerDepthToSpace(tf, at(inputs, 0), layer.block),
    },
    { channels: (layer, inputs) => at(inputs, 0) / layer.block ** 2, scale: (layer) => layer.block },
  ),
};

/** A sum with the convolution just before it, which TensorFlow fuses; or one that stays apart from others. */
function sumOf(graph: Graph, a: Value, b: Value): Value {
  const before = graph.operations.at(-1);
  const isFused = before?.type === 'BiasAdd' && (a.operation === before || b.operation === before);
  return isFused ? add(graph, a, b) : addApart(graph, a, b);
}

function flat([batch = 0, ...rest]: readonly number[]): [number, number] {
  return [batch, rest.reduce((product, size) => product * size, 1)];
}

function unflat({ height, width }: LayerOf<'unflatten'>, [batch = 0, features = 0]: readonly number[]): number[] {
  return [batch, height, width, features / (height * width)];
}

/** The kind of a layer, typed for that layer. */
export function kindOf<T extends LayerType>(layer: LayerOf<T>): LayerKind<T> {
  return kinds[layer.type];
}
