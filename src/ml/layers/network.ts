import type { DType, Graph, Value } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import { cast } from '../graph/operations.ts';
import type { Tensor, Tf } from '../runtime/tensorflow.ts';
import { createRandom } from '../../shared/random.ts';
import type { Layer, Network, ParameterSpec, Weights } from './description.ts';
import { inputsOf } from './description.ts';
import { kindOf } from './kinds.ts';
import { MixedSum } from './mixed-sum.ts';

/** A parameter with the full name it has in the weights: `layer/parameter`. */
export interface NamedParameter extends ParameterSpec {
  fullName: string;
}

interface LayerFacts {
  channels: number;
  /** Height and width relative to the network's input. */
  scale: number;
}

/** Goes through the layers and gives each one's own channels and scale, and its inputs'. */
function walk(
  network: Network,
  visit: (layer: Network['layers'][number], inputs: LayerFacts[], own: LayerFacts) => void,
): void {
  const facts = new Map<string, LayerFacts>(network.inputs.map(({ name, channels }) => [name, { channels, scale: 1 }]));
  for (const layer of network.layers) {
    const inputs = inputsOf(layer).map((name) => {
      const found = facts.get(name);
      if (found === undefined) throw new Error(`Layer ${layer.name} reads ${name}, which does not come before it.`);
      return found;
    });
    const kind = kindOf(layer);
    const scale = (inputs[0]?.scale ?? 1) * kind.scale(layer);
    const own = {
      channels: kind.channels(
        layer,
        inputs.map(({ channels }) => channels),
      ),
      scale,
    };
    facts.set(layer.name, own);
    visit(layer, inputs, own);
  }
}

/** All trainable arrays of a network, in the order of its layers. */
export function parametersOf(network: Network): NamedParameter[] {
  const parameters: NamedParameter[] = [];
  walk(network, (layer, inputs) => {
    for (const spec of kindOf(layer).parameters(layer, inputs[0]?.channels ?? 0)) {
      parameters.push({ ...spec, fullName: `${layer.name}/${spec.name}` });
    }
  });
  return parameters;
}

/** Channels (or features) of each input and layer of a network. */
export function channelsOf(network: Network): Map<string, number> {
  const channels = new Map(network.inputs.map((input) => [input.name, input.channels]));
  walk(network, (layer, _inputs, own) => channels.set(layer.name, own.channels));
  return channels;
}

/** Number of trainable values. */
export function parameterCount(network: Network): number {
  return parametersOf(network).reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Multiply-accumulates for each position of the network's (full-size) input. */
export function macsPerPixel(network: Network): number {
  let total = 0;
  walk(network, (layer, inputs, own) => {
    total += kindOf(layer).macs(layer, inputs[0]?.channels ?? 0) * own.scale ** 2;
  });
  return total;
}

/** First weights of a network from a seed, as each layer kind prescribes. */
export function initialWeights(network: Network, seed: number): Weights {
  const random = createRandom(seed, 0);
  return new Map(
    parametersOf(network).map(({ fullName, shape, initial }) => {
      const values = new Float32Array(sizeOf(shape));
      if (initial.kind === 'normal')
        for (let i = 0; i < values.length; i++) values[i] = initial.deviation * random.normal();
      if (initial.kind === 'uniform')
        for (let i = 0; i < values.length; i++) values[i] = initial.limit * (2 * random.uniform() - 1);
      return [fullName, values];
    }),
  );
}

/**
 * Writes a network into a graph.
 * @param parameter gives the value of a parameter: a constant for inference, a variable for training
 * @param computeType number type of all layers, or of each, where it is exact; inputs and the result are converted at
 *   the edges
 * @param after what becomes of each layer's output before others read it: dropout while training
 * @returns the output, float32
 */
export function networkInGraph(
  graph: Graph,
  network: Network,
  inputs: Readonly<Record<string, Value>>,
  parameter: (spec: NamedParameter) => Value,
  computeType: DType | ((layer: Layer) => DType) = 'float32',
  after: (layer: Layer, output: Value) => Value = (_layer, output) => output,
): Value {
  const values = new Map<string, Value | MixedSum>();
  for (const { name } of network.inputs) values.set(name, found(inputs[name], name));
  walk(network, (layer, facts, own) => {
    const kind = kindOf(layer);
    const chosen = typeof computeType === 'string' ? computeType : computeType(layer);
    const read = inputsOf(layer).map((name) => found(values.get(name), name));
    if (layer.type === 'add' && typeof computeType === 'function') {
      const sum = MixedSum.of(graph, read);
      if (sum !== undefined) {
        values.set(layer.name, sum);
        return;
      }
    }
    const isExact = isExactIn(chosen, layer, facts[0]?.channels ?? 0, own.channels) && !isSumOfExact(layer, read);
    const type = isExact ? chosen : 'float32';
    const parameters = kind.parameters(layer, facts[0]?.channels ?? 0).map((spec) => {
      const value = parameter({ ...spec, fullName: `${layer.name}/${spec.name}` });
      return cast(graph, value, type);
    });
    const sources = read.map((value) => valueIn(graph, value, type));
    values.set(layer.name, after(layer, kind.graph(graph, layer, sources, parameters)));
  });
  return valueIn(graph, found(values.get(network.output), network.output), 'float32');
}

function valueIn(graph: Graph, value: Value | MixedSum, type: DType): Value {
  return value instanceof MixedSum ? value.valueIn(graph, type) : cast(graph, value, type);
}

/**
 * Whether a layer may be computed in a number type. oneDNN's bfloat16 kernels take channels in pairs, and on some
 * processors leave the last of an odd number out: with TensorFlow 2.21 on an AMD EPYC with AVX512_BF16, a convolution of
 * a colour picture lost one of its three channels, and a product of matrices was wrong likewise. Gradients go through
 * the layer the other way, so both numbers must be even.
 */
function isExactIn(type: DType, layer: Layer, channels: number, filters: number): boolean {
  const hasPairs = layer.type === 'conv2d' || layer.type === 'conv2dTranspose' || layer.type === 'dense';
  return type !== 'bfloat16' || !hasPairs || (channels % 2 === 0 && filters % 2 === 0);
}

/**
 * Whether a layer that only adds or moves numbers reads a float32: a photo, or what a layer made in float32. Rounding
 * the sum to bfloat16 would take from a photo what the layers are there to find.
 */
function isSumOfExact({ type }: Layer, read: readonly (Value | MixedSum)[]): boolean {
  const moves: readonly Layer['type'][] = ['add', 'subtract', 'concat', 'spaceToDepth', 'depthToSpace'];
  return moves.includes(type) && read.some((value) => value instanceof MixedSum || value.dtype === 'float32');
}

/** The same network on tfjs's own operations, as a reference for the graph. */
export function networkEager(
  tf: Tf,
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  parameter: (spec: NamedParameter) => Tensor,
): Tensor {
  const values = new Map<string, Tensor>();
  for (const { name } of network.inputs) values.set(name, found(inputs[name], name));
  walk(network, (layer, facts) => {
    const kind = kindOf(layer);
    const parameters = kind
      .parameters(layer, facts[0]?.channels ?? 0)
      .map((spec) => parameter({ ...spec, fullName: `${layer.name}/${spec.name}` }));
    const sources = inputsOf(layer).map((name) => found(values.get(name), name));
    values.set(layer.name, kind.eager(tf, layer, sources, parameters));
  });
  return found(values.get(network.output), network.output);
}

function found<V>(value: V | undefined, name: string): V {
  if (value === undefined) throw new Error(`The network needs ${name}.`);
  return value;
}
