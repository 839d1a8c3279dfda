import { magnitudeClip, ringClip, valueClip } from './entropy-tables.ts';

/** Columns and rows of zeros around a plane, so that no neighbour needs a border test. */
const margin = 2;

/** Nine steps from a position to itself and around, from north-west to south-east, on rows of `stride` values. */
function placeSteps(stride: number): Int32Array {
  return Int32Array.of(-stride - 1, -stride, -stride + 1, -1, 0, 1, stride - 1, stride, stride + 1);
}

/**
 * The channels of one band that are coded already, padded with zeros: values, magnitudes of what their prediction left,
 * and those magnitudes summed around each position. Values are clipped, for prediction only.
 */
export class LatentPlanes {
  readonly stride: number;
  readonly planeSize: number;
  /** Index of the first position within a plane. */
  readonly origin: number;
  readonly values: Int16Array;
  readonly magnitudes: Int16Array;
  readonly rings: Int16Array;
  /** Sums over references for the channel that is coded next, one for each padded position. */
  readonly valueBase: Int32Array;
  readonly magnitudeBase: Int32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #places: Int32Array;
  /** 1 for channels of zeros, which add nothing to any sum. */
  readonly #isEmpty: Uint8Array;

  constructor(channels: number, height: number, width: number) {
    this.#width = width;
    this.#height = height;
    this.stride = width + 2 * margin;
    this.planeSize = this.stride * (height + 2 * margin);
    this.origin = margin * this.stride + margin;
    this.#places = placeSteps(this.stride);
    this.#isEmpty = new Uint8Array(channels);
    this.values = new Int16Array(channels * this.planeSize);
    this.magnitudes = new Int16Array(channels * this.planeSize);
    this.rings = new Int16Array(channels * this.planeSize);
    this.valueBase = new Int32Array(this.planeSize);
    this.magnitudeBase = new Int32Array(this.planeSize);
  }

  /** Stores a coded value and the difference to its prediction. `index` counts from the start of all planes. */
  store(index: number, value: number, residual: number): void {
    this.values[index] = value > valueClip ? valueClip : value < -valueClip ? -valueClip : value;
    const magnitude = residual < 0 ? -residual : residual;
    this.magnitudes[index] = magnitude > magnitudeClip ? magnitudeClip : magnitude;
  }

  /** Works out the ring sums of a channel that is complete; returns its mean magnitude with 12 fractional bits. */
  closeChannel(channel: number): number {
    const { magnitudes, rings, stride } = this;
    this.#isEmpty[channel] = 0;
    let total = 0;
    for (let y = 0; y < this.#height; y++) {
      const row = channel * this.planeSize + this.origin + y * stride;
      let before = columnAt(magnitudes, row - 1, stride);
      let here = columnAt(magnitudes, row, stride);
      for (let index = row; index < row + this.#width; index++) {
        const after = columnAt(magnitudes, index + 1, stride);
        const magnitude = magnitudes[index] as number;
        const sum = before + here + after - magnitude;
        rings[index] = sum > ringClip ? ringClip : sum;
        total += magnitude;
        before = here;
        here = after;
      }
    }
    return Math.floor((total * 4096) / (this.#width * this.#height));
  }

  /** Makes a channel one of zeros. */
  closeEmptyChannel(channel: number): void {
    this.#isEmpty[channel] = 1;
    const start = channel * this.planeSize;
    for (const plane of [this.values, this.magnitudes, this.rings]) plane.fill(0, start, start + this.planeSize);
  }

  /** Mean magnitude of a channel that is complete. */
  meanOf(channel: number): number {
    let total = 0;
    for (let index = 0; index < this.planeSize; index++)
      total += this.magnitudes[channel * this.planeSize + index] as number;
    return total / (this.#width * this.#height);
  }

  /** Clears the sums over references and sets the constant that the magnitude's prediction starts from. */
  openChannel(magnitudeConstant: number): void {
    this.valueBase.fill(0);
    this.magnitudeBase.fill(magnitudeConstant);
  }

  /** Adds a lower channel's values, seen from one of the nine places, to the value's prediction. */
  addValueReference(channel: number, place: number, weight: number): void {
    const { values, valueBase, planeSize, origin } = this;
    if (this.#isEmpty[channel] === 1) return;
    const start = channel * planeSize + (this.#places[place] as number);
    for (let index = origin; index < planeSize - origin; index++)
      valueBase[index] = (valueBase[index] as number) + Math.imul(weight, values[start + index] as number);
  }

  /** Adds a lower channel's magnitudes, here and around, to the magnitude's prediction. */
  addMagnitudeReference(channel: number, here: number, around: number): void {
    const { magnitudes, rings, magnitudeBase, planeSize, origin } = this;
    if (this.#isEmpty[channel] === 1) return;
    const start = channel * planeSize;
    if (around === 0) {
      for (let index = origin; index < planeSize - origin; index++)
        magnitudeBase[index] = (magnitudeBase[index] as number) + Math.imul(here, magnitudes[start + index] as number);
      return;
    }
    for (let index = origin; index < planeSize - origin; index++)
      magnitudeBase[index] =
        (magnitudeBase[index] as number) +
        Math.imul(here, magnitudes[start + index] as number) +
        Math.imul(around, rings[start + index] as number);
  }
}

function columnAt(plane: Int16Array, index: number, stride: number): number {
  return (plane[index - stride] as number) + (plane[index] as number) + (plane[index + stride] as number);
}
