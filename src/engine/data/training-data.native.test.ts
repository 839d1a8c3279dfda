import { mkdtemp, mkdir, rm, writeFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { prepareTrainingData } from './training-data.ts';
import type { SkippedFile } from '../../shared/contract.ts';

let folder: string;

/** A picture whose red is the column and whose green is the row, and whose blue is its number. */
async function writePicture(path: string, width: number, height: number, blue: number): Promise<void> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([x, y, blue], (y * width + x) * 3);
  }
  await writeFile(
    path,
    await encodePhoto({ pixels: { width, height, channels: 3, data }, metadata: {} }, { format: 'png' }),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-training-'));
  await mkdir(join(folder, 'deep'));
  for (let number = 0; number < 10; number++) {
    await writePicture(join(folder, number < 5 ? '' : 'deep', `photo-${number}.png`), 100, 70, number);
  }
  const grey = { width: 80, height: 80, channels: 1 as const, data: new Uint16Array(6400).fill(257 * 200) };
  await writeFile(join(folder, 'grey.png'), await encodePhoto({ pixels: grey, metadata: {} }, { format: 'png' }));
  await writePicture(join(folder, 'small.png'), 100, 40, 99);
  await copyFile(join(folder, 'photo-2.png'), join(folder, 'deep', 'again.png'));
  await writeFile(join(folder, 'text.png'), 'no picture');
});

afterAll(() => rm(folder, { recursive: true }));

test('divides real files and says what is left out and why', async () => {
  const data = await prepareTrainingData([folder], { seed: 1, patch: 48 });
  expect(data.photoCounts).toEqual({ training: 9, validation: 2 });
  const codes = Object.fromEntries(data.skipped.map(({ path, code }) => [path.slice(folder.length + 1), code]));
  expect(codes).toEqual({
    'small.png': 'IMAGE_DIMENSIONS_INVALID',
    'text.png': 'NOT_AN_IMAGE',
    [join('deep', 'again.png')]: 'ALREADY_EXISTS',
  });
  for (const { pixels } of data.validation) {
    expect([pixels.width % 16, pixels.height % 16, pixels.channels]).toEqual([0, 0, 3]);
  }
});

test('no patch ever comes from a validation photo, and every training photo gives patches', async () => {
  const { source, validation } = await prepareTrainingData([folder], { seed: 3, patch: 48 });
  const isGrey = (bytes: Uint8Array) => bytes[0] === 200 && bytes[1] === 200 && bytes[2] === 200;
  const mark = (bytes: Uint8Array) => (isGrey(bytes) ? 200 : (bytes[2] ?? -1));
  const held = validation.map(({ pixels }) => mark(Uint8Array.from(pixels.data)));
  const bytes = await source.nextBatch(0, 9, 48);
  const used = Array.from({ length: 9 }, (_, patch) => mark(bytes.subarray(patch * 48 * 48 * 3)));
  expect([...used, ...held].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200]);
});

test('a file that breaks off is reported while training, and training goes on', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'pellucid-broken-'));
  try {
    for (let number = 0; number < 6; number++) await writePicture(join(broken, `photo-${number}.png`), 64, 64, number);
    const { data } = { data: new Uint8Array(96 * 96 * 3).map((_, index) => (index * 7919) % 251) };
    const jpeg = await encodePhoto(
      { pixels: { width: 96, height: 96, channels: 3, data }, metadata: {} },
      { format: 'jpeg' },
    );
    for (const name of ['cut-1.jpg', 'cut-2.jpg', 'cut-3.jpg']) {
      await writeFile(
        join(broken, name),
        Buffer.concat([jpeg.subarray(0, jpeg.length / 2), Buffer.from([name.charCodeAt(4)])]),
      );
    }
    const skipped: SkippedFile[] = [];
    const training = await prepareTrainingData([broken], {
      seed: 1,
      patch: 64,
      onSkipped: (file) => skipped.push(file),
    });
    await training.source.nextBatch(0, 16, 64);
    const all = [...training.skipped, ...skipped];
    expect(all.map(({ code }) => code)).toEqual(['IMAGE_CORRUPT', 'IMAGE_CORRUPT', 'IMAGE_CORRUPT']);
  } finally {
    await rm(broken, { recursive: true });
  }
});

test('photos that are deleted, replaced or overwritten while training are named, and others take their place', async () => {
  const changing = await mkdtemp(join(tmpdir(), 'pellucid-changing-'));
  try {
    const at = (number: number): string => join(changing, `photo-${number}.png`);
    for (let number = 0; number < 12; number++) await writePicture(at(number), 64, 64, number);
    const skipped: SkippedFile[] = [];
    const { source, heldOut } = await prepareTrainingData([changing], {
      ...{ seed: 1, patch: 64, onSkipped: (file) => skipped.push(file) },
    });
    const [gone = '', resized = '', overwritten = ''] = [...Array(12).keys()]
      .map(at)
      .filter((path) => !heldOut.includes(path));
    await rm(gone);
    await writePicture(resized, 96, 64, 77);
    await writeFile(overwritten, 'no picture any more');
    for (let index = 0; index < 4; index++) expect((await source.nextBatch(index, 9, 64)).length).toBe(9 * 64 * 64 * 3);
    const reasons = new Map(skipped.map(({ path, code, reason }) => [path, `${code} ${reason}`]));
    expect([...reasons.keys()].sort()).toEqual([gone, resized, overwritten].sort());
    expect(reasons.get(gone)).toContain('FILE_NOT_FOUND');
    expect(reasons.get(resized)).toContain('it changed while training');
  } finally {
    await rm(changing, { recursive: true });
  }
});

test('a folder without pictures is refused by name', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'pellucid-empty-'));
  try {
    await expect(prepareTrainingData([empty], { seed: 1, patch: 64 })).rejects.toMatchObject({ code: 'EMPTY_FOLDER' });
    await writePicture(join(empty, 'one.png'), 64, 64, 1);
    await expect(prepareTrainingData([empty], { seed: 1, patch: 64 })).rejects.toThrow('at least two');
  } finally {
    await rm(empty, { recursive: true });
  }
});
