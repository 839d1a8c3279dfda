import { setImmediate } from 'node:timers/promises';
import { PellucidError } from '../../shared/errors.ts';
import type { Mixture } from '../generate/mixture.ts';
import { priorOf } from '../generate/model-prior.ts';
import type { Value } from '../graph/graph.ts';
import { Graph } from '../graph/graph.ts';
import { cast, scale, slice } from '../graph/operations.ts';
import { bytesInput } from '../graph/packed-values.ts';
import type { InputValues } from '../graph/session.ts';
import { Session } from '../graph/session.ts';
import type { Network, Weights } from '../layers/description.ts';
import { networkInGraph } from '../layers/network.ts';
import type { AutoencoderParts, PictureShape } from '../models/autoencoder-parts.ts';
import type { ModelPackage } from '../store/model-package.ts';

/** A loaded `dense` or `variational` model: pictures of one size to codes and back. */
export interface Autoencoder extends PictureShape {
  readonly modelId: string;
  readonly kind: AutoencoderParts['kind'];
  readonly codeLength: number;
  /** Where codes of pictures lie. */
  readonly prior: Mixture;
  /**
   * Codes [n, codeLength] of pictures; for `variational` the means.
   * @param pictures [n, height, width, channels] bytes
   */
  encode(pictures: Uint8Array, signal?: AbortSignal): Promise<Float32Array>;
  /**
   * Pictures [n, height, width, channels], 0..1, of codes.
   * @param codes [n, codeLength]
   */
  decode(codes: Float32Array, signal?: AbortSignal): Promise<Float32Array>;
  dispose(): void;
}

/** Graphs have a fixed batch; a few pictures should not cost as much as many. */
const batches = [1, 16, 128] as const;

/** Writes one half for one batch size. */
type WriteHalf = (graph: Graph, batch: number) => { input: Value; output: Value };

class GraphAutoencoder implements Autoencoder {
  readonly modelId: string;
  readonly kind: AutoencoderParts['kind'];
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly codeLength: number;
  readonly prior: Mixture;
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #encoder: WriteHalf;
  readonly #decoder: WriteHalf;

  constructor(modelId: string, parts: AutoencoderParts, weights: Weights) {
    this.modelId = modelId;
    this.kind = parts.kind;
    this.width = parts.width;
    this.height = parts.height;
    this.channels = parts.channels;
    this.codeLength = parts.codeLength;
    this.prior = priorOf(weights, parts.codeLength);
    this.#encoder = (graph, batch) => {
      const { input, bytes } = bytesInput(graph, 'input', [batch, parts.height, parts.width, parts.channels]);
      const picture = scale(graph, cast(graph, bytes, 'float32'), 1 / 255);
      const code = constantNetwork(graph, parts.encoder, { picture }, 'encoder/', weights);
      return { input, output: slice(graph, code, [0, 0], [batch, parts.codeLength]) };
    };
    this.#decoder = (graph, batch) => {
      const code = graph.placeholder('input', [batch, parts.codeLength], 'float32');
      return { input: code, output: constantNetwork(graph, parts.decoder, { code }, 'decoder/', weights) };
    };
  }

  async encode(pictures: Uint8Array, signal?: AbortSignal): Promise<Float32Array> {
    const size = this.#pictureSize();
    return await this.#inBatches('encode', pictures, size, this.codeLength, signal);
  }

  async decode(codes: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    return await this.#inBatches('decode', codes, this.codeLength, this.#pictureSize(), signal);
  }

  dispose(): void {
    for (const session of this.#sessions.values()) void session.then((loaded) => loaded.dispose());
    this.#sessions.clear();
  }

  #pictureSize(): number {
    return this.height * this.width * this.channels;
  }

  async #inBatches<V extends Uint8Array | Float32Array>(
    half: 'encode' | 'decode',
    values: V,
    sizeIn: number,
    sizeOut: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const count = values.length / sizeIn;
    if (!Number.isInteger(count)) {
      const message = `Model ${this.modelId} takes ${sizeIn} values each to ${half}; ${values.length} are not a multiple of that.`;
      throw new PellucidError('INVALID_ARGUMENT', message, { subject: this.modelId });
    }
    const result = new Float32Array(count * sizeOut);
    for (let first = 0; first < count;) {
      if (signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
      const batch = batches.find((size) => size >= count - first) ?? batches[2];
      const taken = Math.min(batch, count - first);
      const part = values.subarray(first * sizeIn, (first + taken) * sizeIn) as V;
      const session = await this.#session(half, batch);
      const { output } = session.run('run', { input: taken === batch ? part : padded(part, batch * sizeIn) });
      result.set((output as Float32Array).subarray(0, taken * sizeOut), first * sizeOut);
      first += taken;
      // Running a graph holds the thread, so messages are let in between two batches.
      if (first < count) await setImmediate();
    }
    return result;
  }

  #session(half: 'encode' | 'decode', batch: number): Promise<Session> {
    const key = `${half}/${batch}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const graph = new Graph();
    const { input, output } = (half === 'encode' ? this.#encoder : this.#decoder)(graph, batch);
    graph.signature('run', { inputs: { input }, outputs: { output } });
    const session = Session.load(graph);
    this.#sessions.set(key, session);
    return session;
  }
}

function constantNetwork(
  graph: Graph,
  network: Network,
  inputs: Record<string, Value>,
  prefix: string,
  weights: Weights,
): Value {
  return networkInGraph(graph, network, inputs, ({ fullName, shape }) => {
    const values = weights.get(`${prefix}${fullName}`);
    if (values === undefined) throw new Error(`There are no weights for ${prefix}${fullName}.`);
    return graph.constant(values, shape);
  });
}

function padded<V extends InputValues>(values: V, length: number): V {
  const whole = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  whole.set(values);
  return whole as V;
}

/**
 * An autoencoder from an installed model.
 * @throws {PellucidError} MODEL_KIND_MISMATCH for a model of another kind
 */
export function createAutoencoder({ manifest, weights }: ModelPackage): Autoencoder {
  const { architecture, id } = manifest;
  if (architecture.kind !== 'dense' && architecture.kind !== 'variational') {
    const message = `Model ${id} is a ${architecture.kind}; choose a dense or variational one.`;
    throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: id });
  }
  return new GraphAutoencoder(id, architecture, weights);
}
