import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readPel } from '../../codec/container.ts';
import { crop } from '../../image/preview.ts';
import { psnrOfPixels } from '../../metrics/psnr.ts';
import { largestDifference, scatteredPicture, smoothPicture } from '../../ml/synthetic-pictures.test-support.ts';
import { compressPhoto, decompressPel } from './compress-photo.ts';
import { createModels } from './models.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bundledDir = join(root, 'assets', 'models');
const models = createModels({ bundledDir, userDir: bundledDir });
afterAll(() => models.forget());

const options = { quality: 90, sigma255: 0, metadata: 'keep' as const };

describe('a photo through a .pel file', () => {
  it.each([8, 16] as const)('keeps its transparency without loss, %d bits', async (depth) => {
    const size = { width: 90, height: 70, depth };
    const pixels = smoothPicture({ ...size, channels: 3 });
    const alpha = scatteredPicture({ ...size, channels: 1 }).data;
    const pel = await compressPhoto({ pixels, alpha, metadata: {} }, await models.codec(), options);
    const restored = await decompressPel(pel, models, {});
    expect(restored.alpha).toEqual(alpha);
    expect(restored.pixels).toMatchObject({ width: 90, height: 70, channels: 3 });
  });

  it('stays grey, and looks as the same photo in three channels does', async () => {
    const grey = smoothPicture({ width: 120, height: 80, channels: 1 });
    const data = Uint8Array.from({ length: 3 * grey.data.length }, (_, i) => grey.data[Math.floor(i / 3)] as number);
    const codec = await models.codec();
    const [one, three] = await Promise.all(
      [grey, { ...grey, channels: 3 as const, data }].map(async (pixels) => {
        const pel = await compressPhoto({ pixels, metadata: {} }, codec, options);
        return (await decompressPel(pel, models, {})).pixels;
      }),
    );
    expect(one).toMatchObject({ channels: 1, width: 120, height: 80 });
    expect(three).toMatchObject({ channels: 3 });
    if (one === undefined) throw new Error('There is no result.');
    expect(psnrOfPixels(one, grey)).toBeGreaterThan(38);
    const means = Array.from(one.data, (_, i) => {
      const [r = 0, g = 0, b = 0] = three?.data.subarray(3 * i, 3 * i + 3) ?? [];
      return (r + g + b) / 3;
    });
    expect(largestDifference(one.data, means)).toBeLessThanOrEqual(1);
  });

  it('of 16 bits has steps finer than those of 8 bits', async () => {
    const pixels = smoothPicture({ width: 160, height: 96, depth: 16 });
    const pel = await compressPhoto({ pixels, metadata: {} }, await models.codec(), options);
    const { pixels: restored } = await decompressPel(pel, models, {});
    expect(restored.data).toBeInstanceOf(Uint16Array);
    expect(psnrOfPixels(restored, pixels)).toBeGreaterThan(38);
    const between = restored.data.filter((value) => value % 257 !== 0).length;
    expect(between).toBeGreaterThan(0.9 * restored.data.length);
  });
});

it('a photo of several tiles has no seams: a region decodes as it is in the whole', async () => {
  const pixels = smoothPicture({ width: 1600, height: 64 }, 8);
  const codec = await models.codec();
  const file = readPel(await compressPhoto({ pixels, metadata: {} }, codec, { ...options, sigma255: 8 }));
  const whole = await codec.decompress(file, {});
  // Around the places where tiles of the whole meet, in regions that are one tile by themselves.
  for (const left of [560, 1200]) {
    const region = { left, top: 0, width: 320, height: 64 };
    const part = await codec.decompress(file, { region });
    expect(largestDifference(part.data, crop(whole, region).data)).toBeLessThanOrEqual(1);
  }
  // Nor does it matter for the integers where the tiles of the analysis lie.
  const right = crop(pixels, { left: 640, top: 0, width: 960, height: 64 });
  const fromRight = await codec.latentOf(
    readPel(await codec.compress(right, { quality: 90, sigma255: 8, blocks: [] })),
  );
  const all = await codec.latentOf(file);
  let different = 0;
  for (let channel = 0; channel < all.channels; channel++)
    for (let y = 0; y < all.height; y++)
      for (let x = 8; x < fromRight.width; x++) {
        const inAll = all.values[(channel * all.height + y) * all.width + 40 + x] as number;
        if (inAll !== fromRight.values[(channel * fromRight.height + y) * fromRight.width + x]) different++;
      }
  // Sums in another order move a value that lies on the border of two integers.
  expect(different).toBeLessThan(0.001 * fromRight.values.length);
});

it('memory does not grow with the photo beyond what its pixels take', async () => {
  const child = join(root, 'src', 'ml', 'compress', 'peak-memory-child.test-support.ts');
  const peakMiB = async (rows: number): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.execPath, [child, String(rows)]);
    return Number(stdout);
  };
  const [small, large] = [await peakMiB(768), await peakMiB(2304)];
  const growth = (large - small) * 2 ** 20;
  // Pixels, result, integers and their neighbours in the coder; a network on the whole would take over 100 bytes.
  expect(growth / (1536 * 2048)).toBeLessThan(25);
});
