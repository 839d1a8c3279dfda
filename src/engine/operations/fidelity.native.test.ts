import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embedMetadata } from '../../image/embed-metadata.ts';
import { encodePhoto } from '../../image/encode-photo.ts';
import {
  adobeRgb,
  buildExif,
  buildPng,
  displayP3,
  pngChunk,
  rawSharp,
  scatter,
  xmpPacket,
} from '../../image/pictures.test-support.ts';
import { sharp } from '../../image/sharp-runtime.ts';
import type { PhotoMetadata } from '../../shared/photo.ts';
import { createModels } from './models.ts';
import { processFile } from './process-file.ts';

/*
 * What goes through the whole way of a file, denoised at strength 0, comes out as it was. Files are read with sharp
 * alone, so that reading and writing cannot be wrong in the same way.
 */
const models = createModels({ bundledDir: join(import.meta.dirname, '../../../assets/models'), userDir: '/nowhere' });
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-fidelity-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Denoises a file at strength 0; gives the file that was written and what was said of it. */
async function unchanged(bytes: Uint8Array, extension: string): Promise<{ written: Buffer; notes: string[] }> {
  const input = join(folder, `photo${extension}`);
  await writeFile(input, bytes);
  const settings = { mode: 'denoise', sigma: 20, quality: 50, strength: 0 } as const;
  const encoding = { format: 'same', metadata: 'keep' } as const;
  const outDir = join(folder, 'out');
  const job = { operation: 'denoise', input, outDir, settings, encoding, overwrite: true } as const;
  const { outputs, notes } = await processFile(job, models, {});
  return { written: await readFile(outputs[0] ?? ''), notes };
}

interface Values {
  data: Uint8Array | Uint16Array;
  width: number;
  height: number;
  channels: number;
}

/** The values as they stand in a file: not turned, not converted. */
async function valuesOf(file: Uint8Array): Promise<Values> {
  const { depth, channels, width, height } = await sharp(file).metadata();
  const is16Bit = depth === 'ushort';
  // As RGB, since sharp leaves out the alpha of 8-bit grey; of grey the first of three equal values is kept.
  const { data, info } = await sharp(file, { ignoreIcc: true, autoOrient: false })
    .toColourspace(is16Bit ? 'rgb16' : 'srgb')
    .raw({ depth: is16Bit ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const bytes = Uint8Array.from(data);
  const all = is16Bit ? new Uint16Array(bytes.buffer) : bytes;
  const isKept = (index: number): boolean => channels > 2 || index % info.channels === 0 || isAlpha(index);
  const isAlpha = (index: number): boolean => channels === 2 && index % info.channels === info.channels - 1;
  const kept = info.channels === channels ? all : all.filter((_value, index) => isKept(index));
  return { data: kept, width, height, channels };
}

/** Where the upright picture has its pixels from, by Exif 3.0, 4.6.5.1; `w` and `h` are those of the stored one. */
const sources: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x],
};
const orientations = Object.keys(sources).map(Number);

function uprightOf(stored: Values, orientation: number): Values {
  const { width: w, height: h, channels } = stored;
  const [width, height] = orientation >= 5 ? [h, w] : [w, h];
  const data = stored.data.slice();
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = sources[orientation]?.(x, y, w, h) ?? [0, 0];
      for (let channel = 0; channel < channels; channel++)
        data[to++] = stored.data[(fromY * w + fromX) * channels + channel] ?? 0;
    }
  }
  return { data, width, height, channels };
}

function largestDifference(a: Values, b: Values): number {
  expect([a.width, a.height, a.channels]).toEqual([b.width, b.height, b.channels]);
  let largest = 0;
  for (const [index, value] of a.data.entries()) largest = Math.max(largest, Math.abs(value - (b.data[index] ?? 0)));
  return largest;
}

/** The same profile, place, caption, maker's note and density, as sharp reads them; orientation said once, as upright. */
async function expectSameMetadata(before: Uint8Array, after: Uint8Array): Promise<void> {
  const [was, is] = await Promise.all([sharp(before).metadata(), sharp(after).metadata()]);
  expect(is.icc).toEqual(was.icc);
  expect(is.density).toBe(was.density);
  expect(is.orientation ?? 1).toBe(1);
  expect(is.xmp?.toString()).toBe(was.xmp?.toString());
  expect(is.exif === undefined).toBe(was.exif === undefined);
  const latitude = Buffer.from(Uint32Array.of(52, 1, 31, 1, 12, 1).buffer);
  for (const kept of ['Cameras', 'MakerNote secret', latitude])
    if (was.exif?.includes(kept) === true) expect(is.exif?.includes(kept)).toBe(true);
}

const metadata = (orientation = 1): PhotoMetadata => ({
  exif: new Uint8Array(buildExif({ orientation, width: 32, height: 24 })),
  xmp: new Uint8Array(xmpPacket),
  icc: new Uint8Array(displayP3),
  density: { x: 300, y: 300 },
});

/** A file with all the metadata that belongs to its channels; sharp itself would convert the pixels to a profile. */
function withMetadata(
  plain: Uint8Array,
  format: 'png' | 'webp' | 'jpeg',
  { width, height, channels }: Omit<Values, 'data'>,
): Uint8Array {
  const { icc, density, ...rest } = metadata();
  const picture = { width, height, hasAlpha: channels % 2 === 0 };
  const fits = { ...rest, ...(format !== 'webp' && { density }), ...(icc && channels >= 3 && { icc }) };
  return embedMetadata(plain, format, picture, fits, () => undefined);
}

/** EXIF and 300 pixels an inch, as a PNG holds them. */
const pngMetadata = (width: number, height: number): Buffer[] => [
  pngChunk('pHYs', Uint8Array.of(0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1)),
  pngChunk('eXIf', buildExif({ orientation: 1, width, height })),
];

/** Smooth, so that JPEG changes it little, and different in every quarter, so that a turn is seen. */
const smooth = {
  width: 32,
  height: 24,
  channels: 3 as const,
  data: Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => 20 + 4 * (Math.floor(i / 3) % 32) + 3 * Math.floor(i / 96)),
};
/** Of a JPEG that was decoded and encoded once more. */
const mostOfJpeg = 8;

describe('orientation', () => {
  test.each(orientations)('%i of a JPEG', async (orientation) => {
    const photo = { pixels: smooth, metadata: metadata(orientation) };
    const bytes = await encodePhoto(photo, { format: 'jpeg', quality: 95 });
    expect((await sharp(bytes).metadata()).orientation).toBe(orientation);
    const { written } = await unchanged(bytes, '.jpg');
    const expected = uprightOf(await valuesOf(bytes), orientation);
    expect(largestDifference(await valuesOf(written), expected)).toBeLessThanOrEqual(mostOfJpeg);
    await expectSameMetadata(bytes, written);
  });

  test.each(orientations)('%i of a 16-bit PNG and TIFF, exactly', async (orientation) => {
    const samples = scatter(7 * 5 * 3, 65535);
    const rows = Array.from({ length: 5 }, (_, y) => bigEndian(samples.subarray(21 * y, 21 * (y + 1))));
    // 300 pixels an inch, in pixels a metre.
    const density = pngChunk('pHYs', Uint8Array.of(0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1));
    const exif = pngChunk('eXIf', buildExif({ orientation, width: 7, height: 5 }));
    const png = buildPng({ width: 7, height: 5, bitDepth: 16, colourType: 2, rows, before: [density, exif] });
    const tiff = await rawSharp(samples, 7, 5, 3)
      .withMetadata({ orientation })
      .tiff({ compression: 'deflate' })
      .toBuffer();
    expect((await valuesOf(png)).data).toEqual(samples);
    for (const [bytes, extension] of [[png, '.png'] as const, [tiff, '.tif'] as const]) {
      const { written } = await unchanged(bytes, extension);
      expect(await valuesOf(written)).toEqual(uprightOf(await valuesOf(bytes), orientation));
      await expectSameMetadata(bytes, written);
    }
  });
});

function bigEndian(values: Uint8Array | Uint16Array): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer).swap16();
}

describe('exactly, with profile, EXIF, XMP and density', () => {
  test.each([
    { format: 'png', channels: 3, peak: 65535 },
    { format: 'png', channels: 1, peak: 65535 },
    { format: 'png', channels: 3, peak: 255 },
    { format: 'tiff', channels: 3, peak: 65535 },
    { format: 'tiff', channels: 1, peak: 65535 },
  ] as const)('$format of $channels channels up to $peak', async ({ format, channels, peak }) => {
    const data = scatter(32 * 24 * channels, peak);
    const { icc, ...rest } = metadata();
    const photo = {
      pixels: { width: 32, height: 24, channels, data },
      metadata: channels === 3 ? { icc, ...rest } : rest,
    };
    const bytes = await encodePhoto(photo as Parameters<typeof encodePhoto>[0], { format });
    expect((await valuesOf(bytes)).data).toEqual(data);
    const { written } = await unchanged(bytes, format === 'png' ? '.png' : '.tif');
    expect(await valuesOf(written)).toEqual({ data, width: 32, height: 24, channels });
    await expectSameMetadata(bytes, written);
  });
});

describe('alpha and colour under it, exactly', () => {
  test.each([
    ['RGBA PNG', 4, 255, 'png'],
    ['RGBA PNG of 16 bits', 4, 65535, 'png'],
    ['grey + alpha PNG', 2, 255, 'png'],
    ['grey + alpha PNG of 16 bits', 2, 65535, 'png'],
    ['RGBA WebP without loss', 4, 255, 'webp'],
  ] as const)('%s', async (_, channels, peak, format) => {
    const data = scatter(20 * 14 * channels, peak);
    // Fully transparent pixels with a colour, which encoders like to clear.
    for (let index = channels - 1; index < 60 * channels; index += channels) data[index] = 0;
    const made = rawSharp(data, 20, 14, channels);
    const plain = await (format === 'png' ? made.png() : made.webp({ lossless: true, exact: true })).toBuffer();
    const bytes = withMetadata(plain, format, { width: 20, height: 14, channels });
    const { written } = await unchanged(bytes, `.${format}`);
    const [before, after] = [await valuesOf(bytes), await valuesOf(written)];
    expect(before.data).toEqual(data);
    expect(after.channels).toBe(channels);
    const alphaOf = ({ data: all }: Values) => all.filter((_value, index) => index % channels === channels - 1);
    expect(alphaOf(after)).toEqual(alphaOf(before));
    if (format === 'png') expect(after).toEqual(before);
    expect((await sharp(bytes).metadata()).xmp?.toString()).toContain('Käse 日本');
    await expectSameMetadata(bytes, written);
  });
});

test('1-bit PNG: black and white stay, as 8-bit grey, and it is said', async () => {
  const rows = [Uint8Array.of(0b10110010, 0b10000000), Uint8Array.of(0b01001101, 0)];
  const bytes = buildPng({ width: 9, height: 2, bitDepth: 1, colourType: 0, rows, before: pngMetadata(9, 2) });
  const { written, notes } = await unchanged(bytes, '.png');
  await expectSameMetadata(bytes, written);
  const { data, channels } = await valuesOf(written);
  expect(channels).toBe(1);
  expect([...data].map((value) => value / 255)).toEqual([1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0]);
  expect(notes).not.toEqual([]);
});

test.each([
  ['Display P3', displayP3],
  ['Adobe RGB', adobeRgb],
])('%s JPEG: its own values, not converted, and its profile byte for byte', async (_, icc) => {
  const photo = { pixels: smooth, metadata: { ...metadata(), icc: new Uint8Array(icc) } };
  const bytes = await encodePhoto(photo, { format: 'jpeg', quality: 95 });
  const { written } = await unchanged(bytes, '.jpg');
  expect(largestDifference(await valuesOf(written), await valuesOf(bytes))).toBeLessThanOrEqual(mostOfJpeg);
  await expectSameMetadata(bytes, written);
  expect((await sharp(written).metadata()).icc).toEqual(icc);
});

test('CMYK JPEG: the colours that it shows, as sRGB, and it is said', async () => {
  const inked = await rawSharp(smooth.data, 32, 24, 3).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  // No profile: that of CMYK does not belong to sRGB.
  const bytes = withMetadata(inked, 'jpeg', { width: 32, height: 24, channels: 1 });
  expect((await sharp(bytes).metadata()).space).toBe('cmyk');
  const { data, info } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const shown = { data: Uint8Array.from(data), width: info.width, height: info.height, channels: info.channels };
  const { written, notes } = await unchanged(bytes, '.jpg');
  expect(largestDifference(await valuesOf(written), shown)).toBeLessThanOrEqual(mostOfJpeg);
  expect(notes.join()).toContain('CMYK');
  await expectSameMetadata(bytes, written);
});
