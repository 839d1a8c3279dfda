import type { Layer, Network, Weights } from './description.ts';
import { inputsOf } from './description.ts';
import { channelsOf } from './network.ts';

type LayerOf<T extends Layer['type']> = Extract<Layer, { type: T }>;

/** Two inputs side by side, packed into blocks, which convolutions read. */
interface Packing {
  concat: LayerOf<'concat'>;
  spaceToDepth: LayerOf<'spaceToDepth'>;
  readers: LayerOf<'conv2d'>[];
}

/**
 * The same network with what is laid side by side packed into blocks before and not after, and with the filters behind
 * it in the order that its channels then have. Laying values side by side takes time for each piece of memory that is
 * copied, and packed ones are `block` squared times as long: for a denoiser's photo and noise level, this halves it.
 *
 * @param prefix what the names of the network's parameters begin with in `weights`
 * @returns the network as it was, where it has no such place
 */
export function withEarlyPacking(
  network: Network,
  weights: Weights,
  prefix = '',
): { network: Network; weights: Weights } {
  const packing = findPacking(network);
  if (packing === undefined) return { network, weights };
  const { concat, spaceToDepth, readers } = packing;
  const channels = channelsOf(network);
  const packed = concat.inputs.map((input): LayerOf<'spaceToDepth'> => {
    return { ...spaceToDepth, name: `${spaceToDepth.name}-${input}`, input };
  });
  const [first, second] = packed.map(({ name }) => name) as [string, string];
  const beside: Layer = { type: 'concat', name: spaceToDepth.name, inputs: [first, second] };
  const layers = network.layers.flatMap((layer): Layer[] => {
    if (layer === concat) return [];
    return layer === spaceToDepth ? [...packed, beside] : [layer];
  });
  const counts = concat.inputs.map((input) => channels.get(input) ?? 0);
  const order = packedOrder(counts, spaceToDepth.block);
  const ordered = new Map(weights);
  for (const { name, filters } of readers) {
    const fullName = `${prefix}${name}/filter`;
    const filter = weights.get(fullName);
    if (filter !== undefined) ordered.set(fullName, inOrder(filter, order, filters));
  }
  return { network: { ...network, layers }, weights: ordered };
}

/** A concat that only a spaceToDepth reads, which only convolutions read. */
function findPacking({ layers, output }: Network): Packing | undefined {
  const readersOf = (name: string): Layer[] => layers.filter((layer) => inputsOf(layer).includes(name));
  for (const concat of layers) {
    if (concat.type !== 'concat' || concat.name === output) continue;
    const [spaceToDepth, ...others] = readersOf(concat.name);
    if (spaceToDepth?.type !== 'spaceToDepth' || others.length > 0 || spaceToDepth.name === output) continue;
    const all = readersOf(spaceToDepth.name);
    const readers = all.filter((layer) => layer.type === 'conv2d');
    if (readers.length === all.length) return { concat, spaceToDepth, readers };
  }
  return undefined;
}

/** Where each channel lies that inputs packed one by one give, among those of the inputs packed together. */
function packedOrder(counts: readonly number[], block: number): number[] {
  const together = counts.reduce((sum, count) => sum + count, 0);
  const order: number[] = [];
  let before = 0;
  for (const count of counts) {
    for (let place = 0; place < block * block; place++)
      for (let channel = 0; channel < count; channel++) order.push(place * together + before + channel);
    before += count;
  }
  return order;
}

/** A filter [kernel, kernel, channels, filters] with its channels in another order. */
function inOrder(filter: Float32Array, order: readonly number[], filters: number): Float32Array {
  const size = order.length * filters;
  const ordered = new Float32Array(filter.length);
  for (let start = 0; start < filter.length; start += size)
    for (const [to, from] of order.entries())
      ordered.set(filter.subarray(start + from * filters, start + (from + 1) * filters), start + to * filters);
  return ordered;
}
