import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { indexPhotos } from './index-photos.ts';
import type { IndexWork } from './index-photos.ts';
import type { PhotoEncoder } from './photo-encoder.ts';
import { createThumbnails } from './thumbnails.ts';

let root = '';
let photos = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pellucid-explore-'));
  photos = await mkdtemp(join(root, 'photos-'));
  for (const level of [10, 20, 30, 40]) await writePhoto(`${level}.png`, level);
});
afterEach(() => rm(root, { recursive: true }));

async function writePhoto(name: string, level: number): Promise<void> {
  const pixels: Pixels = { width: 40, height: 30, channels: 3, data: new Uint8Array(3600).fill(level) };
  await writeFile(join(photos, name), await encodePhoto({ pixels, metadata: {} }, { format: 'png' }));
}

/** An encoder whose codes are the brightness, and which counts what it is asked to do. */
function brightness(): PhotoEncoder & { count: number } {
  return {
    ...{ modelId: 'bright', weightsSha256: 'a'.repeat(64), kind: 'codec' as const, codeLength: 2, count: 0 },
    encode(preview) {
      this.count += 1;
      const code = Float32Array.of(preview.data[0] ?? 0, preview.width);
      return Promise.resolve({ code, psnr: 30, detailBytes: 100 });
    },
  };
}

function workWith(encoder: PhotoEncoder, changes: Partial<IndexWork> = {}): IndexWork {
  const { signal } = new AbortController();
  return {
    dataFolder: root,
    encoder,
    thumbnails: createThumbnails(root),
    signal,
    onProgress: () => undefined,
    ...changes,
  };
}

describe('the index of codes', () => {
  it('computes what is new or changed and nothing else', async () => {
    const encoder = brightness();
    const first = await indexPhotos([photos], workWith(encoder));
    expect(first.entries.map(({ code }) => code[0])).toEqual([10, 20, 30, 40]);
    expect(await indexPhotos([photos], workWith(encoder))).toMatchObject({
      computed: 0,
      removed: 0,
      wasRebuilt: false,
    });
    await writePhoto('20.png', 21);
    // The same content under another name is known already, and so is a file that was only touched.
    await writePhoto('copy of 30.png', 30);
    await utimes(join(photos, '40.png'), 1, 1);
    const again = await indexPhotos([photos], workWith(encoder));
    expect(again).toMatchObject({ computed: 1, removed: 0 });
    expect(again.entries.map(({ code }) => code[0])).toEqual([10, 21, 30, 40, 30]);
    expect(encoder.count).toBe(5);
  });

  it('goes on where it was interrupted', async () => {
    const encoder = brightness();
    const controller = new AbortController();
    const stopAtTwo: IndexWork['onProgress'] = ({ completed }) => completed === 2 && controller.abort();
    const interrupted = workWith(encoder, { signal: controller.signal, onProgress: stopAtTwo });
    await expect(indexPhotos([photos], interrupted)).rejects.toThrow(/abort/i);
    expect(encoder.count).toBe(2);
    expect(await indexPhotos([photos], workWith(encoder))).toMatchObject({ computed: 2, wasRebuilt: false });
  });

  it('is built anew where it is damaged, and says so', async () => {
    const encoder = brightness();
    await indexPhotos([photos], workWith(encoder));
    const name = (await readdir(join(root, 'explore'))).find((file) => file.endsWith('.json')) ?? '';
    const whole = await readFile(join(root, 'explore', name));
    await writeFile(join(root, 'explore', name), whole.subarray(0, 200));
    expect(await indexPhotos([photos], workWith(encoder))).toMatchObject({ computed: 4, wasRebuilt: true });
    expect(await indexPhotos([photos], workWith(encoder))).toMatchObject({ computed: 0, wasRebuilt: false });
  });

  it('loses photos that have gone, and skips what cannot be read', async () => {
    const encoder = brightness();
    await indexPhotos([photos], workWith(encoder));
    await rm(join(photos, '10.png'));
    const cut = (await readFile(join(photos, '20.png'))).subarray(0, 60);
    await writeFile(join(photos, '20.png'), cut);
    const result = await indexPhotos([photos], workWith(encoder));
    expect(result).toMatchObject({ computed: 0, removed: 1 });
    expect(result.entries.map(({ code }) => code[0])).toEqual([30, 40]);
    expect(result.skipped.map(({ path }) => path)).toEqual([join(photos, '20.png')]);
  });

  it('keeps thumbnails, and makes one anew that has gone', async () => {
    const thumbnails = createThumbnails(root);
    const { entries } = await indexPhotos([photos], workWith(brightness()));
    const [entry] = entries;
    if (entry === undefined) throw new Error('Nothing was indexed.');
    const kept = await thumbnails.read(entry, 16);
    expect([kept.width, kept.height, kept.channels]).toEqual([16, 16, 3]);
    expect(kept.data.every((value) => Math.abs(value - 10) <= 2)).toBe(true);
    await rm(join(root, 'explore', 'thumbnails'), { recursive: true });
    expect((await thumbnails.read(entry, 16)).data).toEqual(new Uint8Array(768).fill(10));
  });
});
