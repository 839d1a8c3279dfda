import type { Graph, Value } from '../graph/graph.ts';
import { add, atLeast, multiply, offset, random, reshape, subtract, transpose, unary } from '../graph/operations.ts';
import { packedInput, packedOutput, roundedWithin } from '../graph/packed-values.ts';

/**
 * How a latent is quantised in a training graph. TensorFlow's Round takes halves to the even neighbour.
 * - `straightThrough`: the integers, but gradients pass as if nothing had happened
 * - `noise`: plus uniform noise of one step, whose density is what the rate is estimated with (Balle et al. 2017)
 */
export type Quantisation = 'straightThrough' | 'noise';

/** @param seed int32 [2]; for `noise` only */
export function quantise(graph: Graph, latent: Value, mode: Quantisation, seed?: Value): Value {
  if (mode === 'straightThrough') {
    const change = subtract(graph, unary(graph, 'Round', latent), latent);
    return add(graph, latent, unary(graph, 'StopGradient', change));
  }
  if (seed === undefined) throw new Error('Quantising with noise needs a seed.');
  return add(graph, latent, offset(graph, random(graph, 'uniform', latent.shape, seed), -0.5));
}

const largest = 32_767;

/**
 * What is nearer to 0 than this becomes 0, although it rounds to 1: zeros are what the file holds most of, so that they
 * cost the least, and these values lie nearly as near to them. Chosen on training photos.
 */
const deadZone = 0.56;

/**
 * The one place where the latent of a photo becomes integers: values [1, height, width, channels] times the gains of
 * their channels, rounded (halves to the even neighbour, and what is near 0 to 0), as [channels, height, width] of 16
 * bits, packed; what lies beyond 16 bits is clipped.
 * @param gains [channels]
 */
export function integersOfLatent(graph: Graph, latent: Value, gains: Value): Value {
  const [, height = 0, width = 0, channels = 0] = latent.shape;
  const positions = reshape(graph, multiply(graph, latent, gains), [height * width, channels]);
  // Not last: TensorFlow would exchange it with the conversion to 16 bits, which oneDNN's transpose does not know.
  const scaled = transpose(graph, positions, [1, 0]);
  const isBeyond = atLeast(graph, unary(graph, 'Abs', scaled), graph.scalar(deadZone));
  return packedOutput(graph, multiply(graph, roundedWithin(graph, scaled, -largest, largest), isBeyond), 'int16');
}

/**
 * The way back: an input of integers [channels, height, width] of 16 bits, and the latent that they stand for
 * [1, height, width, channels].
 * @param gains [channels]
 */
export function latentOfIntegers(
  graph: Graph,
  name: string,
  [channels, height, width]: readonly [number, number, number],
  gains: Value,
): { input: Value; latent: Value } {
  const { input, values } = packedInput(graph, name, [channels, height * width], 'int16', 'float32');
  const planes = multiply(graph, values, reshape(graph, gains, [channels, 1]));
  return { input, latent: reshape(graph, transpose(graph, planes, [1, 0]), [1, height, width, channels]) };
}
