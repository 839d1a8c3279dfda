import { afterEach, expect, test, vi } from 'vitest';
import { PellucidError } from '../../shared/errors.ts';
import { setMemoryLimit } from '../../shared/memory-limit.ts';
import { TileMemory } from './tile-memory.ts';

const million = 1024 ** 2;
const nothing = (): void => undefined;

afterEach(() => {
  setMemoryLimit(null);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function freeBytes(bytes: number): void {
  vi.spyOn(process, 'availableMemory').mockReturnValue(bytes);
}

test('a tile is as large as wanted where memory allows, and small where it does not', async () => {
  const sizeWith = async (bytes: number): Promise<number> => {
    freeBytes(bytes);
    return await new TileMemory(300, million).run(0, (pixels) => Promise.resolve(pixels), nothing);
  };
  expect(await sizeWith(8e9)).toBe(million);
  expect(await sizeWith(400e6)).toBe(million / 2);
  expect(await sizeWith(1000)).toBe(256 ** 2);
});

test('beside a large photo tiles are smaller, and never so small that they share most of what they compute', async () => {
  freeBytes(64e9);
  const memory = new TileMemory(200);
  const bytesBeside = (photoPixels: number): Promise<number> =>
    memory.run(photoPixels, (pixels) => Promise.resolve((200 * pixels) / 2 ** 20), nothing);
  expect(await bytesBeside(12e6)).toBe(640);
  expect(await bytesBeside(50e6)).toBeCloseTo(900 - 400e6 / 2 ** 20);
  expect(await bytesBeside(100e6)).toBeCloseTo(256);
  expect(await bytesBeside(12e6)).toBe(640);
});

test('the limit of the person counts as well as the memory of the system', async () => {
  freeBytes(64e9);
  setMemoryLimit(process.memoryUsage.rss() + 200e6);
  const size = await new TileMemory(300, million).run(0, (pixels) => Promise.resolve(pixels), nothing);
  expect(size).toBe(million / 4);
});

test('what the first tile took does not make the second one smaller', async () => {
  freeBytes(700e6);
  const memory = new TileMemory(300, million);
  const size = (): Promise<number> => memory.run(0, (pixels) => Promise.resolve(pixels), nothing);
  expect(await size()).toBe(million);
  freeBytes(400e6);
  expect(await size()).toBe(million);
});

test.each([
  'OOM when allocating tensor with shape[1,768,512,64]',
  'Status: 1, message: could not create a primitive, in file mkl_conv_ops.cc:1',
  'Array buffer allocation failed',
])('work that fails with "%s" is done again with half the tile, and stays there', async (message) => {
  freeBytes(64e9);
  const memory = new TileMemory(300, million);
  const sizes: number[] = [];
  const release = vi.fn();
  const work = async (pixels: number): Promise<string> => {
    sizes.push(pixels);
    if (pixels > million / 4) throw new Error(message);
    return await Promise.resolve('done');
  };
  expect(await memory.run(0, work, release)).toBe('done');
  expect(release).toHaveBeenCalledTimes(2);
  await memory.run(0, work, release);
  expect(sizes).toEqual([million, million / 2, million / 4, million / 4]);
});

test('where even a small tile is too large, it says so', async () => {
  freeBytes(64e9);
  const work = () => Promise.reject(new Error('Resource exhausted: OOM'));
  await expect(new TileMemory(300, million).run(0, work, nothing)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
});

test('other failures are no reason to try again', async () => {
  freeBytes(64e9);
  const failures = [new PellucidError('ABORTED', 'Cancelled.'), new Error('Input photo received nothing.')];
  for (const failure of failures) {
    const work = vi.fn(() => Promise.reject(failure));
    await expect(new TileMemory(300, million).run(0, work, nothing)).rejects.toBe(failure);
    expect(work).toHaveBeenCalledTimes(1);
  }
});

test.each([
  ['0.25', million / 4],
  ['nonsense', million],
  ['-1', million],
])('after an end for want of memory, the process starts with a share of %s', async (share, expected) => {
  freeBytes(64e9);
  vi.stubEnv('PELLUCID_TILE_SHARE', share);
  expect(await new TileMemory(300, million).run(0, (pixels) => Promise.resolve(pixels), nothing)).toBe(expected);
});
