import { PellucidError } from '../shared/errors.ts';

/**
 * A binary range coder with 32-bit state and 16-bit probabilities (Martin 1979; carries are propagated into the bytes
 * already written). One class codes in both directions, so that the model above it is written once and cannot
 * disagree with itself.
 *
 * State words are kept as signed 32-bit integers, which the engine stores without boxing.
 */
export class RangeCoder {
  readonly #isDecoding: boolean;
  #bytes: Uint8Array;
  #position = 0;
  #range = -1;
  /** Encoder: the low end of the interval. Decoder: the code value less the low end. */
  #low = 0;

  private constructor(isDecoding: boolean, bytes: Uint8Array) {
    this.#isDecoding = isDecoding;
    this.#bytes = bytes;
    if (isDecoding) for (let count = 0; count < 4; count++) this.#low = (this.#low << 8) | this.#readByte();
  }

  /** A coder that writes; take the bytes with {@link finish}. */
  static encoder(): RangeCoder {
    return new RangeCoder(false, new Uint8Array(4096));
  }

  /** A coder that reads `bytes`; call {@link finish} at the end, which checks that they were used up. */
  static decoder(bytes: Uint8Array): RangeCoder {
    return new RangeCoder(true, bytes);
  }

  get isDecoding(): boolean {
    return this.#isDecoding;
  }

  /**
   * Codes one binary decision and returns it; when decoding, the `bit` given is ignored.
   * @param probabilityOfOne of 65536, within 1..65535
   * @throws PEL_CORRUPT when decoding runs past the end of the bytes
   */
  code(bit: number, probabilityOfOne: number): number {
    const range = this.#range;
    const bound = Math.imul(range >>> 16, probabilityOfOne);
    let decided = bit;
    if (this.#isDecoding) {
      decided = this.#low >>> 0 < bound >>> 0 ? 1 : 0;
      if (decided === 0) this.#low = (this.#low - bound) | 0;
    } else if (bit === 0) {
      const low = (this.#low + bound) | 0;
      if (low >>> 0 < bound >>> 0) this.#carry();
      this.#low = low;
    }
    this.#range = decided === 1 ? bound : (range - bound) | 0;
    while (this.#range >>> 24 === 0) this.#shift();
    return decided;
  }

  /** Codes `count` (1..16) bits of `value` that no model predicts, most significant first; returns the value. */
  codeRaw(value: number, count: number): number {
    let result = 0;
    for (let place = count - 1; place >= 0; place--) result = (result << 1) | this.code((value >> place) & 1, 32768);
    return result;
  }

  /**
   * Encoder: the shortest bytes that decode to what was coded. Decoder: an empty array.
   * @throws PEL_CORRUPT when the decoder has not read all of its bytes
   */
  finish(): Uint8Array {
    if (this.#isDecoding) {
      if (this.#position < this.#bytes.length) throw corruptLatent('has bytes left over after the last value');
      return this.#bytes.subarray(0, 0);
    }
    const low = this.#low >>> 0;
    const range = this.#range >>> 0;
    for (let kept = 1; kept <= 4; kept++) {
      const unit = 2 ** (32 - 8 * kept);
      const code = Math.ceil(low / unit) * unit;
      if (code - low >= range) continue;
      if (code >= 2 ** 32) this.#carry();
      this.#low = code | 0;
      for (let count = 0; count < kept; count++) this.#shift();
      break;
    }
    return this.#bytes.slice(0, this.#position);
  }

  #shift(): void {
    if (this.#isDecoding) {
      this.#low = (this.#low << 8) | this.#readByte();
    } else {
      if (this.#position === this.#bytes.length) {
        const longer = new Uint8Array(2 * this.#bytes.length);
        longer.set(this.#bytes);
        this.#bytes = longer;
      }
      this.#bytes[this.#position++] = this.#low >>> 24;
      this.#low = this.#low << 8;
    }
    this.#range = this.#range << 8;
  }

  #carry(): void {
    let index = this.#position - 1;
    while (this.#bytes[index] === 255) this.#bytes[index--] = 0;
    this.#bytes[index] = (this.#bytes[index] as number) + 1;
  }

  /** The decoder looks 4 bytes ahead and the encoder leaves out at most 3 of them: further on there is no more data. */
  #readByte(): number {
    const position = this.#position++;
    if (position < this.#bytes.length) return this.#bytes[position] as number;
    if (position >= this.#bytes.length + 3) throw corruptLatent('ends before the last value');
    return 0;
  }
}

/** The error for coded integers that cannot have been written by the encoder. */
export function corruptLatent(what: string): PellucidError {
  return new PellucidError(
    'PEL_CORRUPT',
    `The coded picture in this .pel file ${what}; get an undamaged copy of the file.`,
  );
}
