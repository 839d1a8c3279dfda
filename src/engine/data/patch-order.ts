import { createRandom } from '../../shared/random.ts';

/** Which photo the n-th patch of a training comes from. */
export interface PatchOrder {
  /** Index of the photo for patch `position` (0, 1, 2, ... over the whole training). */
  photoAt(position: number): number;
}

export interface PatchOrderOptions {
  photos: number;
  seed: number;
  /** How many photos are held in memory together; at least `photos` where all of them are. */
  groupSize: number;
  /** Patches taken of a photo while its group is held. */
  patchesPerVisit: number;
}

/**
 * Every photo once (or `patchesPerVisit` times) an epoch, in an order that is shuffled anew for each epoch and that
 * depends on seed and position alone, so that a training which resumes sees what an uninterrupted one would.
 *
 * Photos that do not fit into memory together are visited in groups that do: an epoch shuffles the photos, cuts the
 * list into groups, and shuffles the patches within each group. A photo is then decoded once for several patches.
 */
export function createPatchOrder({ photos, seed, groupSize, patchesPerVisit }: PatchOrderOptions): PatchOrder {
  const photosOf = keepLast((epoch) => shuffle(photos, seed, 2 * epoch), 2);
  const patchesPerEpoch = photos * patchesPerVisit;
  const patchesPerGroup = groupSize * patchesPerVisit;
  const groupsPerEpoch = Math.ceil(photos / groupSize);
  const patchesOf = keepLast((group) => {
    const inEpoch = group % groupsPerEpoch;
    const size = Math.min(groupSize, photos - inEpoch * groupSize);
    return shuffle(size * patchesPerVisit, seed, 2 * group + 1);
  }, 2);
  return {
    photoAt(position) {
      const epoch = Math.floor(position / patchesPerEpoch);
      const inEpoch = position % patchesPerEpoch;
      const group = Math.floor(inEpoch / patchesPerGroup);
      const first = group * groupSize;
      const size = Math.min(groupSize, photos - first);
      const patch = patchesOf(epoch * groupsPerEpoch + group)[inEpoch % patchesPerGroup] ?? 0;
      return photosOf(epoch)[first + (patch % size)] ?? 0;
    },
  };
}

/** The numbers 0 .. count - 1 in random order (Fisher-Yates). */
export function shuffle(count: number, seed: number, stream: number): Uint32Array {
  const random = createRandom(seed, stream);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function keepLast(make: (key: number) => Uint32Array, count: number): (key: number) => Uint32Array {
  const made = new Map<number, Uint32Array>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    for (const oldest of made.keys()) {
      if (made.size < count) break;
      made.delete(oldest);
    }
    const order = make(key);
    made.set(key, order);
    return order;
  };
}
