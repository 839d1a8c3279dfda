import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensorOperations, nativeTensorFlow, tensorFlow } from '../runtime/tensorflow.ts';
import type { NamedTensorMap, Tensor, TensorOperations, Tf } from '../runtime/tensorflow.ts';
import { unshared, unsharedWords } from '../runtime/unshared.ts';
import type { Graph, Shape } from './graph.ts';
import { sizeOf } from './graph.ts';
import { GraphInterpreter } from './interpreter.ts';
import { savedModelBytes } from './saved-model.ts';

/** Values for an input: floats for float32, integers for int32, bytes for packed values. */
export type InputValues = Float32Array | Int32Array | Uint8Array;
export type OutputValues = Float32Array | Int32Array | Uint8Array;

/** A signature that can be run: by TensorFlow as a whole, or an operation at a time. */
interface LoadedSignature {
  predict(inputs: NamedTensorMap): unknown;
  dispose(): void;
}

/**
 * The garbage collector does not see what TensorFlow holds: the graphs of a session that nobody has any more, as of a
 * model that was replaced while it was at work, go when the session itself does.
 */
const abandoned = new FinalizationRegistry<Map<string, LoadedSignature>>(disposeAll);

/** A graph loaded into TensorFlow: one call runs one signature to its end on all cores. */
export class Session {
  readonly #tf: TensorOperations;
  readonly #signatures: Map<string, LoadedSignature>;
  readonly #shapes: Map<string, Record<string, Shape>>;

  private constructor(tf: TensorOperations, graph: Graph, signatures: Map<string, LoadedSignature>) {
    this.#tf = tf;
    this.#signatures = signatures;
    abandoned.register(this, signatures);
    this.#shapes = new Map(
      Array.from(graph.signatures, ([name, { inputs }]) => [
        name,
        Object.fromEntries(Object.entries(inputs).map(([key, { shape }]) => [key, shape])),
      ]),
    );
  }

  /**
   * Loads a graph into native TensorFlow or, where that is missing and the graph has no state, into WebAssembly.
   * @throws {PellucidError} TENSORFLOW_UNAVAILABLE for a graph that WebAssembly cannot run, where there is only that
   */
  static async load(graph: Graph): Promise<Session> {
    const tf = await loadTensorOperations();
    const native = graph.variables.length > 0 ? tensorFlow() : nativeTensorFlow();
    if (native !== null) return new Session(tf, graph, await loadNatively(native, graph));
    const signatures = Array.from(
      graph.signatures,
      ([name, signature]) => [name, new GraphInterpreter(tf, graph, signature)] as const,
    );
    return new Session(tf, graph, new Map(signatures));
  }

  /**
   * Runs a signature.
   * @param inputs one flat array for each input of the signature, of its size
   * @returns one flat array for each output
   */
  run(name: string, inputs: Record<string, InputValues>): Record<string, OutputValues> {
    const signature = this.#signatures.get(name);
    const shapes = this.#shapes.get(name);
    if (signature === undefined || shapes === undefined) throw new Error(`The graph has no signature ${name}.`);
    const tensors: NamedTensorMap = {};
    let outputs: NamedTensorMap = {};
    try {
      for (const [key, shape] of Object.entries(shapes)) tensors[key] = this.#tensor(key, shape, inputs[key]);
      outputs = signature.predict(tensors) as NamedTensorMap;
      return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, tensor.dataSync()]));
    } finally {
      for (const tensor of [...Object.values(tensors), ...Object.values(outputs)]) tensor.dispose();
    }
  }

  dispose(): void {
    disposeAll(this.#signatures);
  }

  #tensor(key: string, shape: Shape, values: InputValues | undefined): Tensor {
    const whole = values instanceof Uint8Array ? unsharedWords(values) : values && unshared(values);
    if (whole === undefined || whole.length !== sizeOf(shape)) {
      const received = values === undefined ? 'nothing' : `${values.length} values`;
      throw new Error(`Input ${key} of shape [${shape.join(', ')}] received ${received}.`);
    }
    return this.#tf.tensor(whole, [...shape], whole instanceof Float32Array ? 'float32' : 'int32');
  }
}

function disposeAll(signatures: Map<string, LoadedSignature>): void {
  for (const signature of signatures.values()) signature.dispose();
  signatures.clear();
}

/** Writes the graph to a temporary folder, loads it, and removes the folder. */
async function loadNatively(tf: Tf, graph: Graph): Promise<Map<string, LoadedSignature>> {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-graph-'));
  try {
    await mkdir(join(folder, 'variables'));
    await writeFile(join(folder, 'saved_model.pb'), savedModelBytes(graph));
    const signatures = new Map<string, LoadedSignature>();
    for (const name of graph.signatures.keys())
      signatures.set(name, await tf.node.loadSavedModel(folder, ['serve'], name));
    return signatures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
