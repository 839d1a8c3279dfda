import { expect, test } from 'vitest';
import { PellucidError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random.ts';
import { createPatchSource } from './patch-source.ts';
import type { PatchSourceOptions, TrainingFile } from './patch-source.ts';
import type { SkippedFile } from '../../shared/contract.ts';

const side = 40;
const files: TrainingFile[] = Array.from({ length: 9 }, (_, index) => ({
  path: `photo-${index}`,
  width: side + index,
  height: side,
}));

/** A photo whose pixels all hold (number of the photo, x, y). */
async function decode(path: string) {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  const number = Number(path.slice('photo-'.length));
  const width = side + number;
  const data = new Uint8Array(width * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < width; x++) data.set([number, x, y], (y * width + x) * 3);
  }
  return { width, height: side, data };
}

function source(options: Partial<PatchSourceOptions> = {}) {
  return createPatchSource(files, { seed: 11, decode, ...options });
}

test('a patch is one square of one photo, turned', async () => {
  const batch = await source().nextBatch(0, 6, 32);
  expect(batch).toHaveLength(6 * 32 * 32 * 3);
  for (let patch = 0; patch < 6; patch++) {
    const values = batch.subarray(patch * 32 * 32 * 3, (patch + 1) * 32 * 32 * 3);
    const channels = [0, 1, 2].map((at) => values.filter((_, index) => index % 3 === at));
    const channel = (at: number) => channels[at] ?? new Uint8Array();
    expect(new Set(channel(0)).size).toBe(1);
    const places = new Set([...channel(1)].map((x, index) => `${x},${channel(2)[index]}`));
    for (const axis of [channel(1), channel(2)]) expect(Math.max(...axis) - Math.min(...axis)).toBe(31);
    expect(places.size).toBe(32 * 32);
  }
});

test('a batch depends on seed and index alone, whatever was asked before', async () => {
  const forwards = source();
  const expected: Uint8Array[] = [];
  for (let index = 0; index < 8; index++) expected.push(await forwards.nextBatch(index, 4, 32));
  const resumed = source({ batchesAhead: 0 });
  for (const index of [5, 2, 7, 2]) expect(await resumed.nextBatch(index, 4, 32)).toEqual(expected[index]);
  expect(await source({ seed: 12 }).nextBatch(0, 4, 32)).not.toEqual(expected[0]);
});

test('photos over the memory are decoded once for several patches', async () => {
  let decoded = 0;
  const counting = (path: string) => {
    decoded++;
    return decode(path);
  };
  const small = source({ cacheBytes: 4 * side * (side + 8) * 3, batchesAhead: 0, decode: counting });
  // One epoch is 9 photos x 8 patches; groups of two photos stay in the cache while their patches are taken.
  for (let index = 0; index < 18; index++) await small.nextBatch(index, 4, 32);
  expect(decoded).toBe(9);
});

test('an unreadable photo is reported once and others take its place, the same at every run', async () => {
  const broken = async (path: string) => {
    if (path === 'photo-3') throw new PellucidError('IMAGE_CORRUPT', 'photo-3 is cut off.', { subject: path });
    return decode(path);
  };
  const skipped: SkippedFile[] = [];
  const one = source({ decode: broken, onSkipped: (file) => skipped.push(file) });
  const batches = [await one.nextBatch(0, 9, 32), await one.nextBatch(1, 9, 32)];
  expect(skipped).toEqual([{ path: 'photo-3', code: 'IMAGE_CORRUPT', reason: 'photo-3 is cut off.' }]);
  const two = source({ decode: broken });
  expect(await two.nextBatch(1, 9, 32)).toEqual(batches[1]);
  expect(await two.nextBatch(0, 9, 32)).toEqual(batches[0]);
  const photos = new Set(batches.flatMap((batch) => [...batch].filter((_, index) => index % (32 * 32 * 3) === 0)));
  expect(photos.has(3)).toBe(false);
});

test('a photo with a side below the patch gives way to others', async () => {
  const mixed = createPatchSource(
    files.map((file, index) => (index % 2 === 0 ? file : { ...file, height: 20 })),
    { seed: 1, decode },
  );
  const batch = await mixed.nextBatch(0, 9, 32);
  for (let patch = 0; patch < 9; patch++) expect((batch[patch * 32 * 32 * 3] ?? 1) % 2).toBe(0);
});

test('says so when no photo can be decoded, or when the patch is larger than a photo', async () => {
  const hopeless = source({ decode: () => Promise.reject(new Error('no')) });
  await expect(hopeless.nextBatch(0, 2, 32)).rejects.toThrow('Hardly any of the photos can be decoded');
  await expect(source().nextBatch(0, 2, 48)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(() => createPatchSource([], { seed: 1, decode })).toThrow('at least one photo');
});

test('the noise of each patch is that of its photo, measured once', async () => {
  const deviations = [4, 12, 30];
  let decoded = 0;
  const noisy = createPatchSource(
    deviations.map((deviation) => ({ path: String(deviation), width: 72, height: 64 })),
    {
      seed: 5,
      decode: async (path) => {
        await Promise.resolve();
        decoded += 1;
        const random = createRandom(Number(path), 0);
        return {
          ...{ width: 72, height: 64 },
          data: Uint8Array.from({ length: 72 * 64 * 3 }, () => 128 + Number(path) * random.normal()),
        };
      },
    },
  );
  const levels = await noisy.noiseOf?.(0, 9, 64);
  const batch = await noisy.nextBatch(0, 9, 64);
  const size = 64 * 64 * 3;
  for (let patch = 0; patch < 9; patch++) {
    const values = batch.subarray(patch * size, (patch + 1) * size);
    const variance = values.reduce((sum, value) => sum + (value - 127.5) ** 2, 0) / size;
    expect(Math.abs(255 * (levels?.[patch] ?? 0) - Math.sqrt(variance))).toBeLessThan(0.1 * Math.sqrt(variance));
  }
  expect(decoded).toBe(3);
});
