import type { Graph, Value } from '../graph/graph.ts';
import { add, offset, random, subtract, unary } from '../graph/operations.ts';

/**
 * The only place where a latent becomes integers. TensorFlow's Round takes halves to the even neighbour.
 * - `symbols`: the integers, as floats
 * - `straightThrough`: the same, but gradients pass as if nothing had happened
 * - `noise`: plus uniform noise of one step, whose density is what the rate is estimated with (Balle et al. 2017)
 */
export type Quantisation = 'symbols' | 'straightThrough' | 'noise';

/** @param seed int32 [2]; for `noise` only */
export function quantise(graph: Graph, latent: Value, mode: Quantisation, seed?: Value): Value {
  if (mode === 'symbols') return unary(graph, 'Round', latent);
  if (mode === 'straightThrough') {
    const change = subtract(graph, unary(graph, 'Round', latent), latent);
    return add(graph, latent, unary(graph, 'StopGradient', change));
  }
  if (seed === undefined) throw new Error('Quantising with noise needs a seed.');
  return add(graph, latent, offset(graph, random(graph, 'uniform', latent.shape, seed), -0.5));
}

const largest = 32_767;

/**
 * Rounded values of one tile [height, width, channels] into a latent of integers [channels, height, width]; what lies
 * beyond 16 bits is clipped.
 */
export function storeIntegers(
  rounded: Float32Array,
  tile: { left: number; top: number; width: number },
  core: { left: number; top: number; width: number; height: number },
  latent: { values: Int16Array; channels: number; height: number; width: number },
): void {
  const plane = latent.height * latent.width;
  for (let y = core.top; y < core.top + core.height; y++) {
    for (let x = core.left; x < core.left + core.width; x++) {
      const source = ((y - tile.top) * tile.width + (x - tile.left)) * latent.channels;
      const target = y * latent.width + x;
      for (let channel = 0; channel < latent.channels; channel++) {
        const value = rounded[source + channel] as number;
        latent.values[channel * plane + target] = Math.min(largest, Math.max(-largest, value));
      }
    }
  }
}
