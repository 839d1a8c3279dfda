import { describe, expect, it } from 'vitest';
import { createMontage } from './montage.ts';
import { displayP3, rawSharp, scatter } from './pictures.test-support.ts';
import { crop, previewOf, previewPng, readPreview } from './preview.ts';
import { readPhoto } from './read-photo.ts';
import type { Pixels } from '../shared/pixels.ts';

function picture(width: number, height: number, channels: 1 | 3 = 3): Pixels {
  return { width, height, channels, data: scatter(width * height * channels, 255) };
}

describe('previewOf', () => {
  it('shows the exact pixels of a region that fits', async () => {
    const pixels = picture(20, 10);
    const region = { left: 3, top: 2, width: 5, height: 4 };
    const preview = await previewOf(pixels, { region, maxWidth: 100, maxHeight: 100 });
    expect([preview.width, preview.height]).toEqual([5, 4]);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 15; x++) expect(preview.data[y * 15 + x]).toBe(pixels.data[(y + 2) * 60 + 9 + x]);
    }
  });

  it('makes a large picture smaller in its own shape and keeps its mean', async () => {
    const pixels = picture(300, 150, 1);
    const preview = await previewOf(pixels, { maxWidth: 100, maxHeight: 100 });
    expect([preview.width, preview.height, preview.channels]).toEqual([100, 50, 1]);
    const mean = (data: Iterable<number>) => {
      const values = [...data];
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(Math.abs(mean(preview.data) - mean(pixels.data))).toBeLessThan(1);
  });

  it('rounds 16 bits to 8', async () => {
    const pixels: Pixels = { width: 3, height: 1, channels: 1, data: Uint16Array.of(0, 257 * 90 + 100, 65535) };
    expect((await previewOf(pixels, { maxWidth: 9, maxHeight: 9 })).data).toEqual(Uint8Array.of(0, 90, 255));
  });

  it('takes all of a picture without a copy', () => {
    const pixels = picture(20, 10);
    expect(crop(pixels, { left: 0, top: 0, width: 20, height: 10 })).toBe(pixels);
  });

  it('refuses a region outside the picture', async () => {
    for (const region of [
      { left: 15, top: 0, width: 6, height: 1 },
      { left: -1, top: 0, width: 2, height: 1 },
      { left: 0, top: 0, width: 0, height: 1 },
    ]) {
      expect(() => crop(picture(20, 10), region)).toThrow('Expected a part of 20 x 10 pixels for region');
    }
  });
});

it('previewPng gives a PNG of the same values with the profile of the photo', async () => {
  const pixels = picture(16, 16);
  const { png, width, height } = await previewPng(pixels, { maxWidth: 64, maxHeight: 64, icc: displayP3 });
  const seen = await readPhoto({ bytes: png, name: 'preview.png' });
  expect([width, height]).toEqual([16, 16]);
  expect(seen.pixels).toEqual(pixels);
  expect(Buffer.from(seen.metadata.icc ?? [])).toEqual(displayP3);
});

it('readPreview gives a small upright picture', async () => {
  const bytes = await rawSharp(scatter(400 * 200 * 3, 255), 400, 200, 3)
    .withMetadata({ orientation: 8 })
    .jpeg()
    .toBuffer();
  const preview = await readPreview({ bytes, name: 'a.jpg' }, { maxSide: 100 });
  expect([preview.width, preview.height, preview.channels]).toEqual([50, 100, 3]);
});

describe('createMontage', () => {
  const panes = (pixels: Pixels, latent: Pixels) => [
    { title: 'Noisy', lines: ['12 KB'], pixels },
    { title: 'Encoded <&"\0\u0007', lines: ['0.5 bpp', '<script>'], pixels: latent },
    { title: 'Restored', lines: [], pixels },
  ];

  it('puts the exact pixels side by side', async () => {
    const pixels = picture(250, 40);
    const latent = picture(25, 4);
    const png = await createMontage(panes(pixels, latent));
    const { pixels: montage } = await readPhoto({ bytes: png, name: 'montage.png' });
    // 24 pixels of margin, three panes of 250, two gaps of 16; 40 of heading above the pictures.
    expect(montage.width).toBe(2 * 24 + 3 * 250 + 2 * 16);
    const at = (left: number) => crop(montage, { left, top: 64, width: 250, height: 40 });
    expect(at(24).data).toEqual(pixels.data);
    expect(at(24 + 2 * 266).data).toEqual(pixels.data);
    // The latent is enlarged ten times in hard squares.
    const middle = at(24 + 266);
    for (let y = 0; y < 40; y += 7) {
      for (let x = 0; x < 250; x += 9) {
        const expected = latent.data[(Math.floor(y / 10) * 25 + Math.floor(x / 10)) * 3];
        expect(middle.data[(y * 250 + x) * 3]).toBe(expected);
      }
    }
  });

  it('has headings that can be seen', async () => {
    const { pixels: montage } = await readPhoto({
      bytes: await createMontage(panes(picture(250, 40), picture(5, 5))),
      name: 'm',
    });
    const heading = crop(montage, { left: 24, top: 24, width: 120, height: 36 });
    expect(Math.max(...heading.data)).toBeGreaterThan(200);
  });

  it('makes large pictures smaller and takes grey and 16 bits', async () => {
    const grey: Pixels = { width: 1000, height: 500, channels: 1, data: scatter(500_000, 65535) };
    const { pixels: montage } = await readPhoto({
      bytes: await createMontage([{ title: 'Grey', lines: [], pixels: grey }]),
      name: 'm',
    });
    expect([montage.width, montage.height]).toEqual([720 + 48, 360 + 48 + 40]);
  });
});
