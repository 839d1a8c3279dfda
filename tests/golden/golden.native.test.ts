import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultTables } from '../../src/codec/entropy-tables.ts';
import { decodeLatent } from '../../src/codec/latent-coder.ts';
import { pelVersion } from '../../src/codec/pel-format.ts';
import { readPel } from '../../src/codec/read-pel.ts';
import { decompressPel } from '../../src/engine/operations/compress-photo.ts';
import { createModels } from '../../src/engine/operations/models.ts';
import { crop } from '../../src/image/preview.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import { largestDifference } from '../../src/ml/synthetic-pictures.test-support.ts';
import type { Region } from '../../src/shared/pixels.ts';
import { manyBands } from './many-bands.ts';

/**
 * Files of every version of the format there has been, made with `tools/make-golden.ts` when the version was new. Their
 * integers were also decoded by a separate program in Python that was written from docs/file-format.md alone.
 */
const versions = readdirSync(import.meta.dirname).filter((name) => /^v\d+$/.test(name));

interface Expected {
  header: object;
  /** SHA-256 of the integers, 16 bits each, lowest byte first. */
  integers: string;
  /** The part of the picture that is kept beside the file as a PNG; all of it without. */
  region?: Region;
  /** SHA-256 of the alpha plane's samples, likewise. */
  alpha: string | null;
}

function sha256({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

it('has golden files of every version', () => {
  expect(versions).toEqual(Array.from({ length: pelVersion }, (_, index) => `v${index + 1}`));
});

describe.each(versions)('golden files of %s', (version) => {
  const folder = join(import.meta.dirname, version);
  const models = createModels({ bundledDir: folder, userDir: folder });
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;

  it.each(Object.keys(expected))(
    '%s decodes to the same integers, and to the same picture within 1 of 255',
    async (name) => {
      const pel = readFileSync(join(folder, `${name}.pel`));
      const { header, pixels, alpha } = await decompressPel(pel, models, {});
      const codec = await models.codecOf(readPel(pel).header);
      const actual = {
        header,
        integers: sha256((await codec.latentOf(readPel(pel))).values),
        alpha: alpha === undefined ? null : sha256(alpha),
      };
      const { region, ...stated } = expected[name] as Expected;
      expect(actual).toEqual(stated);
      expect(pel[4]).toBe(Number(version.slice(1)));
      const shown = crop(pixels, region);
      const { pixels: picture } = await readPhoto({ path: join(folder, `${name}.png`) });
      expect(shown).toMatchObject({ width: picture.width, height: picture.height, channels: picture.channels });
      const most = picture.data instanceof Uint16Array ? 257 : 1;
      expect(largestDifference(shown.data, picture.data)).toBeLessThanOrEqual(most);
      expect(new Set(picture.data).size).toBeGreaterThan(50);
    },
  );
});

it('a latent of many bands decodes to the same integers', () => {
  const { values, shape } = manyBands();
  const bytes = readFileSync(join(import.meta.dirname, 'v1', 'many-bands.bin'));
  expect(decodeLatent(bytes, shape, defaultTables(shape.channels))).toEqual(values);
});
