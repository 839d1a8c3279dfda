import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { preparePictureData } from './picture-data.ts';
import { prepareTrainingData } from './training-data.ts';

let folder: string;

/** Left half dark, right half bright, of one hue for each number. */
async function writePhoto(name: string, width: number, height: number, number: number): Promise<void> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const value = i % width < width / 2 ? 40 : 200;
    data.set([value, value, 10 * number], 3 * i);
  }
  const photo = { pixels: { width, height, channels: 3 as const, data }, metadata: {} };
  await writeFile(join(folder, name), await encodePhoto(photo, { format: 'png' }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-pictures-'));
  await mkdir(join(folder, 'photos'));
  for (let number = 0; number < 12; number++) {
    await writePhoto(join('photos', `${number}.png`), 90 + number, 60, number);
  }
  await writeFile(join(folder, 'photos', 'broken.png'), 'no picture');
  const digits = Uint8Array.from({ length: 12 * 6 }, (_, i) => Math.floor(i / 6));
  await writeFile(
    join(folder, 'digits-idx3-ubyte'),
    Buffer.from([0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0, 3, ...digits]),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const idx = () => [join(folder, 'digits-idx3-ubyte')];
const photos = () => [join(folder, 'photos')];

describe('pictures of one size', () => {
  test('come from an IDX file, each once an epoch, and none of them from what is held out', async () => {
    const data = await preparePictureData(idx(), { seed: 5, sidePx: 32 });
    expect(data.photoCounts).toEqual({ training: 10, validation: 2 });
    const held = data.validation.map(({ pixels }) => pixels.data[0]);
    const epochs = [await data.source.nextBatch(0, 10, 0), await data.source.nextBatch(1, 10, 0)];
    const orders = epochs.map((bytes) => Array.from({ length: 10 }, (_, i) => bytes[6 * i]));
    for (const order of orders) {
      expect([...order, ...held].sort((a, b) => Number(a) - Number(b))).toEqual([...Array(12).keys()]);
    }
    expect(orders[0]).not.toEqual(orders[1]);
    expect(await data.source.nextBatch(0, 10, 0)).toEqual(epochs[0]);
    const other = await preparePictureData(idx(), { seed: 6, sidePx: 32 });
    expect(await other.source.nextBatch(0, 10, 0)).not.toEqual(epochs[0]);
  });

  test('have the size of their IDX file and no other', async () => {
    await expect(preparePictureData(idx(), { seed: 1, sidePx: 32, width: 8 })).rejects.toThrow(
      'as in digits-idx3-ubyte',
    );
    await expect(preparePictureData(idx(), { seed: 1, sidePx: 32, rotations: true })).rejects.toThrow('not square');
  });

  test('are photos of any size brought to the one that is chosen, grey or colour', async () => {
    const data = await preparePictureData(photos(), { seed: 1, sidePx: 32, width: 20, height: 10 });
    expect(data.photoCounts).toEqual({ training: 10, validation: 2 });
    expect(data.skipped.map(({ code }) => code)).toEqual(['NOT_AN_IMAGE']);
    const row = (await data.source.nextBatch(0, 1, 0)).subarray(0, 60);
    expect([row[0], row[59 - 2]]).toEqual([40, 200]);
    const grey = await preparePictureData(photos(), { seed: 1, sidePx: 16, channels: 1 });
    expect(grey.validation[0]?.pixels).toMatchObject({ width: 16, height: 16, channels: 1 });
    expect((await grey.source.nextBatch(0, 2, 0)).length).toBe(512);
  });

  test('are turned only when that is asked for', async () => {
    const options = { seed: 1, sidePx: 16, channels: 1 as const };
    const leftIsDark = async (turning: { flips?: boolean }) => {
      const { source } = await preparePictureData(photos(), { ...options, ...turning });
      const bytes = await source.nextBatch(0, 10, 0);
      return Array.from({ length: 10 }, (_, i) => (bytes[256 * i] ?? 0) < 100);
    };
    expect(new Set(await leftIsDark({}))).toEqual(new Set([true]));
    expect(new Set(await leftIsDark({ flips: true }))).toEqual(new Set([true, false]));
  });
});

describe('photos for patches', () => {
  test('are made smaller on request, and turned as told', async () => {
    const whole = { seed: 1, patch: 32, longSide: 48 };
    const small = await prepareTrainingData(photos(), { ...whole, patch: 24 });
    expect(small.validation.every(({ pixels }) => pixels.width <= 48 && pixels.height <= 32)).toBe(true);
    await expect(prepareTrainingData(photos(), { ...whole, patch: 40 })).rejects.toThrow('at least two');
    const upright = await prepareTrainingData(photos(), { seed: 1, patch: 60, flips: false, rotations: false });
    const bytes = await upright.source.nextBatch(0, 8, 60);
    for (let i = 0; i < 8; i++) expect(bytes[i * 60 * 60 * 3]).toBe(40);
    const mirrored = await prepareTrainingData(photos(), { seed: 1, patch: 60, rotations: false });
    const rows = await mirrored.source.nextBatch(0, 16, 60);
    const corners = Array.from({ length: 16 }, (_, i) => [0, 59].map((row) => rows[(i * 3600 + row * 60) * 3]));
    // A column keeps its brightness from top to bottom: nothing was turned on its side.
    for (const [top, bottom] of corners) expect(top).toBe(bottom);
    expect(new Set(corners.map(([top]) => top)).size).toBe(2);
  });
});
