/**
 * Of photos that each have a changed copy (half the size, recompressed, cropped or noisy, in turn), how many find their
 * partner first, and which different scenes are called near-duplicates. Linux and macOS; takes a minute or two.
 *
 *     node_modules/.bin/node bench/near-duplicates.ts --data PHOTOS [--count 400]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareCodes } from '../src/engine/explore/compare-codes.ts';
import { openLibrary } from '../src/engine/explore/library.ts';
import { createModels } from '../src/engine/operations/models.ts';
import { encodePhoto } from '../src/image/encode-photo.ts';
import { toExactSize } from '../src/image/exact-size.ts';
import { listPhotos } from '../src/image/list-photos.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { addGaussianNoise, toPixels } from '../src/ml/degradation/gaussian.ts';
import type { Pixels } from '../src/shared/pixels.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, count: { type: 'string', default: '400' } } });
if (values.data === undefined) throw new Error('--data names a folder of photos.');
const { signal } = new AbortController();
const noise255 = 15;
const croppedPart = 0.05;

const changes = ['half the size', 'JPEG quality 40', 'cropped by 5 %', `noise of ${noise255}`] as const;

async function changed(pixels: Pixels, change: (typeof changes)[number]): Promise<Uint8Array> {
  const { width, height } = pixels;
  if (change === 'JPEG quality 40') return await encodePhoto({ pixels, metadata: {} }, { format: 'jpeg', quality: 40 });
  const made =
    change === 'half the size'
      ? await toExactSize(pixels, { width: width >> 1, height: height >> 1, channels: 3 })
      : change === 'cropped by 5 %'
        ? cropped(pixels)
        : toPixels(addGaussianNoise(pixels, noise255, 1), pixels);
  return await encodePhoto({ pixels: made, metadata: {} }, { format: 'png' });
}

function cropped({ width, height, channels, data }: Pixels): Pixels {
  const [left, top] = [Math.round(width * croppedPart), Math.round(height * croppedPart)];
  const inner = { width: width - left, height: height - top };
  const kept = new Uint8Array(inner.width * inner.height * channels);
  for (let row = 0; row < inner.height; row++) {
    const start = ((top + row) * width + left) * channels;
    kept.set(data.subarray(start, start + inner.width * channels), row * inner.width * channels);
  }
  return { ...inner, channels, data: kept };
}

const folder = await mkdtemp(join(tmpdir(), 'pellucid-duplicates-'));
try {
  const { files } = await listPhotos([values.data], { recursive: true, signal });
  const originals = files.slice(0, Number(values.count));
  await mkdir(join(folder, 'copies'));
  for (const [index, file] of originals.entries()) {
    const { pixels } = await readPhoto({ path: file });
    const bytes = await changed(pixels, changes[index % changes.length] ?? changes[0]);
    await writeFile(
      join(folder, 'copies', `${String(index).padStart(5, '0')}.${index % 4 === 1 ? 'jpg' : 'png'}`),
      bytes,
    );
  }
  const models = createModels({ bundledDir: 'assets/models', userDir: join(folder, 'models') });
  const context = { models, dataFolder: folder, signal, onProgress: () => undefined };
  const { library } = await openLibrary({ data: [...originals, join(folder, 'copies')] }, context);
  const { nearest, groups } = await compareCodes(library, { signal });
  const count = originals.length;
  const partnerOf = (index: number): number => (index + count) % (2 * count);
  const found = (index: number): boolean => nearest[index]?.index === partnerOf(index);
  for (const [which, change] of changes.entries()) {
    const own = originals.flatMap((_, index) => (index % changes.length === which ? [index] : []));
    const grouped = own.filter((index) =>
      groups.some((group) => group.includes(index) && group.includes(partnerOf(index))),
    );
    console.log(
      `${change}: ${own.filter(found).length} of ${own.length} find their partner first, ${grouped.length} are grouped.`,
    );
  }
  const all = Array.from({ length: 2 * count }, (_, index) => index).filter(found).length;
  console.log(
    `${all} of ${2 * count} photos and copies find their partner first (${((50 * all) / count).toFixed(1)} %).`,
  );
  const mixed = groups.filter((group) => new Set(group.map((index) => index % count)).size > 1);
  console.log(`${mixed.length} groups hold different scenes.`);
  for (const group of mixed) console.log(group.map((index) => basename(originals[index % count] ?? '')).join(', '));
} finally {
  await rm(folder, { recursive: true, force: true });
}
