import { withCoder } from './coder-instance.ts';
import type { CoderInstance } from './coder-instance.ts';
import { mixerWeights } from './coder-constants.ts';
import { corruptLatent } from './corrupt-latent.ts';
import { planeMargin } from './latent-planes.ts';
import type { LatentPlanes } from './latent-planes.ts';
import { squashTable, stretchTable } from './logistic.ts';
import { counterSteps } from './model-state.ts';
import { magnitudeRow, valueRow } from './prepared-tables.ts';
import type { PreparedTables } from './prepared-tables.ts';

/** Rows and columns of a band. */
export interface BandShape {
  height: number;
  width: number;
}

export interface LatentModelOptions {
  /** Probabilities average over at most this many decisions. */
  counterLimit: number;
  /** Groups of zeros are coded as such, as format version 2 does. */
  hasGroups: boolean;
  largestBand: BandShape;
  /** What is to be decoded; absent for encoding. */
  bytes?: Uint8Array | undefined;
}

/** Bytes that encoding makes room for at first. */
const firstBytes = 65536;

/**
 * Gives `work` the model of a quantised latent's integers, ready to encode or decode the first band.
 * @throws {PellucidError} OUT_OF_MEMORY, and what `work` throws
 */
export function withLatentModel<T>(
  tables: PreparedTables,
  options: LatentModelOptions,
  work: (model: LatentModel) => T,
): T {
  return withCoder((coder) => work(new LatentModel(coder, tables, options)));
}

/** The model at work in the coder of `assembly`, with what it has learnt so far. */
export class LatentModel {
  readonly #coder: CoderInstance;
  readonly #tables: PreparedTables;
  readonly #isDecoding: boolean;
  #band: BandShape;

  constructor(coder: CoderInstance, tables: PreparedTables, options: LatentModelOptions) {
    const { counterLimit, hasGroups, largestBand, bytes } = options;
    const { channels, starts, counters, weights } = tables;
    const rowLengths = starts.subarray(1).map((end, index) => end - (starts[index] as number));
    this.#coder = coder;
    this.#tables = tables;
    this.#isDecoding = bytes !== undefined;
    this.#band = largestBand;
    coder.layOut(
      counters.length,
      weights.length / mixerWeights,
      Math.max(...rowLengths),
      channels,
      largestBand.height * largestBand.width,
      (largestBand.height + 2 * planeMargin) * (largestBand.width + 2 * planeMargin),
      bytes?.length ?? firstBytes,
    );
    this.#put(squashTable, coder.squashAt.value);
    this.#put(stretchTable, coder.stretchAt.value);
    this.#put(counterSteps, coder.stepsAt.value);
    this.#put(counters, coder.countersAt.value);
    this.#put(weights, coder.weightsAt.value);
    if (bytes !== undefined) this.#put(bytes, coder.bytesAt.value);
    coder.setCounterLimit(counterLimit);
    coder.openModel(channels, hasGroups ? 1 : 0);
    coder.begin(this.#isDecoding ? 1 : 0, bytes?.length ?? 0);
  }

  /** Begins a band: nothing is known about any channel yet. Counters and weights stay as they have become. */
  openBand(band: BandShape): void {
    this.#band = band;
    this.#coder.openBand(band.height, band.width);
  }

  /**
   * Codes the next channel of a band.
   * @param values integers that are read or written, those of the channel from `start` on
   * @throws PEL_CORRUPT when decoding meets a value that cannot be
   */
  codeChannel(channel: number, values: Int16Array, start: number): void {
    const coder = this.#coder;
    const size = this.#band.height * this.#band.width;
    const ofValues = valueRow(this.#tables, channel);
    const ofMagnitudes = magnitudeRow(this.#tables, channel);
    this.#put(ofValues, coder.valueRowAt.value);
    this.#put(ofMagnitudes, coder.magnitudeRowAt.value);
    if (!this.#isDecoding) this.#put(values.subarray(start, start + size), coder.dataAt.value);
    const isWhole = coder.codeChannel(channel, ofValues.length, ofMagnitudes.length);
    if (isWhole === 0) throw corruptLatent('holds a value beyond 16 bits');
    this.#assertBytesLeft();
    if (this.#isDecoding) values.set(new Int16Array(coder.memory.buffer, coder.dataAt.value, size), start);
  }

  /** Ends a band. Throws PEL_CORRUPT when its check does not fit, or its bytes ended before it did. */
  closeBand(): void {
    if (this.#coder.codeCheck() === 0) throw corruptLatent('does not match its check byte');
    this.#assertBytesLeft();
  }

  /** The decoder looks 4 bytes ahead and the encoder leaves out at most 3 of them: further on there is no more data. */
  #assertBytesLeft(): void {
    if (this.#isDecoding && this.#coder.bytesBeyond() > 3) throw corruptLatent('ends before the last value');
  }

  /**
   * Encoder: the shortest bytes that decode to what was coded. Decoder: an empty array.
   * @throws PEL_CORRUPT when the decoder has not read all of its bytes
   */
  finish(): Uint8Array {
    const coder = this.#coder;
    if (!this.#isDecoding) {
      const length = coder.finishEncoding();
      return new Uint8Array(coder.memory.buffer, coder.bytesAt.value, length).slice();
    }
    if (coder.bytesBeyond() < 0) throw corruptLatent('has bytes left over after the last value');
    return new Uint8Array(0);
  }

  /** The counters and weights as they have become. */
  state(): { counters: Int32Array; weights: Int32Array } {
    const { memory, countersAt, weightsAt } = this.#coder;
    return {
      counters: new Int32Array(memory.buffer, countersAt.value, this.#tables.counters.length).slice(),
      weights: new Int32Array(memory.buffer, weightsAt.value, this.#tables.weights.length).slice(),
    };
  }

  /** The channels of the band as they were coded. */
  planes(): LatentPlanes {
    const { memory, valuesAt, magnitudesAt, ringsAt } = this.#coder;
    const { height, width } = this.#band;
    const stride = width + 2 * planeMargin;
    const planeSize = stride * (height + 2 * planeMargin);
    const copy = (at: number): Int16Array =>
      new Int16Array(memory.buffer, at, this.#tables.channels * planeSize).slice();
    return {
      stride,
      planeSize,
      origin: planeMargin * stride + planeMargin,
      height,
      width,
      values: copy(valuesAt.value),
      magnitudes: copy(magnitudesAt.value),
      rings: copy(ringsAt.value),
    };
  }

  #put({ buffer, byteOffset, byteLength }: ArrayBufferView, at: number): void {
    new Uint8Array(this.#coder.memory.buffer, at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
}
