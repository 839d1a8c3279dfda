import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { NamedTensorMap, Tensor, Tf } from '../runtime/tensorflow.ts';
import type { Graph, Shape } from './graph.ts';
import { sizeOf } from './graph.ts';
import { savedModelBytes } from './saved-model.ts';

/** Values for an input: floats for float32, integers for int32, bytes for `bytesInput`. */
export type InputValues = Float32Array | Int32Array | Uint8Array;
export type OutputValues = Float32Array | Int32Array | Uint8Array;

type LoadedSignature = Awaited<ReturnType<Tf['node']['loadSavedModel']>>;

interface SignatureShape {
  inputs: Record<string, Shape>;
}

/** A graph loaded into TensorFlow: one call runs one signature to its end on all cores. */
export class Session {
  readonly #tf: Tf;
  readonly #signatures: Map<string, LoadedSignature>;
  readonly #shapes: Map<string, SignatureShape>;

  private constructor(tf: Tf, signatures: Map<string, LoadedSignature>, shapes: Map<string, SignatureShape>) {
    this.#tf = tf;
    this.#signatures = signatures;
    this.#shapes = shapes;
  }

  /** Writes the graph to a temporary folder, loads it, and removes the folder. */
  static async load(graph: Graph): Promise<Session> {
    const tf = await loadTensorFlow();
    const folder = await mkdtemp(join(tmpdir(), 'pellucid-graph-'));
    try {
      await mkdir(join(folder, 'variables'));
      await writeFile(join(folder, 'saved_model.pb'), savedModelBytes(graph));
      const signatures = new Map<string, LoadedSignature>();
      const shapes = new Map<string, SignatureShape>();
      for (const [name, signature] of graph.signatures) {
        signatures.set(name, await tf.node.loadSavedModel(folder, ['serve'], name));
        const inputs = Object.fromEntries(Object.entries(signature.inputs).map(([key, value]) => [key, value.shape]));
        shapes.set(name, { inputs });
      }
      return new Session(tf, signatures, shapes);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
      for (const [key, shape] of Object.entries(shapes.inputs)) tensors[key] = this.#tensor(key, shape, inputs[key]);
      outputs = signature.predict(tensors) as NamedTensorMap;
      return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, tensor.dataSync()]));
    } finally {
      for (const tensor of [...Object.values(tensors), ...Object.values(outputs)]) tensor.dispose();
    }
  }

  dispose(): void {
    for (const signature of this.#signatures.values()) signature.dispose();
    this.#signatures.clear();
  }

  #tensor(key: string, shape: Shape, values: InputValues | undefined): Tensor {
    const whole = values instanceof Uint8Array ? inWords(values) : values;
    if (whole === undefined || whole.length !== sizeOf(shape)) {
      const received = values === undefined ? 'nothing' : `${values.length} values`;
      throw new Error(`Input ${key} of shape [${shape.join(', ')}] received ${received}.`);
    }
    return this.#tf.tensor(whole, [...shape], whole instanceof Float32Array ? 'float32' : 'int32');
  }
}

/** Bytes four to an integer, without a copy where they lie right. */
function inWords(bytes: Uint8Array): Int32Array {
  const isAligned = bytes.byteOffset % 4 === 0 && bytes.length % 4 === 0;
  if (isAligned) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const padded = new Uint8Array(4 * Math.ceil(bytes.length / 4));
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}
