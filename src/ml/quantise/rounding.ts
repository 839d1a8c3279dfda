import type { Graph, Value } from '../graph/graph.ts';
import { add, offset, random, subtract, unary } from '../graph/operations.ts';

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

/** Added to a number of a double's precision and taken away again, it leaves a whole one, halves to the even one. */
const wholeOnes = 1.5 * 2 ** 52;

/**
 * The one place where the latent of a photo becomes integers: values of one tile [height, width, channels] times the
 * gains of their channels, in single precision, rounded (halves to the even neighbour, and what is near 0 to 0), into a
 * latent of integers [channels, height, width]; what lies beyond 16 bits is clipped.
 */
export function quantiseTile(
  values: Float32Array,
  gains: Float32Array,
  tile: { left: number; top: number; width: number },
  core: { left: number; top: number; width: number; height: number },
  latent: { values: Int16Array; channels: number; height: number; width: number },
): void {
  const { channels, height, width, values: integers } = latent;
  // Channel by channel within a row, which the processor's cache holds.
  for (let y = core.top; y < core.top + core.height; y++) {
    for (let channel = 0; channel < channels; channel++) {
      const gain = gains[channel] as number;
      let source = ((y - tile.top) * tile.width + (core.left - tile.left)) * channels + channel;
      let target = (channel * height + y) * width + core.left;
      for (const end = target + core.width; target < end; target++, source += channels) {
        const scaled = Math.fround((values[source] as number) * gain);
        const whole = Math.abs(scaled) < deadZone ? 0 : scaled + wholeOnes - wholeOnes;
        integers[target] = Math.min(largest, Math.max(-largest, whole));
      }
    }
  }
}
