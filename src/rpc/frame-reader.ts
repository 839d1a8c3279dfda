/** Bytes of the big-endian length before every frame on a byte stream. */
const prefixBytes = 4;

/** The length of a frame as it stands before it. */
export function lengthPrefix(frameBytes: number): Uint8Array {
  const prefix = new Uint8Array(prefixBytes);
  new DataView(prefix.buffer).setUint32(0, frameBytes);
  return prefix;
}

/**
 * Cuts a stream of bytes into frames, each after a length of four bytes, big-endian. A frame above `maxFrameBytes` is
 * passed over without being kept: the announced number of bytes is read and dropped, and the stream goes on. Nothing
 * is allocated on the word of a length; a frame takes room as its bytes arrive.
 */
export class FrameReader {
  readonly #maxFrameBytes: number;
  readonly #onFrame: (frame: Uint8Array) => void;
  readonly #prefix = new Uint8Array(prefixBytes);
  #prefixFilled = 0;
  #parts: Uint8Array[] = [];
  #missing = 0;
  #isDropping = false;

  constructor(maxFrameBytes: number, onFrame: (frame: Uint8Array) => void) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#onFrame = onFrame;
  }

  /** Takes the next piece of the stream, of any length; calls `onFrame` for each frame that it completes. */
  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.byteLength > 0) {
      rest = this.#prefixFilled < prefixBytes ? this.#takePrefix(rest) : this.#takeBody(rest);
    }
  }

  #takePrefix(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, prefixBytes - this.#prefixFilled);
    this.#prefix.set(taken, this.#prefixFilled);
    this.#prefixFilled += taken.byteLength;
    if (this.#prefixFilled === prefixBytes) {
      this.#missing = new DataView(this.#prefix.buffer).getUint32(0);
      this.#isDropping = this.#missing > this.#maxFrameBytes;
      if (this.#missing === 0) this.#prefixFilled = 0;
    }
    return chunk.subarray(taken.byteLength);
  }

  #takeBody(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#missing);
    this.#missing -= taken.byteLength;
    if (!this.#isDropping) this.#parts.push(taken);
    if (this.#missing === 0) this.#finish();
    return chunk.subarray(taken.byteLength);
  }

  #finish(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#prefixFilled = 0;
    if (!this.#isDropping) this.#onFrame(join(parts));
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
