import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildPng, displayP3, pngChunk, rawSharp, scatter } from '../../src/image/pictures.test-support.ts';
import { isFault, tryFiles } from './odd-files.ts';
import type { OddOutcome } from './odd-files.ts';

const rgb = () => rawSharp(scatter(20 * 14 * 3, 255), 20, 14, 3);
const png = (width: number, height: number, rows: Uint8Array[], bitDepth = 8, colourType = 0) =>
  buildPng({ width, height, bitDepth, colourType, rows });
const huge = Buffer.concat([Buffer.from([0x7f, 0xff, 0xff, 0xff]), Buffer.from('tEXtabc', 'latin1')]);
const twelveBits = async (): Promise<Buffer> => {
  const jpeg = await rgb().jpeg().toBuffer();
  jpeg[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 4] = 12;
  return jpeg;
};
/** A TIFF whose tag for the meaning of its values (TIFF 6.0, PhotometricInterpretation) says CIELab. */
const lab = async (): Promise<Buffer> => {
  const tiff = await rawSharp(scatter(300, 65535), 10, 10, 3).tiff({ compression: 'none' }).toBuffer();
  const entry = tiff.indexOf(Buffer.from([0x06, 0x01, 3, 0, 1, 0, 0, 0]));
  tiff.writeUInt16LE(8, entry + 8);
  return tiff;
};
const badCheckSum = async (): Promise<Buffer> => {
  const file = await rgb().png().toBuffer();
  const at = file.indexOf('IDAT') + 40;
  file[at] = (file[at] ?? 0) ^ 0xff;
  return file;
};
const bomb = pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), Buffer.alloc(1000, 0xff)]));

/** Odd files by name, with what must come of each: `picture` or the code of an error. */
const files: Record<string, readonly [string, () => Promise<Uint8Array> | Uint8Array]> = {
  'one-pixel.png': ['picture', () => png(1, 1, [Uint8Array.of(7)])],
  'one-line.png': ['picture', () => png(500, 1, [new Uint8Array(500)])],
  'one-column.png': [
    'picture',
    () =>
      png(
        1,
        300,
        Array.from({ length: 300 }, () => Uint8Array.of(9)),
      ),
  ],
  'one-bit.png': ['picture', () => png(9, 2, [Uint8Array.of(0xaa, 0x80), Uint8Array.of(0x55, 0)], 1)],
  'sixteen-bits.png': ['picture', () => rawSharp(scatter(100, 65535), 10, 10, 1).png().toBuffer()],
  'grey-alpha.png': ['picture', () => rawSharp(scatter(200, 255), 10, 10, 2).png().toBuffer()],
  'palette.png': ['picture', () => rgb().png({ palette: true, colours: 16 }).toBuffer()],
  'damaged-text.png': [
    'picture',
    () => buildPng({ width: 1, height: 1, bitDepth: 8, colourType: 0, rows: [Uint8Array.of(3)], before: [bomb] }),
  ],
  'interlaced.png': ['picture', () => rgb().png({ progressive: true }).toBuffer()],
  'turned.jpg': ['picture', () => rgb().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
  'pages.tif': ['picture', () => rawSharp(scatter(600, 255), 10, 20, 3).tiff({ pyramid: true, tile: true }).toBuffer()],
  'cmyk.tif': ['picture', () => rgb().toColourspace('cmyk').tiff().toBuffer()],
  'cmyk.jpg': ['picture', () => rgb().toColourspace('cmyk').jpeg().toBuffer()],
  'progressive.jpg': ['picture', () => rgb().jpeg({ progressive: true }).toBuffer()],
  'named-png-is-jpeg.png': ['picture', () => rgb().jpeg().toBuffer()],
  'animation.gif': ['picture', () => rgb().gif().toBuffer()],
  'lossless.webp': ['picture', () => rgb().webp({ lossless: true }).toBuffer()],
  'small.avif': ['picture', () => rgb().avif({ effort: 0 }).toBuffer()],
  'sixteen-bits.tif': ['picture', () => rawSharp(scatter(300, 65535), 10, 10, 3).tiff().toBuffer()],
  'behind-the-end.jpg': ['picture', async () => Buffer.concat([await rgb().jpeg().toBuffer(), Buffer.alloc(5000, 65)])],
  'cut.jpg': ['IMAGE_CORRUPT', async () => (await rgb().jpeg().toBuffer()).subarray(0, 300)],
  'cut.png': ['IMAGE_CORRUPT', async () => (await rgb().png().toBuffer()).subarray(0, 300)],
  'cut.webp': ['IMAGE_CORRUPT', async () => (await rgb().webp().toBuffer()).subarray(0, 60)],
  'cut.avif': ['IMAGE_CORRUPT', async () => (await rgb().avif({ effort: 0 }).toBuffer()).subarray(0, 400)],
  'cut.tif': ['IMAGE_CORRUPT', async () => (await rgb().tiff().toBuffer()).subarray(0, 100)],
  'header-only.gif': ['IMAGE_CORRUPT', async () => (await rgb().gif().toBuffer()).subarray(0, 20)],
  'bad-check-sum.png': ['IMAGE_CORRUPT', badCheckSum],
  'huge-chunk.png': [
    'IMAGE_CORRUPT',
    () => buildPng({ width: 1, height: 1, bitDepth: 8, colourType: 0, rows: [Uint8Array.of(3)], before: [huge] }),
  ],
  'twelve-bits.jpg': ['FORMAT_UNSUPPORTED', twelveBits],
  'float.tif': ['FORMAT_UNSUPPORTED', () => rgb().tiff({ compression: 'deflate', predictor: 'float' }).toBuffer()],
  'lab.tif': ['FORMAT_UNSUPPORTED', lab],
  'bomb.png': ['IMAGE_TOO_LARGE', () => png(60_000, 60_000, [new Uint8Array(100)])],
  'no-width.png': ['IMAGE_DIMENSIONS_INVALID', () => png(0, 10, [])],
  'empty.jpg': ['EMPTY_FILE', () => new Uint8Array(0)],
  'text.jpg': ['NOT_AN_IMAGE', () => Buffer.from('hello, this is text')],
  'random.jpg': ['NOT_AN_IMAGE', () => Uint8Array.from(scatter(400, 255))],
  'profile.icc': ['NOT_AN_IMAGE', () => displayP3],
  'map.bmp': [
    'FORMAT_UNSUPPORTED',
    () => Buffer.concat([Buffer.from('BM'), Buffer.alloc(12), Buffer.from([40]), Buffer.alloc(60)]),
  ],
  'wave.jp2': ['FORMAT_UNSUPPORTED', () => Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1')],
  'plain.ppm': ['FORMAT_UNSUPPORTED', () => Buffer.from('P6\n1 1\n255\nabc')],
  'drawing.svg': ['FORMAT_UNSUPPORTED', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  'phone.heic': ['FORMAT_UNSUPPORTED', () => Buffer.from('\0\0\0\x10ftypheic\0\0\0\0', 'latin1')],
};

test('every odd file ends in a picture or an error with a code, and the engine stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-odd-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, [, make]] of Object.entries(files)) await writeFile(join(folder, name), await make());
  const outcomes: OddOutcome[] = [];
  for await (const outcome of tryFiles(folder, 'denoise')) outcomes.push(outcome);
  const found = Object.fromEntries(outcomes.map(({ file, result }) => [file, result]));
  expect(found).toEqual(Object.fromEntries(Object.entries(files).map(([name, [expected]]) => [name, expected])));
  expect(outcomes.filter(isFault)).toEqual([]);
  for (const { result, detail } of outcomes) if (result !== 'picture') expect(detail).toMatch(/\.$/);
});
