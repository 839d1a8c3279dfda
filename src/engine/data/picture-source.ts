import { createRandom } from '../../shared/random.ts';
import { copyCrop, symmetriesOf } from './patch-crop.ts';
import { createPatchOrder } from './patch-order.ts';
import type { PatchSource } from '../../ml/training/patch-source.ts';
import type { TurningOptions } from './training-data.ts';

export interface PictureSourceOptions extends TurningOptions {
  seed: number;
  width: number;
  height: number;
  channels: 1 | 3;
}

/** Separates the numbers of turns from those of the order. */
const turnSeed = 0x7475726e;

/**
 * Whole pictures of one size out of memory, each once an epoch in an order that is shuffled anew for each epoch. A batch
 * depends on the seed and its index alone.
 *
 * @param pictures [n, height, width, channels], n > 0
 */
export function createPictureSource(pictures: Uint8Array, options: PictureSourceOptions): PatchSource {
  const { seed, width, height, channels } = options;
  const size = width * height * channels;
  const count = pictures.length / size;
  const order = createPatchOrder({ photos: count, seed, groupSize: count, patchesPerVisit: 1 });
  const symmetries = symmetriesOf(options);
  const copyTurned = (index: number, position: number, target: Uint8Array, offset: number): void => {
    const symmetry = symmetries[createRandom(seed ^ turnSeed, position).integer(symmetries.length)] ?? 0;
    const data = pictures.subarray(index * size, (index + 1) * size);
    copyCrop({ width, height, data }, { left: 0, top: 0, size: width, symmetry }, target, offset, channels);
  };
  return {
    nextBatch(batchIndex, batch) {
      const bytes = new Uint8Array(batch * size);
      for (let i = 0; i < batch; i++) {
        const position = batchIndex * batch + i;
        const index = order.photoAt(position);
        if (symmetries.length === 1) bytes.set(pictures.subarray(index * size, (index + 1) * size), i * size);
        else copyTurned(index, position, bytes, i * size);
      }
      return Promise.resolve(bytes);
    },
  };
}
