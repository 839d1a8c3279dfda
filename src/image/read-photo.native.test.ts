import { describe, expect, it } from 'vitest';
import { encodePhoto } from './encode-photo.ts';
import { buildExif, buildPng, pngChunk, rawSharp, scatter } from './pictures.test-support.ts';
import { readPhoto, readPhotoHeader } from './read-photo.ts';
import { sharp } from './sharp-runtime.ts';

const tiff = { compression: 'deflate', predictor: 'horizontal' } as const;

/** Colour and alpha of interleaved samples, taken apart by arithmetic. */
function takeApart(samples: Uint8Array | Uint16Array, channels: number) {
  const hasAlpha = channels === 2 || channels === 4;
  const colour = samples.filter((_, index) => !hasAlpha || index % channels !== channels - 1);
  const alpha = hasAlpha ? samples.filter((_, index) => index % channels === channels - 1) : undefined;
  return { colour, alpha };
}

describe('sample values', () => {
  const cases = ([255, 65535] as const).flatMap((peak) =>
    ([1, 2, 3, 4] as const).flatMap((channels) =>
      (['png', 'tiff'] as const).map((format) => ({ peak, channels, format })),
    ),
  );

  it.each(cases)('$format with $channels channels up to $peak come in and go out bit for bit', async (test) => {
    const { peak, channels, format } = test;
    const samples = scatter(31 * 17 * channels, peak);
    const encoder = rawSharp(samples, 31, 17, channels).toFormat(format, format === 'tiff' ? tiff : {});
    const bytes = await encoder.toBuffer();
    const photo = await readPhoto({ bytes, name: 'picture.dat' });
    const { colour, alpha } = takeApart(samples, channels);
    expect(photo.pixels).toEqual({ width: 31, height: 17, channels: channels <= 2 ? 1 : 3, data: colour });
    expect(photo.alpha).toEqual(alpha);
    expect(photo.source).toMatchObject({ format, bitDepth: peak === 255 ? 8 : 16, notes: [] });
    for (const target of ['png', 'tiff'] as const) {
      const again = await readPhoto({ bytes: await encodePhoto(photo, { format: target }), name: 'again' });
      expect(again.pixels).toEqual(photo.pixels);
      expect(again.alpha).toEqual(alpha);
    }
  });

  it('keeps the colour under transparent pixels in lossless WebP', async () => {
    const samples = scatter(20 * 20 * 4, 255).map((value, index) => (index % 4 === 3 && index % 3 === 0 ? 0 : value));
    const photo = await readPhoto({ bytes: await rawSharp(samples, 20, 20, 4).png().toBuffer(), name: 'a.png' });
    const webp = await readPhoto({ bytes: await encodePhoto(photo, { format: 'webp', lossless: true }), name: 'a' });
    expect(webp.pixels.data).toEqual(photo.pixels.data);
    expect(webp.alpha).toEqual(photo.alpha);
  });

  it('keeps alpha exactly in lossy WebP and in AVIF', async () => {
    const samples = scatter(32 * 32 * 4, 255);
    const photo = await readPhoto({ bytes: await rawSharp(samples, 32, 32, 4).png().toBuffer(), name: 'a.png' });
    const webp = await readPhoto({ bytes: await encodePhoto(photo, { format: 'webp', quality: 40 }), name: 'a' });
    expect(webp.alpha).toEqual(photo.alpha);
    const avif = await readPhoto({ bytes: await encodePhoto(photo, { format: 'avif', lossless: true }), name: 'a' });
    expect(avif.alpha).toEqual(photo.alpha);
  });

  it('keeps more than 8 bits in AVIF', async () => {
    const ramp = Uint16Array.from({ length: 64 * 64 * 3 }, (_, index) => Math.floor(index / 3) * 16);
    const photo = await readPhoto({ bytes: await rawSharp(ramp, 64, 64, 3).png().toBuffer(), name: 'ramp' });
    const avif = await readPhoto({
      bytes: await encodePhoto(photo, { format: 'avif', quality: 95, bitDepth: 12 }),
      name: 'a',
    });
    expect(avif.source.bitDepth).toBe(12);
    const errors = [...avif.pixels.data].map((value, index) => Math.abs(value - (ramp[index] ?? 0)));
    // Half a step of 8 bits would be 128; the mean of an 8-bit path could not be below 64.
    expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(48);
  });

  it('reads 1-bit PNG and TIFF as grey and says so', async () => {
    const png = buildPng({ width: 8, height: 1, bitDepth: 1, colourType: 0, rows: [Uint8Array.of(0b10110010)] });
    const expected = Uint8Array.of(255, 0, 255, 255, 0, 0, 255, 0);
    const photo = await readPhoto({ bytes: png, name: 'fax.png' });
    expect(photo.pixels).toMatchObject({ channels: 1, data: expected });
    expect(photo.source).toMatchObject({ bitDepth: 1, notes: ['1 bit became 8 bit'] });
    const fax = await rawSharp(expected, 8, 1, 1).tiff({ bitdepth: 1, compression: 'ccittfax4' }).toBuffer();
    expect((await readPhoto({ bytes: fax, name: 'fax.tif' })).pixels).toMatchObject({ channels: 1, data: expected });
  });

  it('reads a palette as RGB and says so', async () => {
    const palette = pngChunk('PLTE', Uint8Array.of(10, 20, 30, 200, 100, 50));
    const png = buildPng({
      width: 8,
      height: 1,
      bitDepth: 1,
      colourType: 3,
      rows: [Uint8Array.of(0x0f)],
      before: [palette],
    });
    const photo = await readPhoto({ bytes: png, name: 'p.png' });
    expect([...photo.pixels.data.subarray(9, 15)]).toEqual([10, 20, 30, 200, 100, 50]);
    expect(photo.source.notes).toEqual(['palette became RGB']);
  });

  it('divides premultiplied colour of a TIFF by its alpha', async () => {
    const bytes = await rawSharp(Uint16Array.of(10000, 5000, 2500, 32768), 1, 1, 4)
      .tiff({ compression: 'none' })
      .toBuffer();
    const at = bytes.indexOf(Buffer.from([0x52, 0x01, 3, 0, 1, 0, 0, 0, 2, 0]));
    bytes[at + 8] = 1;
    const { pixels, alpha } = await readPhoto({ bytes, name: 'p.tif' });
    const scale = 65535 / 32768;
    for (const [index, value] of [10000, 5000, 2500].entries())
      expect(pixels.data[index]).toBeCloseTo(value * scale, -1);
    expect(alpha).toEqual(Uint16Array.of(32768));
  });

  it('converts CMYK to sRGB and says so', async () => {
    const red = rawSharp(
      new Uint8Array(16 * 16 * 3).map((_, index) => (index % 3 === 0 ? 220 : 30)),
      16,
      16,
      3,
    );
    const bytes = await red.toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const photo = await readPhoto({ bytes, name: 'print.jpg' });
    expect(photo.source.notes).toEqual(['CMYK converted to sRGB']);
    expect(photo.metadata.icc).toBeUndefined();
    const [r = 0, g = 0, b = 0] = photo.pixels.data;
    expect(r).toBeGreaterThan(180);
    expect(Math.max(g, b)).toBeLessThan(90);
  });

  it('keeps grey JPEG grey', async () => {
    const bytes = await rawSharp(scatter(256, 255), 16, 16, 1).jpeg().toBuffer();
    const photo = await readPhoto({ bytes, name: 'g.jpg' });
    expect(photo.pixels.channels).toBe(1);
    const again = await encodePhoto(photo, { format: 'jpeg' });
    expect((await sharp(again).metadata()).channels).toBe(1);
  });
});

describe('orientation', () => {
  /** The picture 123/456 as each orientation of Exif 3.0, 4.6.5.1 shows it, worked out by hand. */
  const upright: Record<number, string[]> = {
    1: ['123', '456'],
    2: ['321', '654'],
    3: ['654', '321'],
    4: ['456', '123'],
    5: ['14', '25', '36'],
    6: ['41', '52', '63'],
    7: ['63', '52', '41'],
    8: ['36', '25', '14'],
  };
  const orientations = Object.keys(upright).map(Number);

  function expectUpright(
    pixels: { width: number; height: number; channels: number; data: ArrayLike<number> },
    orientation: number,
    unit: number,
  ) {
    const rows = upright[orientation] ?? [];
    const read = Array.from({ length: pixels.height }, (_, y) =>
      Array.from(
        { length: pixels.width },
        (_, x) => (pixels.data[(y * pixels.width + x) * pixels.channels] ?? 0) / unit,
      ).join(''),
    );
    expect(read).toEqual(rows);
  }

  it.each(orientations)('%i of a 16-bit PNG is applied once, before or behind the pixels', async (orientation) => {
    const rows = [Buffer.from('000a0014001e', 'hex'), Buffer.from('00280032003c', 'hex')];
    const exif = pngChunk('eXIf', buildExif({ orientation, width: 3, height: 2 }));
    for (const place of ['before', 'after'] as const) {
      const bytes = buildPng({ width: 3, height: 2, bitDepth: 16, colourType: 0, rows, [place]: [exif] });
      const photo = await readPhoto({ bytes, name: 'o.png' });
      expectUpright(photo.pixels, orientation, 10);
      const written = await encodePhoto(photo, { format: 'png' });
      expectUpright((await readPhoto({ bytes: written, name: 'w' })).pixels, orientation, 10);
      expect((await sharp(written).metadata()).orientation).toBe(1);
    }
  });

  it.each(orientations)('%i of a TIFF, a WebP and a JPEG is applied once', async (orientation) => {
    const small = Uint8Array.of(10, 20, 30, 40, 50, 60);
    const tif = await rawSharp(small, 3, 2, 1).withMetadata({ orientation }).tiff(tiff).toBuffer();
    expect((await sharp(tif).metadata()).orientation ?? 1).toBe(orientation);
    const photo = await readPhoto({ bytes: tif, name: 'o.tif' });
    expectUpright(photo.pixels, orientation, 10);
    const again = await encodePhoto(photo, { format: 'tiff' });
    expectUpright((await readPhoto({ bytes: again, name: 'w' })).pixels, orientation, 10);

    const blocks = Uint8Array.from({ length: 48 * 32 }, (_, index) => {
      const [x, y] = [index % 48, Math.floor(index / 48)];
      return 10 * (1 + Math.floor(x / 16) + 3 * Math.floor(y / 16));
    });
    for (const format of ['jpeg', 'webp'] as const) {
      const options = format === 'jpeg' ? { quality: 100 } : { lossless: true };
      const bytes = await rawSharp(blocks, 48, 32, 1).withMetadata({ orientation })[format](options).toBuffer();
      const { pixels } = await readPhoto({ bytes, name: 'o' });
      const centres = new Uint8Array((pixels.width / 16) * (pixels.height / 16)).map((_, index) => {
        const columns = pixels.width / 16;
        const [x, y] = [(index % columns) * 16 + 8, Math.floor(index / columns) * 16 + 8];
        return Math.round((pixels.data[(y * pixels.width + x) * pixels.channels] ?? 0) / 10) * 10;
      });
      const shrunk = { width: pixels.width / 16, height: pixels.height / 16, channels: 1, data: centres };
      expectUpright(shrunk, orientation, 10);
      const header = await readPhotoHeader({ bytes, name: 'o' });
      expect([header.width, header.height]).toEqual([pixels.width, pixels.height]);
    }
  });

  it('of an AVIF is applied once and not written again', async () => {
    const bytes = await rawSharp(scatter(64 * 32 * 3, 255), 64, 32, 3)
      .withMetadata({ orientation: 6 })
      .avif()
      .toBuffer();
    const photo = await readPhoto({ bytes, name: 'o.avif' });
    expect([photo.pixels.width, photo.pixels.height]).toEqual([32, 64]);
    const again = await readPhoto({ bytes: await encodePhoto(photo, { format: 'avif' }), name: 'w' });
    expect([again.pixels.width, again.pixels.height]).toEqual([32, 64]);
  });
});

describe('animation', () => {
  it.each(['gif', 'webp'] as const)('of %s gives its first frame and says so', async (format) => {
    const frames = Buffer.concat([
      Buffer.alloc(8 * 8 * 3, 255),
      Buffer.alloc(8 * 8 * 3, 0),
      Buffer.alloc(8 * 8 * 3, 128),
    ]);
    const raw = { width: 8, height: 24, channels: 3 as const, pageHeight: 8 };
    const bytes = await sharp(frames, { raw }).toFormat(format).toBuffer();
    const photo = await readPhoto({ bytes, name: 'moving' });
    expect([photo.pixels.width, photo.pixels.height]).toEqual([8, 8]);
    expect(Math.min(...photo.pixels.data)).toBeGreaterThan(250);
    expect(photo.source.notes).toContain('first of 3 frames');
    expect((await readPhotoHeader({ bytes, name: 'moving' })).pages).toBe(3);
  });
});

it('ends at once when it is cancelled', async () => {
  const controller = new AbortController();
  const bytes = await rawSharp(scatter(2000 * 2000 * 3, 255), 2000, 2000, 3)
    .png({ compressionLevel: 0 })
    .toBuffer();
  const reading = readPhoto({ bytes, name: 'big' }, { signal: controller.signal });
  controller.abort();
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(readPhoto({ bytes, name: 'big' }, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
