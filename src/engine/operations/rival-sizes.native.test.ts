import { describe, expect, it } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { crop } from '../../image/preview.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { createRandom } from '../../shared/random.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { findRivalSizes } from './rival-sizes.ts';

function picture(width: number, height: number): Pixels {
  const random = createRandom(3, 0);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const wave = 60 * Math.sin((pixel % width) / 9) * Math.cos(Math.floor(pixel / width) / 13);
    return Math.min(255, Math.max(0, 120 + wave + 6 * random.normal()));
  });
  return { width, height, channels: 3, data };
}

describe('findRivalSizes', () => {
  const { signal } = new AbortController();

  it('finds the quality and the size of a picture that went through JPEG itself', async () => {
    const clean = picture(240, 160);
    const bytes = await encodePhoto(
      { pixels: clean, metadata: {} },
      { format: 'jpeg', quality: 61, chroma: '420', mozjpeg: true },
    );
    const { pixels: restored } = await readPhoto({ bytes, name: 'a.jpg' });
    const denoised = () => Promise.resolve(clean);
    const { rivals, basis, isEstimate } = await findRivalSizes({ restored, reference: clean, denoised }, signal);
    expect({ basis, isEstimate }).toEqual({ basis: 'reference', isEstimate: false });
    expect(rivals[0]).toEqual({ format: 'jpeg', sizeBytes: bytes.byteLength, quality: 61 });
    expect(rivals.map(({ format }) => format)).toEqual(['jpeg', 'webp', 'avif']);
  });

  it('says nothing of a format that does not reach the quality', async () => {
    const clean = picture(160, 96);
    const input = { restored: clean, reference: clean, denoised: () => Promise.resolve(clean) };
    const { rivals, psnr } = await findRivalSizes(input, signal);
    expect(psnr).toBe(Infinity);
    expect(rivals.map(({ sizeBytes }) => sizeBytes)).toEqual([null, null, null]);
  });

  it('estimates a large photo from samples of it', async () => {
    const clean = picture(1600, 1200);
    const noisy = { ...clean, data: clean.data.map((value, index) => Math.max(0, value - (index % 5) * 4)) };
    const denoised = (region: Parameters<typeof crop>[1]) => Promise.resolve(crop(clean, region));
    const { rivals, isEstimate } = await findRivalSizes({ restored: noisy, reference: null, denoised }, signal);
    expect(isEstimate).toBe(true);
    const [jpeg] = rivals;
    const { byteLength } = await encodePhoto(
      { pixels: clean, metadata: {} },
      { format: 'jpeg', quality: jpeg?.quality ?? 0, chroma: '420', mozjpeg: true },
    );
    expect((jpeg?.sizeBytes ?? 0) / byteLength).toBeGreaterThan(0.85);
    expect((jpeg?.sizeBytes ?? 0) / byteLength).toBeLessThan(1.15);
  });
});
