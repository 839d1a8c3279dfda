import { needsNative } from '../runtime/tensorflow.ts';
import type { NamedTensorMap, Tensor, Tensor4D, TensorOperations } from '../runtime/tensorflow.ts';
import type { DType, Graph, Operation, Signature } from './graph.ts';

/** One operation on tfjs's own operations. Small integers are integers of 32 bits here, since tfjs has no others. */
type Rule = (tf: TensorOperations, operation: Operation, inputs: Inputs) => Tensor;

interface Inputs {
  tensor(index: number): Tensor;
  /** The integers of an input that is a constant. */
  integers(index: number): number[];
  all(): Tensor[];
}

const rules: Readonly<Record<string, Rule>> = {
  AddV2: (tf, _, { tensor }) => tf.add(tensor(0), tensor(1)),
  AddN: (tf, _, { all }) => tf.addN(all()),
  Sub: (tf, _, { tensor }) => tf.sub(tensor(0), tensor(1)),
  Mul: (tf, _, { tensor }) => tf.mul(tensor(0), tensor(1)),
  RealDiv: (tf, _, { tensor }) => tf.div(tensor(0), tensor(1)),
  BiasAdd: (tf, _, { tensor }) => tf.add(tensor(0), tensor(1)),
  Relu: (tf, _, { tensor }) => tf.relu(tensor(0)),
  Sigmoid: (tf, _, { tensor }) => tf.sigmoid(tensor(0)),
  Exp: (tf, _, { tensor }) => tf.exp(tensor(0)),
  Round: (tf, _, { tensor }) => tf.round(tensor(0)),
  Abs: (tf, _, { tensor }) => tf.abs(tensor(0)),
  GreaterEqual: (tf, _, { tensor }) => tf.greaterEqual(tensor(0), tensor(1)),
  ClipByValue: (tf, { inputs }, { tensor }) =>
    tf.clipByValue(tensor(0), numberOf(inputs[1]?.operation), numberOf(inputs[2]?.operation)),
  MatMul: (tf, { attributes }, { tensor }) =>
    tf.matMul(tensor(0), tensor(1), booleanOf(attributes['transpose_a']), booleanOf(attributes['transpose_b'])),
  Conv2D: (tf, operation, { tensor }) =>
    tf.conv2d(tensor(0) as Tensor4D, tensor(1) as Tensor4D, strideOf(operation), 'same'),
  Conv2DBackpropInput: (tf, operation, { tensor, integers }) =>
    tf.conv2dTranspose(
      tensor(2) as Tensor4D,
      tensor(1) as Tensor4D,
      integers(0) as [number, number, number, number],
      strideOf(operation),
      'same',
    ),
  Reshape: (tf, _, { tensor, integers }) => tf.reshape(tensor(0), integers(1)),
  Transpose: (tf, _, { tensor, integers }) => tf.transpose(tensor(0), integers(1)),
  BroadcastTo: (tf, _, { tensor, integers }) => tf.broadcastTo(tensor(0), integers(1)),
  Slice: (tf, _, { tensor, integers }) => tf.slice(tensor(0), integers(1), integers(2)),
  ConcatV2: (tf, { inputs }, { all, integers }) => tf.concat(all().slice(0, -1), integers(inputs.length - 1)[0]),
  Cast: (tf, { attributes }, { tensor }) => tf.cast(tensor(0), plainType(attributes['DstT'])),
  Bitcast: (tf, { attributes }, { tensor }) => {
    const words = tensor(0).dataSync<'int32'>();
    const from = arrayOf(attributes['T']);
    const to = arrayOf(attributes['type']);
    const values = Int32Array.from(new to(from.from(words).buffer));
    const count = values.length / words.length;
    return count > 1 ? tf.tensor2d(values, [words.length, count], 'int32') : tf.tensor1d(values, 'int32');
  },
};

/**
 * Runs one signature of a graph, an operation at a time: for machines without native TensorFlow, by WebAssembly. Knows
 * what inference needs; each intermediate result is let go of after its last use.
 */
export class GraphInterpreter {
  readonly #tf: TensorOperations;
  readonly #signature: Signature;
  readonly #steps: Operation[];
  /** For each operation the step after which its result is no longer needed. */
  readonly #lastUse = new Map<Operation, number>();
  readonly #constants = new Map<Operation, Tensor>();

  /** @throws {PellucidError} TENSORFLOW_UNAVAILABLE for a graph that does more than inference */
  constructor(tf: TensorOperations, graph: Graph, signature: Signature) {
    this.#tf = tf;
    this.#signature = signature;
    const needed = new Set(Object.values(signature.outputs).map(({ operation }) => operation));
    // Operations stand after what they read, so going backwards finds all that an output needs.
    for (const operation of graph.operations.toReversed())
      if (needed.has(operation)) for (const input of operation.inputs) needed.add(input.operation);
    this.#steps = graph.operations.filter(
      (operation) => needed.has(operation) && !['Const', 'Placeholder'].includes(operation.type),
    );
    const unknown = this.#steps.find(({ type }) => !(type in rules));
    if (unknown !== undefined) throw needsNative(`WebAssembly lacks ${unknown.type}.`);
    for (const [step, { inputs }] of this.#steps.entries())
      for (const { operation } of inputs) this.#lastUse.set(operation, step);
    for (const { operation } of Object.values(signature.outputs)) this.#lastUse.set(operation, Infinity);
  }

  /** New tensors for the outputs; the inputs stay the caller's. */
  predict(inputs: NamedTensorMap): NamedTensorMap {
    const results = new Map<Operation, Tensor>();
    for (const [name, { operation }] of Object.entries(this.#signature.inputs)) {
      const tensor = inputs[name];
      if (tensor !== undefined) results.set(operation, tensor);
    }
    for (const [step, operation] of this.#steps.entries()) {
      results.set(operation, this.#run(operation, results));
      for (const { operation: input } of operation.inputs) {
        if (this.#lastUse.get(input) !== step || input.type === 'Const' || input.type === 'Placeholder') continue;
        results.get(input)?.dispose();
        results.delete(input);
      }
    }
    return Object.fromEntries(
      Object.entries(this.#signature.outputs).map(([name, { operation }]) => [name, found(results, operation)]),
    );
  }

  dispose(): void {
    for (const tensor of this.#constants.values()) tensor.dispose();
    this.#constants.clear();
  }

  #run(operation: Operation, results: ReadonlyMap<Operation, Tensor>): Tensor {
    const rule = found(new Map(Object.entries(rules)), operation.type);
    const tensor = (index: number): Tensor => {
      const input = inputOf(operation, index);
      return input.type === 'Const' ? this.#constant(input) : found(results, input);
    };
    const inputs: Inputs = {
      tensor,
      integers: (index) => Array.from(dataOf(inputOf(operation, index))),
      all: () => operation.inputs.map((_, index) => tensor(index)),
    };
    return this.#tf.tidy(() => rule(this.#tf, operation, inputs));
  }

  #constant(operation: Operation): Tensor {
    const known = this.#constants.get(operation);
    if (known !== undefined) return known;
    const { value } = operation.attributes;
    const data = dataOf(operation);
    const shape = value !== undefined && 'tensor' in value ? [...value.tensor.shape] : [];
    const tensor = this.#tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
    // Kept beyond the step in which it is first read.
    this.#constants.set(operation, this.#tf.keep(tensor));
    return tensor;
  }
}

function found<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error('The graph reads what was not computed before.');
  return value;
}

function inputOf(operation: Operation, index: number): Operation {
  const input = operation.inputs[index];
  if (input === undefined) throw new Error(`${operation.type} lacks its input ${index}.`);
  return input.operation;
}

function dataOf({ type, attributes: { value } }: Operation): Float32Array | Int32Array {
  if (value === undefined || !('tensor' in value)) throw new Error(`Expected a constant, not ${type}.`);
  return value.tensor.data;
}

const numberOf = (operation: Operation | undefined): number =>
  operation === undefined ? NaN : (dataOf(operation)[0] ?? NaN);

type Attributes = Operation['attributes'];

const booleanOf = (attribute: Attributes[string] | undefined): boolean =>
  attribute !== undefined && 'bool' in attribute && attribute.bool;

const strideOf = ({ attributes: { strides } }: Operation): number =>
  strides !== undefined && 'ints' in strides ? (strides.ints[1] ?? 1) : 1;

const typeOf = (attribute: Attributes[string] | undefined): DType =>
  attribute !== undefined && 'type' in attribute ? attribute.type : 'float32';

function arrayOf(attribute: Attributes[string] | undefined): typeof Uint8Array | typeof Int16Array | typeof Int32Array {
  const type = typeOf(attribute);
  if (type === 'uint8') return Uint8Array;
  return type === 'int16' ? Int16Array : Int32Array;
}

/** The type that tfjs computes a type in. */
function plainType(attribute: Attributes[string] | undefined): 'float32' | 'int32' {
  const type = typeOf(attribute);
  if (type === 'float32') return type;
  if (type === 'int32' || type === 'int16' || type === 'uint8') return 'int32';
  throw needsNative(`WebAssembly lacks ${type}.`);
}
