import { sizeOf } from './graph.ts';
import type { DType, Graph, Shape, Value } from './graph.ts';
import { cast, concat, reshape, scale, slice, typed, unary } from './operations.ts';

/**
 * Small integers on their way in and out. tfjs has neither bytes nor 16-bit integers and would turn each one into an
 * integer of 32 bits, so they come and go several to such a word, as they lie in memory, and are taken apart and put
 * together in the graph.
 */

const perWord = { uint8: 4, int16: 2 } as const;

/**
 * An input of small integers; `Session.run` takes a Uint8Array of their bytes for it.
 * @param dtype number type of the integers in memory
 * @param as number type in which they are read in the graph
 * @returns the placeholder for the signature, and the integers in their shape
 */
export function packedInput(
  graph: Graph,
  name: string,
  shape: Shape,
  dtype: keyof typeof perWord,
  as: DType,
): { input: Value; values: Value } {
  const size = sizeOf(shape);
  const count = perWord[dtype];
  const words = Math.ceil(size / count);
  const input = graph.placeholder(name, [words], 'int32');
  const groups = graph.add('Bitcast', [input], [words, count], dtype, {
    attributes: { T: { type: 'int32' }, type: { type: dtype } },
  });
  const all = reshape(graph, cast(graph, groups, as), [count * words]);
  return { input, values: reshape(graph, count * words === size ? all : slice(graph, all, [0], [size]), shape) };
}

/** An input of bytes. */
export function bytesInput(graph: Graph, name: string, shape: Shape): { input: Value; bytes: Value } {
  const { input, values: bytes } = packedInput(graph, name, shape, 'uint8', 'uint8');
  return { input, bytes };
}

/**
 * An output of small integers, as words; the last word is filled up with zeros.
 * @param values float32, whole numbers that the type can hold
 * @param dtype number type of the integers in memory
 */
export function packedOutput(graph: Graph, values: Value, dtype: keyof typeof perWord): Value {
  const size = sizeOf(values.shape);
  const count = perWord[dtype];
  const words = Math.ceil(size / count);
  const missing = count * words - size;
  const zeros = (): Value => graph.constant(new Float32Array(missing), [missing]);
  const whole = missing === 0 ? values : concat(graph, [reshape(graph, values, [size]), zeros()], 0);
  return graph.add('Bitcast', [cast(graph, reshape(graph, whole, [words, count]), dtype)], [words], 'int32', {
    attributes: { T: { type: dtype }, type: { type: 'int32' } },
  });
}

/** An output of bytes for values 0..1, rounded and clipped. */
export function bytesOutput(graph: Graph, values: Value): Value {
  return packedOutput(graph, roundedWithin(graph, scale(graph, values, 255), 0, 255), 'uint8');
}

/** Whole numbers, halves to the even neighbour, within bounds. */
export function roundedWithin(graph: Graph, values: Value, least: number, most: number): Value {
  const bounds = [graph.scalar(least), graph.scalar(most)];
  return graph.add('ClipByValue', [unary(graph, 'Round', values), ...bounds], values.shape, 'float32', {
    attributes: typed('float32'),
  });
}
