import type { BitMixer } from './bit-mixer.ts';
import { channelGroups, coarseClasses, northClasses, scaleClasses } from './context-layout.ts';
import type { GroupLayout } from './context-layout.ts';
import { magnitudeNeighbours, weightBits } from './entropy-tables.ts';
import type { LatentPlanes } from './latent-planes.ts';
import { classOfScale } from './scale-class.ts';

/** Groups whose predicted magnitude is of this class or a higher one, 2 and more, are hardly ever zero. */
const firstUnaskedClass = 32;

/** What {@link ZeroGroups.code} found out. */
export const groupFindings = { unasked: -1, mixed: 0, zero: 1 } as const;

/**
 * The short cut through zeros of format version 2. Where a group of eight positions of a row is predicted to be small,
 * one decision says whether all of it is zero; seven of ten groups of a photo at quality 50 are, and cost no more than
 * that. In a group that is not, the way to its first nonzero value has contexts of its own, since something must come.
 */
export class ZeroGroups {
  readonly #mixer: BitMixer;
  readonly #layout: GroupLayout;
  /** Weights of the channel's predicted magnitude, and those of its row above together. */
  #weights: Int32Array = new Int32Array(magnitudeNeighbours);
  #northWeight = 0;
  #channel = 0;
  #channelGroup = 0;

  constructor(mixer: BitMixer, layout: GroupLayout) {
    this.#mixer = mixer;
    this.#layout = layout;
  }

  /** Begins a channel, of a group of channels that share weight sets, with the weights of its predicted magnitude. */
  openChannel(channel: number, channelGroup: number, weights: Int32Array): void {
    this.#channel = channel;
    this.#channelGroup = channelGroup;
    this.#weights = weights;
    this.#northWeight = (weights[3] as number) + (weights[4] as number) + (weights[5] as number);
  }

  /**
   * Codes whether `count` positions from `at` on are all zero, where that is worth asking.
   * @param isZero what the encoder knows
   * @param runningMean of the magnitudes, 12 fractional bits
   * @returns one of {@link groupFindings}
   */
  code(isZero: number, planes: LatentPlanes, at: number, count: number, runningMean: number): number {
    const { magnitudes, magnitudeBase, stride } = planes;
    const weights = this.#weights;
    const base = at - this.#channel * planes.planeSize;
    let lower = 0;
    let north = 0;
    let farNorth = 0;
    for (let step = 0; step < count; step++) {
      lower += (magnitudeBase[base + step] as number) >> 3;
      north += magnitudes[at + step - stride] as number;
      farNorth += magnitudes[at + step - 2 * stride] as number;
    }
    const scale =
      lower +
      (Math.imul(weights[1] as number, runningMean >> 4) >> (weightBits - 4)) +
      Math.imul((weights[2] as number) >> 3, magnitudes[at - 1] as number) +
      Math.imul(this.#northWeight >> 3, north) +
      Math.imul((weights[7] as number) >> 3, farNorth);
    const scaleClass = classOfScale(scale);
    if (scaleClass >= firstUnaskedClass) return groupFindings.unasked;
    const layout = this.#layout;
    const coarse = scaleClass >> 2;
    const lowerClass = classOfScale(lower) >> 2;
    return this.#mixer.code(
      isZero,
      layout.channel + this.#channel * coarseClasses + coarse,
      layout.scale + scaleClass * northClasses + (north < northClasses ? north : northClasses - 1),
      layout.lower + lowerClass * coarseClasses + (classOfScale(runningMean) >> 2),
      layout.scaleSets + coarse,
      layout.channelSets + this.#channelGroup,
    );
  }

  /**
   * Codes "not zero?" before the first nonzero value of a group, with `left` (2 to 8) positions left in it.
   * @param lowerClass coarse class of the magnitude that lower channels predict; `meanClass` that of the running mean
   */
  codeFirst(bit: number, left: number, scaleClass: number, lowerClass: number, meanClass: number): number {
    const layout = this.#layout;
    const place = left - 1;
    return this.#mixer.code(
      bit,
      layout.firstScale + place * scaleClasses + scaleClass,
      layout.firstChannel + place * channelGroups + this.#channelGroup,
      layout.firstLower + (place * coarseClasses + lowerClass) * coarseClasses + meanClass,
      layout.firstPlaceSets + place,
      layout.firstChannelSets + this.#channelGroup,
    );
  }
}
