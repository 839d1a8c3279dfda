import { setImmediate } from 'node:timers/promises';
import { Graph } from '../../graph/graph.ts';
import { cast, reduce, scale, subtract, unary } from '../../graph/operations.ts';
import { bytesInput } from '../../graph/packed-values.ts';
import { Session } from '../../graph/session.ts';
import { writeStateSignatures } from '../../graph/state-signatures.ts';
import type { Weights } from '../../layers/description.ts';
import { networkInGraph } from '../../layers/network.ts';
import type { AutoencoderParts } from '../../models/autoencoder-parts.ts';
import { decoderLogits } from '../../models/autoencoder-parts.ts';
import { pixelLosses } from '../losses/pixel-loss.ts';
import type { PixelLoss } from '../losses/pixel-loss.ts';
import { autoencoderParameters, divergence, gaussianOf } from './autoencoder-program.ts';

/** Means over pictures. */
export interface AutoencoderQuality {
  /** Of the restored pictures, without penalties and divergence. */
  error: number;
  /** Peak signal-to-noise ratio in dB, mean over the pictures. */
  psnr: number;
  /** Divergence in nats; 0 unless the model is variational. */
  kl: number;
}

/** Measures an autoencoder's weights on pictures; kept from one validation to the next, since it takes time to load. */
export class AutoencoderEvaluation {
  readonly #batch: number;
  readonly #pictureSize: number;
  readonly #codeLength: number;
  readonly #names: string[];
  readonly #session: Session;

  private constructor(session: Session, names: string[], sizes: { batch: number; picture: number; code: number }) {
    this.#session = session;
    this.#names = names;
    this.#batch = sizes.batch;
    this.#pictureSize = sizes.picture;
    this.#codeLength = sizes.code;
  }

  static async create(
    parts: AutoencoderParts,
    weights: Weights,
    loss: PixelLoss,
    batch: number,
  ): Promise<AutoencoderEvaluation> {
    const graph = new Graph();
    const { input, bytes } = bytesInput(graph, 'pictures', [batch, parts.height, parts.width, parts.channels]);
    const pictures = scale(graph, cast(graph, bytes, 'float32'), 1 / 255);
    const variables = new Map(
      autoencoderParameters(parts, weights).map(({ name, shape, initial }) => [
        name,
        graph.variable(name, shape, initial),
      ]),
    );
    const parameter = (name: string) => {
      const variable = variables.get(name);
      if (variable === undefined) throw new Error(`There are no weights for ${name}.`);
      return variable.value;
    };
    const output = networkInGraph(graph, parts.encoder, { picture: pictures }, ({ fullName }) =>
      parameter(`encoder/${fullName}`),
    );
    const gaussian = parts.kind === 'variational' ? gaussianOf(graph, output, parts.codeLength) : undefined;
    const code = gaussian?.mean ?? output;
    const logits = networkInGraph(graph, decoderLogits(parts.decoder), { code }, ({ fullName }) =>
      parameter(`decoder/${fullName}`),
    );
    const restored = { logits, values: unary(graph, 'Sigmoid', logits) };
    const squares = unary(graph, 'Square', subtract(graph, restored.values, pictures));
    const outputs = {
      error: pixelLosses(graph, restored, pictures, loss),
      mse: reduce(graph, 'Mean', squares, [1, 2, 3]),
      ...(gaussian === undefined ? {} : { kl: divergence(graph, gaussian) }),
    };
    graph.signature('evaluate', { inputs: { pictures: input }, outputs });
    graph.signature('restore', { inputs: { pictures: input }, outputs: { restored: restored.values } });
    graph.signature('encode', { inputs: { pictures: input }, outputs: { code } });
    writeStateSignatures(graph);
    const names = graph.variables.map(({ name }) => name);
    const sizes = { batch, picture: parts.height * parts.width * parts.channels, code: parts.codeLength };
    return new AutoencoderEvaluation(await Session.load(graph), names, sizes);
  }

  setWeights(weights: Weights): void {
    const inputs = this.#names.map((name, index): [string, Float32Array] => [
      `v${index}`,
      weights.get(name) ?? new Float32Array(),
    ]);
    this.#session.run('write', Object.fromEntries(inputs));
  }

  /** @param pictures [n, height, width, channels], n > 0 */
  async measure(pictures: Uint8Array): Promise<AutoencoderQuality> {
    const count = pictures.length / this.#pictureSize;
    const total = { error: 0, psnr: 0, kl: 0 };
    for (let first = 0; first < count; first += this.#batch) {
      const taken = Math.min(this.#batch, count - first);
      const outputs = this.#session.run('evaluate', { pictures: this.#part(pictures, first) });
      for (let i = 0; i < taken; i++) {
        total.error += outputs['error']?.[i] ?? Number.NaN;
        total.psnr += -10 * Math.log10(outputs['mse']?.[i] ?? Number.NaN);
        total.kl += outputs['kl']?.[i] ?? 0;
      }
      // Running a graph holds the thread, so messages are let in between two batches.
      await setImmediate();
    }
    return { error: total.error / count, psnr: total.psnr / count, kl: total.kl / count };
  }

  /** Restored pictures, 0..255, of as many as one batch holds. */
  restore(pictures: Uint8Array): Uint8Array {
    const values = this.#session.run('restore', { pictures: this.#part(pictures, 0) })['restored'] ?? [];
    return Uint8Array.from(pictures, (_, index) => Math.round(255 * (values[index] ?? 0)));
  }

  /**
   * Codes of pictures, [n, length]; for `variational` the means.
   * @param pictures [n, height, width, channels]
   */
  async codes(pictures: Uint8Array): Promise<{ codes: Float32Array; length: number }> {
    const count = pictures.length / this.#pictureSize;
    const length = this.#codeLength;
    const codes = new Float32Array(count * length);
    for (let first = 0; first < count; first += this.#batch) {
      const { code = [] } = this.#session.run('encode', { pictures: this.#part(pictures, first) });
      codes.set(code.slice(0, Math.min(this.#batch, count - first) * length), first * length);
      await setImmediate();
    }
    return { codes, length };
  }

  dispose(): void {
    this.#session.dispose();
  }

  #part(pictures: Uint8Array, first: number): Uint8Array {
    const length = this.#batch * this.#pictureSize;
    const part = pictures.subarray(first * this.#pictureSize, first * this.#pictureSize + length);
    if (part.length === length) return part;
    const whole = new Uint8Array(length);
    whole.set(part);
    return whole;
  }
}
