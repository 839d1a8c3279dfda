import { describe, expect, it } from 'vitest';
import { encodePhoto } from './encode-photo.ts';
import { exifOrientation } from './exif.ts';
import { findJpegFrame, listJpegSegments } from './jpeg-segments.ts';
import { adobeRgb, buildExif, buildPng, displayP3, pngChunk, scatter, xmpPacket } from './pictures.test-support.ts';
import { readPhoto } from './read-photo.ts';
import { sharp } from './sharp-runtime.ts';
import type { OutputFormat, Photo } from '../shared/photo.ts';

const formats: OutputFormat[] = ['jpeg', 'png', 'webp', 'avif', 'tiff'];
const exif = new Uint8Array(buildExif({ width: 32, height: 24 }).subarray(0, 250));
exif.fill(0, 58, 62);

/** A smooth picture, so that lossy formats change it little. */
function smoothPhoto(metadata: Photo['metadata'], channels: 1 | 3 = 3): Pick<Photo, 'pixels' | 'metadata'> {
  const data = new Uint8Array(32 * 24 * channels).map(
    (_, index) => 40 + 5 * (Math.floor(index / channels) % 32) + (index % 3) * 10,
  );
  return { pixels: { width: 32, height: 24, channels, data }, metadata };
}

describe.each([
  { name: 'Display P3', icc: displayP3 },
  { name: 'Adobe RGB', icc: adobeRgb },
])('$name', ({ icc }) => {
  it('JPEG: the values are those of the file, not converted, and the profile comes out byte for byte', async () => {
    const bytes = await encodePhoto(smoothPhoto({ icc }), { format: 'jpeg', quality: 95 });
    // The same picture without a profile: its values are the file's own, whatever a colour engine would make of them.
    const plain = await encodePhoto(smoothPhoto({}), { format: 'jpeg', quality: 95 });
    const own = await sharp(plain).raw().toBuffer();
    const photo = await readPhoto({ bytes, name: 'p3.jpg' });
    expect(Buffer.from(photo.pixels.data.buffer, photo.pixels.data.byteOffset, own.length)).toEqual(own);
    expect(Buffer.from(photo.metadata.icc ?? [])).toEqual(icc);
    // The profile is one that a conversion would be seen from.
    const converted = await sharp(bytes).raw().toBuffer();
    expect(converted.equals(own)).toBe(false);
  });

  it.each(formats)('%s holds it, and the values stay', async (format) => {
    const photo = smoothPhoto({ icc });
    const lossless = format === 'webp' || format === 'avif';
    const bytes = await encodePhoto(photo, { format, lossless, quality: 95 });
    const again = await readPhoto({ bytes, name: 'x' });
    expect(Buffer.from(again.metadata.icc ?? [])).toEqual(icc);
    const largest = Math.max(
      ...again.pixels.data.map((value, index) => Math.abs(value - (photo.pixels.data[index] ?? 0))),
    );
    expect(largest).toBeLessThanOrEqual(format === 'jpeg' ? 6 : 0);
  });

  it('PNG of 16 bits keeps its values', async () => {
    const pixels = { width: 10, height: 10, channels: 3 as const, data: scatter(300, 65535) };
    const again = await readPhoto({
      bytes: await encodePhoto({ pixels, metadata: { icc } }, { format: 'png' }),
      name: 'x',
    });
    expect(again.pixels).toEqual(pixels);
  });
});

describe.each(formats)('%s', (format) => {
  const metadata = {
    exif,
    xmp: new Uint8Array(xmpPacket),
    icc: new Uint8Array(displayP3),
    density: { x: 300, y: 150 },
  };

  it('keeps EXIF, XMP and profile', async () => {
    const bytes = await encodePhoto(smoothPhoto(metadata), { format });
    const again = await readPhoto({ bytes, name: 'x' });
    expect(again.source.notes).toEqual([]);
    expect(again.metadata.xmp).toEqual(metadata.xmp);
    expect(again.metadata.icc).toEqual(metadata.icc);
    // In a TIFF, EXIF is part of the file's own directories: its values are kept, not its layout.
    const kept = Buffer.from(again.metadata.exif ?? []).toString('latin1');
    for (const text of ['Cameras', 'MakerNote secret']) expect(kept).toContain(text);
    if (format !== 'tiff') expect(again.metadata.exif).toEqual(exif);
    // An independent reader of metadata sees the same.
    const seen = await sharp(bytes).metadata();
    expect(new Uint8Array(seen.xmp ?? [])).toEqual(metadata.xmp);
    expect(new Uint8Array(seen.icc ?? [])).toEqual(metadata.icc);
  });

  it('loses the place and nothing else where only that is to go', async () => {
    const again = await readPhoto({
      bytes: await encodePhoto(smoothPhoto(metadata), { format, metadata: 'strip-gps' }),
      name: 'x',
    });
    const xmp = Buffer.from(again.metadata.xmp ?? []).toString();
    expect(xmp).not.toContain('GPS');
    expect(xmp).toContain('Käse 日本');
    expect(Buffer.from(again.metadata.exif ?? []).includes(Buffer.from([0x25, 0x88, 0x04, 0x00]))).toBe(false);
    expect(Buffer.from(again.metadata.exif ?? []).includes('MakerNote secret')).toBe(true);
  });

  it('keeps only profile and density where all is to go', async () => {
    const bytes = await encodePhoto(smoothPhoto(metadata), { format, metadata: 'strip' });
    const again = await readPhoto({ bytes, name: 'x' });
    expect(again.metadata.icc).toEqual(metadata.icc);
    expect(again.metadata.xmp).toBeUndefined();
    expect(Buffer.from(bytes).includes('MakerNote')).toBe(false);
  });
});

it.each(['jpeg', 'png', 'tiff'] as const)('%s keeps the density, also where it differs by axis', async (format) => {
  const bytes = await encodePhoto(smoothPhoto({ density: { x: 300, y: 150 } }), { format });
  const { metadata } = await readPhoto({ bytes, name: 'x' });
  expect(metadata.density?.x).toBeCloseTo(300, 1);
  expect(metadata.density?.y).toBeCloseTo(150, 1);
});

it('EXIF in big-endian order comes through a TIFF with its values', async () => {
  const big = new Uint8Array(buildExif({ littleEndian: false }));
  const bytes = Buffer.from(await encodePhoto(smoothPhoto({ exif: big }), { format: 'tiff' }));
  const { metadata } = await readPhoto({ bytes, name: 'x.tif' });
  // 52/1 31/1 12/1 in the byte order of the file that was written.
  const latitude = Buffer.from(Uint32Array.of(52, 1, 31, 1, 12, 1).buffer);
  expect(Buffer.from(metadata.exif ?? []).includes(latitude)).toBe(true);
});

it('a camera’s JPEG turned upright says so in EXIF and XMP, with the new size and no old thumbnail', async () => {
  const turned = xmpPacket.toString().replace('tiff:Orientation="1"', 'tiff:Orientation="6"');
  const plain = await encodePhoto(
    smoothPhoto({ exif: buildExif({ orientation: 6, width: 32, height: 24 }), xmp: Buffer.from(turned) }),
    {
      format: 'jpeg',
    },
  );
  const photo = await readPhoto({ bytes: plain, name: 'IMG_1.jpg' });
  expect([photo.pixels.width, photo.pixels.height]).toEqual([24, 32]);
  expect(exifOrientation(photo.metadata.exif ?? new Uint8Array(0))).toBe(1);
  const normalised = Buffer.from(photo.metadata.exif ?? []);
  expect([normalised.readUInt32LE(102), normalised.readUInt32LE(114)]).toEqual([24, 32]);
  expect(normalised.includes(Buffer.alloc(8, 0xd8))).toBe(false);
  expect(Buffer.from(photo.metadata.xmp ?? [])).toEqual(xmpPacket);
});

it('PNG keeps how its colours are meant, and its comments', async () => {
  const before = [
    pngChunk('gAMA', Uint8Array.of(0, 0, 0x27, 0x10)),
    pngChunk('tEXt', Buffer.from('Title\0Dawn', 'latin1')),
  ];
  const bytes = buildPng({ width: 1, height: 1, bitDepth: 8, colourType: 0, rows: [Uint8Array.of(77)], before });
  const photo = await readPhoto({ bytes, name: 'x.png' });
  expect([...photo.pixels.data]).toEqual([77]);
  const kept = Buffer.from(await encodePhoto(photo, { format: 'png' }));
  for (const chunk of before) expect(kept.includes(chunk)).toBe(true);
  const stripped = Buffer.from(await encodePhoto(photo, { format: 'png', metadata: 'strip' }));
  expect(stripped.includes(before[0] ?? 'none')).toBe(true);
  expect(stripped.includes('Dawn')).toBe(false);
  const notes: string[] = [];
  await encodePhoto(photo, { format: 'jpeg', onNote: (note) => notes.push(note) });
  expect(notes).toEqual(['gamma of the PNG left out: only PNG can hold it']);
});

it.each([
  { transfer: 13, notes: ['Display P3 without a profile: profile added'] },
  { transfer: 16, notes: undefined },
])('PNG that says Display P3 by code points, with the curve $transfer', async ({ transfer, notes }) => {
  const before = [pngChunk('cICP', Uint8Array.of(12, transfer, 0, 1))];
  const bytes = buildPng({ width: 1, height: 1, bitDepth: 8, colourType: 2, rows: [Uint8Array.of(255, 0, 0)], before });
  if (notes === undefined) {
    await expect(readPhoto({ bytes, name: 'hdr.png' })).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    return;
  }
  const photo = await readPhoto({ bytes, name: 'p3.png' });
  expect(photo.source.notes).toEqual(notes);
  expect([...photo.pixels.data]).toEqual([255, 0, 0]);
  // Shown through its profile, the red of Display P3 is outside sRGB: more red than sRGB's own cannot be.
  const shown = await sharp(Buffer.from(await encodePhoto(photo, { format: 'jpeg', quality: 100 })))
    .raw()
    .toBuffer();
  expect(shown[0]).toBe(255);
  expect(Buffer.from(photo.metadata.icc ?? []).toString('latin1', 36, 40)).toBe('acsp');
});

it('says what a format cannot hold instead of dropping it silently', async () => {
  const notes: string[] = [];
  const xmp = Buffer.concat([xmpPacket, Buffer.alloc(70_000, 65)]);
  await encodePhoto(smoothPhoto({ xmp }), { format: 'jpeg', onNote: (note) => notes.push(note) });
  expect(notes).toEqual(['XMP of more than 64 KB left out: JPEG cannot hold it']);
});

it('JPEG refuses transparency unless it may lay the photo on white', async () => {
  const pixels = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(0, 0, 0, 200, 0, 0) };
  const photo = { pixels, alpha: Uint8Array.of(0, 255), metadata: {} };
  await expect(encodePhoto(photo, { format: 'jpeg' })).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
  const bytes = await encodePhoto(photo, { format: 'jpeg', transparency: 'white', quality: 100 });
  const [white = 0] = (await readPhoto({ bytes, name: 'x' })).pixels.data;
  expect(white).toBeGreaterThan(245);
  const opaque = { ...photo, alpha: Uint8Array.of(255, 255) };
  expect(findJpegFrame(listJpegSegments(await encodePhoto(opaque, { format: 'jpeg' })))?.components).toBe(3);
});

it.each([
  { format: 'jpeg', bitDepth: 16 },
  { format: 'avif', bitDepth: 16 },
  { format: 'png', bitDepth: 12 },
  { format: 'webp', quality: 0 },
] as const)('refuses $format with options that it has not', async (options) => {
  await expect(encodePhoto(smoothPhoto({}), options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
