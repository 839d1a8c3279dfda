/** Memory of arrays starts on a multiple of 16 bytes, so that this far behind it lies no multiple of 64. */
const offsetBytes = 4;
const alignmentBytes = 16;

/**
 * An array of zeros whose memory TensorFlow copies when it becomes a tensor. tfjs-node lends TensorFlow the memory of an
 * array that happens to start on a multiple of 64 bytes, and lets go of it on the thread that is the last to use it: in a
 * graph, that can be one of TensorFlow's own, where nothing of JavaScript may be touched. All other arrays TensorFlow
 * copies at once.
 * @param length number of values
 */
export function unsharedFloats(length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(new ArrayBuffer(offsetBytes + 4 * length), offsetBytes, length);
}

/** Bytes likewise. */
export function unsharedBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(offsetBytes + length), offsetBytes, length);
}

/** Bytes as they lie in memory, padded with zeros to 32-bit words, that TensorFlow copies. */
export function unsharedWords(bytes: Uint8Array): Int32Array {
  const words = Math.ceil(bytes.length / 4);
  if (isUnshared(bytes) && bytes.length % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, words);
  const copy = unsharedBytes(4 * words);
  copy.set(bytes);
  return new Int32Array(copy.buffer, copy.byteOffset, words);
}

/** The same values where TensorFlow copies them: the array itself, if it lies right. */
export function unshared(values: Float32Array | Int32Array): Float32Array | Int32Array {
  if (isUnshared(values)) return values;
  const copy = unsharedFloats(values.length);
  const typed = values instanceof Float32Array ? copy : new Int32Array(copy.buffer, copy.byteOffset, copy.length);
  typed.set(values);
  return typed;
}

function isUnshared({ byteOffset }: ArrayBufferView): boolean {
  return byteOffset % alignmentBytes === offsetBytes;
}
