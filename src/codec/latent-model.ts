import { BitMixer } from './bit-mixer.ts';
import {
  channelDecisions,
  channelGroups,
  channelWeightSets,
  coarseClasses,
  contextLayout,
  fractionClasses,
  groupSize,
  lowerDecisions,
  unaryDecisions,
} from './context-layout.ts';
import type { ContextLayout } from './context-layout.ts';
import {
  magnitudeNeighbours,
  magnitudeReferenceLength,
  valueNeighbours,
  valueReferenceLength,
  weightBits,
} from './entropy-tables.ts';
import type { EntropyTables } from './entropy-tables.ts';
import type { LatentPlanes } from './latent-planes.ts';
import { initialCounters, initialWeights } from './model-state.ts';
import { corruptLatent } from './range-coder.ts';
import type { RangeCoder } from './range-coder.ts';
import { classOfScale } from './scale-class.ts';
import { groupFindings, ZeroGroups } from './zero-groups.ts';

const half = 1 << (weightBits - 1);
/** Predictions stay within 16 bits, so that what they leave needs at most 17. */
const predictionLimit = 32767 << weightBits;

/**
 * The model of a quantised latent's integers. It codes channel after channel, so that all lower channels are known on
 * every side. Each value is predicted linearly from its neighbours and lower channels; what is left is coded as "zero?",
 * sign, and magnitude in unary, with contexts from a linear prediction of its magnitude. Encoder and decoder are one
 * code path: {@link codeChannel} reads `data` in the one case and writes it in the other.
 */
export class LatentModel {
  readonly mixer: BitMixer;
  readonly #coder: RangeCoder;
  readonly #tables: EntropyTables;
  readonly #layout: ContextLayout;
  /** First counters of the contexts of the value that is being coded; the decision's number is added. */
  #channelScale = 0;
  #fineScale = 0;
  #lowerScale = 0;
  #lowerClass = 0;
  #meanClass = 0;
  /** First weight set of the channel's group. */
  #groupSet = 0;
  readonly #magnitudeWeights = new Int32Array(magnitudeNeighbours);
  #runningMean = 4 << weightBits;
  #lowerIsEmpty = 0;
  readonly #groups: ZeroGroups | null;
  /** Positions that are left of a group that is not zero, until something in it was not. */
  #leftUntilNonzero = 0;

  /** @param hasGroups whether groups of zeros are coded as such, as format version 2 does */
  constructor(coder: RangeCoder, tables: EntropyTables, counterLimit: number, hasGroups = false) {
    this.#coder = coder;
    this.#tables = tables;
    this.#layout = contextLayout(tables.channels);
    this.mixer = new BitMixer(coder, initialCounters(tables), initialWeights(tables), counterLimit);
    this.#groups = hasGroups ? new ZeroGroups(this.mixer, this.#layout.groups) : null;
  }

  /** Begins a band: nothing is known about any channel yet. Counters and weights stay as they have become. */
  openBand(): void {
    this.#runningMean = 4 << weightBits;
    this.#lowerIsEmpty = 0;
  }

  /**
   * Codes one channel of a band.
   * @param data integers of the latent; `start` is the channel's first position in the band, `stride` that of its rows
   * @throws PEL_CORRUPT when decoding meets a value that cannot be
   */
  codeChannel(channel: number, planes: LatentPlanes, data: Int16Array, start: number, shape: BandShape): void {
    const { height, width } = shape;
    const size = height * width;
    if (this.#codeEmptyFlag(channel, data, start, size)) {
      data.fill(0, start, start + size);
      planes.closeEmptyChannel(channel);
      this.#runningMean = 0;
      return;
    }
    this.#openChannel(channel, planes);
    for (let y = 0; y < height; y++) {
      const source = channel * planes.planeSize + planes.origin + y * planes.stride;
      this.#codeRow(channel, planes, source, data, start + y * width, width);
    }
    this.#runningMean = planes.closeChannel(channel);
  }

  #codeEmptyFlag(channel: number, data: Int16Array, start: number, size: number): boolean {
    let isEmpty = 1;
    if (!this.#coder.isDecoding)
      for (let index = start; index < start + size; index++)
        if (data[index] !== 0) {
          isEmpty = 0;
          break;
        }
    isEmpty = this.mixer.codeAlone(isEmpty, this.#layout.emptyChannel + 2 * channel + this.#lowerIsEmpty);
    this.#lowerIsEmpty = isEmpty;
    return isEmpty === 1;
  }

  #openChannel(channel: number, planes: LatentPlanes): void {
    const magnitudes = this.#tables.magnitudes[channel] as number[];
    for (let at = 0; at < magnitudeNeighbours; at++) this.#magnitudeWeights[at] = magnitudes[at] as number;
    const group = Math.floor((channel * channelGroups) / this.#tables.channels);
    this.#groupSet = channelWeightSets + group * channelDecisions;
    this.#groups?.openChannel(channel, group, this.#magnitudeWeights);
    planes.openChannel(magnitudes[0] as number);
    for (let at = magnitudeNeighbours; at < magnitudes.length; at += magnitudeReferenceLength)
      planes.addMagnitudeReference(
        magnitudes[at] as number,
        magnitudes[at + 1] as number,
        magnitudes[at + 2] as number,
      );
    const values = this.#tables.values[channel] as number[];
    for (let at = valueNeighbours; at < values.length; at += valueReferenceLength)
      planes.addValueReference(values[at] as number, values[at + 1] as number, values[at + 2] as number);
  }

  #codeRow(
    channel: number,
    planes: LatentPlanes,
    source: number,
    data: Int16Array,
    target: number,
    width: number,
  ): void {
    if (this.#groups === null) return this.#codeSpan(channel, planes, source, data, target, width);
    for (let x = 0; x < width; x += groupSize) {
      const count = width - x < groupSize ? width - x : groupSize;
      const isZero = this.#coder.isDecoding || isAllZero(data, target + x, count) ? 1 : 0;
      const found = this.#groups.code(isZero, planes, source + x, count, this.#runningMean);
      if (found === groupFindings.zero) {
        for (let step = x; step < x + count; step++) {
          data[target + step] = 0;
          planes.store(source + step, 0, 0);
        }
        this.#runningMean -= this.#runningMean >> 3;
        continue;
      }
      this.#leftUntilNonzero = found === groupFindings.mixed ? count : 0;
      this.#codeSpan(channel, planes, source + x, data, target + x, count);
    }
  }

  /** Codes positions of a row one by one. */
  #codeSpan(
    channel: number,
    planes: LatentPlanes,
    source: number,
    data: Int16Array,
    target: number,
    count: number,
  ): void {
    const weights = this.#tables.values[channel] as number[];
    const weightW = weights[0] as number;
    const weightN = weights[1] as number;
    const weightNW = weights[2] as number;
    const weightNE = weights[3] as number;
    const { values, valueBase, stride } = planes;
    const toBase = -channel * planes.planeSize;
    for (let x = 0; x < count; x++) {
      const at = source + x;
      const prediction =
        (valueBase[at + toBase] as number) +
        Math.imul(weightW, values[at - 1] as number) +
        Math.imul(weightN, values[at - stride] as number) +
        Math.imul(weightNW, values[at - stride - 1] as number) +
        Math.imul(weightNE, values[at - stride + 1] as number);
      const bounded =
        prediction > predictionLimit ? predictionLimit : prediction < -predictionLimit ? -predictionLimit : prediction;
      const rounded = (bounded + half) >> weightBits;
      const fraction = bounded - (rounded << weightBits);
      const scaleClass = this.#chooseContexts(channel, planes, at, fraction);
      const left = rounded === 0 ? this.#leftUntilNonzero : 0;
      const residual = this.#codeResidual((data[target + x] as number) - rounded, scaleClass, fraction, left);
      const value = residual + rounded;
      if (this.#leftUntilNonzero > 0) this.#leftUntilNonzero = value === 0 ? this.#leftUntilNonzero - 1 : 0;
      if (value > 32767 || value < -32768) throw corruptLatent('holds a value beyond 16 bits');
      data[target + x] = value;
      planes.store(at, value, residual);
      const magnitude = planes.magnitudes[at] as number;
      this.#runningMean += ((magnitude << weightBits) - this.#runningMean) >> 6;
    }
  }

  /** Sets the contexts of the value at `at` and returns the class of its predicted magnitude. */
  #chooseContexts(channel: number, planes: LatentPlanes, at: number, fraction: number): number {
    const { magnitudes, stride } = planes;
    const weights = this.#magnitudeWeights;
    const lower = planes.magnitudeBase[at - channel * planes.planeSize] as number;
    const scale =
      lower +
      (Math.imul(weights[1] as number, this.#runningMean >> 4) >> (weightBits - 4)) +
      Math.imul(weights[2] as number, magnitudes[at - 1] as number) +
      Math.imul(weights[3] as number, magnitudes[at - stride] as number) +
      Math.imul(weights[4] as number, magnitudes[at - stride - 1] as number) +
      Math.imul(weights[5] as number, magnitudes[at - stride + 1] as number) +
      Math.imul(weights[6] as number, magnitudes[at - 2] as number) +
      Math.imul(weights[7] as number, magnitudes[at - 2 * stride] as number);
    const scaleClass = classOfScale(scale);
    const meanClass = classOfScale(this.#runningMean) >> 2;
    const distance = (fraction < 0 ? -fraction : fraction) >> (weightBits - 3);
    const fractionClass = distance < fractionClasses ? distance : fractionClasses - 1;
    const layout = this.#layout;
    this.#channelScale = layout.channelScale + (channel * coarseClasses + (scaleClass >> 2)) * channelDecisions;
    this.#fineScale = layout.fineScale + (scaleClass * fractionClasses + fractionClass) * unaryDecisions;
    this.#lowerClass = classOfScale(lower) >> 1;
    this.#meanClass = meanClass;
    this.#lowerScale = layout.lowerScale + (this.#lowerClass * coarseClasses + meanClass) * lowerDecisions;
    return scaleClass;
  }

  /** `left` is above 0 where the value is the first or behind zeros only in a group that is not all zero. */
  #codeResidual(residual: number, scaleClass: number, fraction: number, left: number): number {
    const size = residual < 0 ? -residual : residual;
    const coarse = scaleClass >> 2;
    if (left !== 1 && this.#codeNotZero(size > 0 ? 1 : 0, scaleClass, left) === 0) return 0;
    const signContext = ((fraction + half) >> (weightBits - 4)) * coarseClasses + coarse;
    const isNegative = this.mixer.codeAlone(residual < 0 ? 1 : 0, this.#layout.sign + signContext);
    let magnitude = 1;
    while (magnitude < unaryDecisions) {
      if (this.#codeDecision(size > magnitude ? 1 : 0, magnitude, coarse) === 0) break;
      magnitude++;
    }
    if (magnitude === unaryDecisions) magnitude += this.#codeEscape(size - unaryDecisions);
    return isNegative === 1 ? -magnitude : magnitude;
  }

  #codeNotZero(bit: number, scaleClass: number, left: number): number {
    if (left === 0 || this.#groups === null) return this.#codeDecision(bit, 0, scaleClass >> 2);
    return this.#groups.codeFirst(bit, left, scaleClass, this.#lowerClass >> 1, this.#meanClass);
  }

  #codeDecision(bit: number, decision: number, coarse: number): number {
    const forChannel = decision < channelDecisions ? decision : channelDecisions - 1;
    const forLower = decision < lowerDecisions ? decision : lowerDecisions - 1;
    return this.mixer.code(
      bit,
      this.#channelScale + forChannel,
      this.#fineScale + decision,
      this.#lowerScale + forLower,
      decision * coarseClasses + coarse,
      this.#groupSet + forChannel,
    );
  }

  /** Exp-Golomb code of what the unary part left over. */
  #codeEscape(rest: number): number {
    const number = rest + 1;
    const lengthToCode = 31 - Math.clz32(number);
    let length = 0;
    while (this.mixer.codeAlone(lengthToCode > length ? 1 : 0, this.#layout.escapeLength + length) === 1)
      if (++length > 16) throw corruptLatent('holds a value beyond 16 bits');
    if (length === 0) return 0;
    const top = this.mixer.codeAlone((number >> (length - 1)) & 1, this.#layout.escapeBits + length);
    const low = length > 1 ? this.#coder.codeRaw(number & ((1 << (length - 1)) - 1), length - 1) : 0;
    return (1 << length) + (top << (length - 1)) + low - 1;
  }
}

/** Rows and columns of a band. */
export interface BandShape {
  height: number;
  width: number;
}

function isAllZero(data: Int16Array, start: number, count: number): boolean {
  for (let index = start; index < start + count; index++) if (data[index] !== 0) return false;
  return true;
}
