import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../../src/ml/graph/graph.ts';
import { savedModelBytes } from '../../src/ml/graph/saved-model.ts';
import { tensorFlow } from '../../src/ml/runtime/tensorflow.ts';
import type { NamedTensorMap, Tensor } from '../../src/ml/runtime/tensorflow.ts';
import type { Case } from './rounds.ts';

/** Values of an input of a graph, with its number type. */
export type BareInput = { floats: Float32Array } | { words: Int32Array };

/** A graph on inputs that are tensors already and outputs that nobody reads: the arithmetic alone. */
export class BareGraph {
  readonly #run: () => NamedTensorMap;
  readonly #free: () => void;

  private constructor(run: () => NamedTensorMap, free: () => void) {
    this.#run = run;
    this.#free = free;
  }

  static async load(graph: Graph, signature: string, inputs: Readonly<Record<string, BareInput>>): Promise<BareGraph> {
    const tf = tensorFlow();
    const folder = await mkdtemp(join(tmpdir(), 'pellucid-bench-'));
    try {
      await mkdir(join(folder, 'variables'));
      await writeFile(join(folder, 'saved_model.pb'), savedModelBytes(graph));
      const loaded = await tf.node.loadSavedModel(folder, ['serve'], signature);
      const shapes = graph.signatures.get(signature)?.inputs ?? {};
      const tensors: Record<string, Tensor> = {};
      for (const [name, { shape }] of Object.entries(shapes)) {
        const input = inputs[name];
        if (input === undefined) throw new Error(`There is no input ${name}.`);
        tensors[name] =
          'floats' in input
            ? tf.tensor(input.floats, [...shape], 'float32')
            : tf.tensor(input.words, [...shape], 'int32');
      }
      const run = (): NamedTensorMap => loaded.predict(tensors) as NamedTensorMap;
      return new BareGraph(run, () => {
        loaded.dispose();
        for (const tensor of Object.values(tensors)) tensor.dispose();
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs it once; gives the milliseconds. */
  run(): number {
    const started = performance.now();
    const outputs = this.#run();
    const ms = performance.now() - started;
    for (const tensor of Object.values(outputs)) tensor.dispose();
    return ms;
  }

  /** Values of one output of one run. */
  output(name: string): Float32Array {
    const outputs = this.#run();
    const values = outputs[name]?.dataSync() as Float32Array;
    for (const tensor of Object.values(outputs)) tensor.dispose();
    return values;
  }

  /** The run as a case. */
  asCase(id: string): Case {
    return { id, unit: 'ms', better: 'lower', run: () => this.run() };
  }

  dispose(): void {
    this.#free();
  }
}
