import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { createRandom } from '../../shared/random.ts';
import { inspectData } from './inspect-data.ts';

/** Grey with noise of 20 on the 0..255 scale. */
async function greyPng(width: number, height: number): Promise<Uint8Array> {
  const random = createRandom(7, 0);
  const data = Uint8Array.from({ length: width * height * 3 }, () => Math.round(120 + 20 * random.normal()));
  return await encodePhoto({ pixels: { width, height, channels: 3, data }, metadata: {} }, { format: 'png' });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-test-'));
  for (const [index, width] of [200, 300, 400].entries()) {
    await writeFile(path.join(folder, `${index}.png`), await greyPng(width, 200));
  }
  await writeFile(path.join(folder, 'notes.png'), 'no picture');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { seed: 0, patch: 100, signal: new AbortController().signal };

describe('inspectData', () => {
  it('counts photos, patches and what is no photo, and measures the noise', async () => {
    const report = await inspectData([folder], options);
    expect(report).toMatchObject({ photos: 3, trainingPhotos: 2, validationPhotos: 1, verdict: 'few' });
    expect(report.megapixels).toBeCloseTo(0.18, 6);
    expect(report.shorterSidePx).toEqual({ smallest: 200, median: 200, largest: 200 });
    // 2, 3 and 4 patches across and 2 down, less those of the photo that is held out.
    expect([10, 12, 14]).toContain(report.patches);
    expect(Math.abs((report.noise?.medianSigma255 ?? 0) - 20)).toBeLessThan(3);
    expect(report.findings).toEqual(['few-photos', 'few-patches', 'noisy-photos', 'few-for-validation']);
    expect(report.skipped).toHaveLength(1);
  });

  it('counts the pictures of IDX files, with and without a test part', async () => {
    const digits = await mkdtemp(path.join(os.tmpdir(), 'pellucid-idx-'));
    const idx = (count: number) =>
      Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 16, 0, 0, 0, 16]), Buffer.alloc(count * 256)]);
    await writeFile(path.join(digits, 'train-images-idx3-ubyte'), idx(120));
    const pieces = { ...options, patch: 8 };
    expect(await inspectData([digits], pieces)).toMatchObject({
      ...{ photos: 120, trainingPhotos: 100, validationPhotos: 20, patches: 400, verdict: 'few' },
      shorterSidePx: { smallest: 16, median: 16, largest: 16 },
    });
    await writeFile(path.join(digits, 't10k-images-idx3-ubyte'), idx(30));
    const whole = { photos: 150, trainingPhotos: 120, validationPhotos: 30 };
    expect(await inspectData([digits], pieces)).toMatchObject({ ...whole, patches: 480 });
    expect(await inspectData([digits], options)).toMatchObject({ ...whole, patches: 0, verdict: 'too-few' });
    await rm(digits, { recursive: true });
  });

  it('finds one photo too few', async () => {
    expect((await inspectData([path.join(folder, '0.png')], options)).verdict).toBe('too-few');
  });
});
