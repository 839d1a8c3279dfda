import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PellucidError } from '../shared/errors.ts';
import { buildPng, pngChunk, rawSharp, scatter } from './pictures.test-support.ts';
import { readPhoto, readPhotoHeader } from './read-photo.ts';
import type { ImageSource } from './image-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-refusals-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function failureOf(source: ImageSource, options = {}): Promise<PellucidError> {
  const failure: unknown = await readPhoto(source, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PellucidError);
  return failure as PellucidError;
}

const header = (width: number, height: number) => buildPng({ width, height, bitDepth: 8, colourType: 2, rows: [] });
const text = (value: string) => Buffer.from(value, 'latin1');
const brand = (value: string) => Buffer.concat([Buffer.from([0, 0, 0, 16]), text(`ftyp${value}\0\0\0\0`)]);

describe('content that is no picture to read', () => {
  it.each([
    ['text named .png', text('hello, this is text'), 'NOT_AN_IMAGE', 'it holds text'],
    ['random bytes', Buffer.from(scatter(500, 255)), 'NOT_AN_IMAGE', 'no known picture format'],
    ['no bytes', Buffer.alloc(0), 'EMPTY_FILE', '0 bytes'],
    ['SVG', text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), 'FORMAT_UNSUPPORTED', 'SVG'],
    ['HEIC', brand('heic'), 'FORMAT_UNSUPPORTED', 'HEIC'],
    ['a HEIC that says mif1', brand('mif1'), 'FORMAT_UNSUPPORTED', 'HEIC'],
    ['CR3', brand('crx '), 'FORMAT_UNSUPPORTED', 'Canon raw'],
    ['CR2', text('II*\0\x10\0\0\0CR\x02\0'), 'FORMAT_UNSUPPORTED', 'Canon raw'],
    ['MP4', brand('isom'), 'FORMAT_UNSUPPORTED', 'video'],
    ['MOV', brand('qt  '), 'FORMAT_UNSUPPORTED', 'QuickTime'],
    ['PDF', text('%PDF-1.7'), 'FORMAT_UNSUPPORTED', 'PDF'],
    ['JPEG XL', Buffer.from([0xff, 0x0a, 0, 0]), 'FORMAT_UNSUPPORTED', 'JPEG XL'],
    ['JPEG 2000', text('\0\0\0\x0cjP  \r\n\x87\n'), 'FORMAT_UNSUPPORTED', 'JPEG 2000'],
    ['PSD', text('8BPS\0\x01'), 'FORMAT_UNSUPPORTED', 'Photoshop'],
    ['PNM', text('P6\n1 1\n255\nabc'), 'FORMAT_UNSUPPORTED', 'PNM'],
    ['RAF', text('FUJIFILMCCD-RAW 0201'), 'FORMAT_UNSUPPORTED', 'Fujifilm raw'],
  ])('%s', async (_, bytes, code, words) => {
    const failure = await failureOf({ bytes, name: 'photo.png' });
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    expect(failure.message).toMatch(/^photo\.png .*\.$/s);
  });

  it('DNG, whose first picture is only a preview', async () => {
    const tiff = await rawSharp(scatter(48, 255), 4, 4, 3).tiff({ compression: 'none' }).toBuffer();
    // Software (0x0131) and others are absent; the last tag of the directory becomes DNGVersion.
    const at = tiff.readUInt32LE(4);
    const last = at + 2 + 12 * (tiff.readUInt16LE(at) - 1);
    tiff.writeUInt16LE(0xc612, last);
    const failure = await failureOf({ bytes: tiff, name: 'a.dng' });
    expect(failure).toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    expect(failure.message).toContain('raw photo');
  });

  it('12-bit JPEG and floating-point TIFF', async () => {
    const jpeg = await rawSharp(scatter(64, 255), 8, 8, 1).jpeg().toBuffer();
    jpeg[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 4] = 12;
    expect((await failureOf({ bytes: jpeg, name: 'a.jpg' })).message).toContain('12 bits');
    const float = await rawSharp(scatter(48, 255), 4, 4, 3)
      .tiff({ compression: 'deflate', predictor: 'float' })
      .toBuffer();
    expect((await failureOf({ bytes: float, name: 'a.tif' })).code).toBe('FORMAT_UNSUPPORTED');
  });
});

describe('size in the header', () => {
  it.each([
    [0, 0],
    [0, 10],
    [10, 0],
  ])('%i x %i is no picture', async (width, height) => {
    expect((await failureOf({ bytes: header(width, height), name: 'a.png' })).code).toBe('IMAGE_DIMENSIONS_INVALID');
  });

  it('60,000 x 60,000 is refused before decoding, with the way round it', async () => {
    const failure = await failureOf({ bytes: header(60_000, 60_000), name: 'bomb.png' });
    expect(failure.code).toBe('IMAGE_TOO_LARGE');
    expect(failure.message).toContain('3600 megapixels');
    expect(failure.message).toContain('maxPixels');
    await expect(readPhotoHeader({ bytes: header(60_000, 60_000), name: 'a' })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    });
  });

  it('of JPEG, GIF, WebP and TIFF is checked as well', async () => {
    const jpeg = await rawSharp(scatter(64, 255), 8, 8, 1).jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(60_000, frame + 5);
    jpeg.writeUInt16BE(60_000, frame + 7);
    const gif = await rawSharp(scatter(192, 255), 8, 8, 3).gif().toBuffer();
    gif.writeUInt16LE(60_000, 6);
    gif.writeUInt16LE(60_000, 8);
    const webp = Buffer.concat([text('RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0'), Buffer.alloc(6, 0xff)]);
    for (const [bytes, name] of [
      [jpeg, 'a.jpg'],
      [gif, 'a.gif'],
      [webp, 'a.webp'],
    ] as const) {
      expect((await failureOf({ bytes, name })).code).toBe('IMAGE_TOO_LARGE');
    }
  });

  it('may be allowed or narrowed by the caller', async () => {
    const bytes = await rawSharp(scatter(300, 255), 10, 10, 3).png().toBuffer();
    expect((await failureOf({ bytes, name: 'a.png' }, { maxPixels: 99 })).code).toBe('IMAGE_TOO_LARGE');
    expect((await readPhoto({ bytes, name: 'a.png' }, { maxPixels: 100 })).pixels.width).toBe(10);
  });
});

describe('damage', () => {
  const noise = () => rawSharp(scatter(100 * 60 * 3, 255), 100, 60, 3);
  const makers = {
    jpeg: () => noise().jpeg(),
    'progressive jpeg': () => noise().jpeg({ progressive: true }),
    png: () => noise().png(),
    webp: () => noise().webp(),
    avif: () => noise().avif({ effort: 0 }),
    gif: () => noise().gif(),
    tiff: () => noise().tiff({ compression: 'deflate' }),
    'uncompressed tiff': () => noise().tiff({ compression: 'none' }),
  };

  it.each(Object.entries(makers))('a %s that was cut off is an error and not a grey area', async (name, make) => {
    const whole = await make().toBuffer();
    for (const part of [0.1, 0.5, 0.9]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * part));
      expect((await failureOf({ bytes, name })).code).toBe('IMAGE_CORRUPT');
    }
  });

  it('that the decoder gets over is read, and said', async () => {
    const bytes = await rawSharp(scatter(100 * 60, 255), 100, 60, 1)
      .jpeg()
      .toBuffer();
    const middle = Math.floor(bytes.length / 2);
    bytes.set([0xff, 0xd0, 0xff, 0xd1, 0x12, 0x34], middle);
    const { source } = await readPhoto({ bytes, name: 'scratched.jpg' });
    expect(source.notes.join()).toContain('damaged in part');
  });

  it('of any byte of a small file ends in a picture or an error with a code', async () => {
    const exif = pngChunk('eXIf', text('II*\0\x08\0\0\0\0\0'));
    const files = [
      buildPng({ width: 2, height: 1, bitDepth: 8, colourType: 0, rows: [Uint8Array.of(1, 2)], before: [exif] }),
      await rawSharp(scatter(12, 255), 2, 2, 3).tiff({ compression: 'none' }).toBuffer(),
      await rawSharp(scatter(12, 255), 2, 2, 3).webp().toBuffer(),
    ];
    for (const file of files) {
      for (let at = 0; at < file.length; at += 3) {
        const bytes = Buffer.from(file);
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
        const failure: unknown = await readPhoto({ bytes, name: 'fuzz' }, { maxPixels: 1e6 }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) expect(failure).toBeInstanceOf(PellucidError);
      }
    }
  });
});

describe('paths', () => {
  it('that do not exist, are folders or are pipes', async () => {
    expect((await failureOf({ path: join(folder, 'none.jpg') })).code).toBe('FILE_NOT_FOUND');
    const asFile = await failureOf({ path: folder });
    expect(asFile.code).toBe('NOT_AN_IMAGE');
    expect(asFile.message).toContain('folder');
    if (process.platform === 'win32') return;
    const pipe = join(folder, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    expect((await failureOf({ path: pipe })).message).toContain('pipe');
  });

  it('that may not be read', async () => {
    const path = join(folder, 'secret.png');
    await writeFile(path, header(1, 1));
    await chmod(path, 0o000);
    // An administrator may read everything, so the test becomes somebody else for a moment.
    const isAdministrator = process.geteuid?.() === 0;
    if (isAdministrator) process.seteuid?.(65534);
    try {
      expect((await failureOf({ path })).code).toBe('PERMISSION_DENIED');
    } finally {
      if (isAdministrator) process.seteuid?.(0);
    }
  });

  it('name the photo, its folder and its time', async () => {
    const path = join(folder, 'a b.png');
    const bytes = await rawSharp(scatter(12, 255), 2, 2, 3).jpeg().toBuffer();
    await writeFile(path, bytes);
    const { source } = await readPhoto({ path });
    // The content decides, not the name.
    expect(source).toMatchObject({ format: 'jpeg', name: 'a b.png', path, sizeBytes: bytes.length });
    expect(Math.abs((source.modifiedMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});
