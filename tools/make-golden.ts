import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { pelVersion } from '../src/codec/pel-format.ts';
import { readPel } from '../src/codec/read-pel.ts';
import { trainTables } from '../src/codec/train-tables.ts';
import { compressPhoto, decompressPel } from '../src/engine/operations/compress-photo.ts';
import type { PhotoContent } from '../src/engine/operations/compress-photo.ts';
import { createModels } from '../src/engine/operations/models.ts';
import type { Models } from '../src/engine/operations/models.ts';
import { encodePhoto } from '../src/image/encode-photo.ts';
import { crop } from '../src/image/preview.ts';
import { writeModelPackage } from '../src/ml/store/model-package.ts';
import { smoothPicture } from '../src/ml/synthetic-pictures.test-support.ts';
import { tinyCodec } from '../src/ml/tiny-models.test-support.ts';
import type { LatentIntegers } from '../src/ml/interfaces.ts';
import type { Region } from '../src/shared/pixels.ts';

/**
 * Makes the golden files of a new version of the `.pel` format, with a small model of their own, in
 * `tests/golden/vN`. Those of older versions are never made again: that they still decode is what they are for.
 */
const folder = fileURLToPath(new URL(`../tests/golden/v${pelVersion}`, import.meta.url));
const modelId = `golden-codec-${pelVersion}`;

interface GoldenPhoto {
  photo: PhotoContent;
  quality: number;
  sigma255: number;
  region: Region;
}

/** Two photos of two strips each; what is kept of them as a picture lies where the strips meet. */
const photos: Record<string, GoldenPhoto> = {
  'rgb-8': {
    photo: { pixels: smoothPicture({ width: 1040, height: 1030 }, 15, 1), metadata: {} },
    quality: 10,
    sigma255: 15,
    region: { left: 500, top: 490, width: 75, height: 50 },
  },
  'grey-16-alpha': {
    photo: {
      pixels: smoothPicture({ width: 33, height: 32800, channels: 1, depth: 16 }, 5, 2),
      alpha: new Uint16Array(33 * 32800).map((_, index) => 257 * (Math.floor(index / 33) % 256)),
      metadata: { xmp: Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>') },
    },
    quality: 20.5,
    sigma255: 4.25,
    region: { left: 0, top: 16380, width: 33, height: 47 },
  },
};

await mkdir(folder);
const models = await makeModel();
const expected: Record<string, object> = {};
const codec = await models.codec(modelId);
for (const [name, { photo, region, ...options }] of Object.entries(photos)) {
  const pel = await compressPhoto(photo, codec, { ...options, metadata: 'keep' });
  const { header, pixels, alpha } = await decompressPel(pel, models, {});
  const integers = sha256((await codec.latentOf(readPel(pel))).values);
  const shown = crop(pixels, region);
  await writeFile(join(folder, `${name}.pel`), pel);
  await writeFile(join(folder, `${name}.png`), await encodePhoto({ pixels: shown, metadata: {} }, { format: 'png' }));
  expected[name] = { header, integers, region, alpha: alpha === undefined ? null : sha256(alpha) };
}
await writeFile(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);

/** A model whose tables use all that tables can say, from integers of its own. */
async function makeModel(): Promise<Models> {
  const model = tinyCodec(modelId);
  const path = join(folder, modelId);
  const access = createModels({ bundledDir: folder, userDir: folder });
  await writeModelPackage(path, model);
  const untrained = await access.codec(modelId);
  const samples: { values: Int16Array; shape: LatentIntegers }[] = [];
  for (let seed = 0; seed < 6; seed++) {
    const picture = { pixels: smoothPicture({ width: 320, height: 240 }, 4 * seed, seed), metadata: {} };
    const options = { quality: 10 + 18 * seed, sigma255: 4 * seed, metadata: 'strip' as const };
    const latent = await untrained.latentOf(readPel(await compressPhoto(picture, untrained, options)));
    samples.push({ values: latent.values, shape: latent });
  }
  model.manifest.entropyTables = trainTables(samples);
  await rm(path, { recursive: true });
  await writeModelPackage(path, model);
  access.forget();
  return access;
}

function sha256({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
