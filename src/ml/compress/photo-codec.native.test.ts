import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readPel } from '../../codec/container.ts';
import type { PelBlock } from '../../codec/container.ts';
import { parseEntropyTables } from '../../codec/entropy-tables.ts';
import { encodeLatent } from '../../codec/latent-coder.ts';
import type { Progress } from '../../shared/contract.ts';
import { bitDepthOf } from '../../shared/pixels.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { Session } from '../graph/session.ts';
import type { PhotoCodec } from '../interfaces.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';
import { modelHashOf } from '../store/model-hash.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { crop, largestDifference, scatteredPicture, smoothPicture } from '../synthetic-pictures.test-support.ts';
import { rasterOf } from '../tiling/raster.ts';
import { stored, tinyCodec, tinyDenoiser } from '../tiny-models.test-support.ts';
import { CodecNetwork } from './codec-network.ts';
import { createPhotoCodec } from './photo-codec.ts';

let model: ModelPackage;
let codec: PhotoCodec;
/** The same, in tiles of at most 32 by 464 pixels. */
let inTiles: PhotoCodec;
let network: CodecNetwork;
beforeAll(async () => {
  model = await stored(tinyCodec());
  codec = await createPhotoCodec(model);
  inTiles = await createPhotoCodec(model, 'float32', 32 * 464);
  const { architecture } = model.manifest;
  if (architecture.kind !== 'codec') throw new Error('Expected a codec.');
  network = new CodecNetwork({ ...architecture, weights: model.weights });
});
afterAll(() => {
  codec.dispose();
  inTiles.dispose();
  network.dispose();
});

const options = { quality: 60, sigma255: 10, blocks: [] as PelBlock[] };

describe('a compressed photo', () => {
  it.each([
    { width: 75, height: 50, channels: 3, depth: 8 },
    { width: 75, height: 50, channels: 3, depth: 16 },
    { width: 33, height: 16, channels: 1, depth: 8 },
    { width: 5, height: 40, channels: 1, depth: 16 },
    { width: 1, height: 1, channels: 3, depth: 8 },
    { width: 1, height: 1, channels: 1, depth: 16 },
  ] as const)('says what it is, and becomes a picture of that kind: %o', async (kind) => {
    const pixels = smoothPicture(kind, 10);
    const file = readPel(await codec.compress(pixels, options));
    expect(file.header).toEqual({
      modelId: 'tiny-codec',
      modelHash: modelHashOf(model.manifest),
      width: kind.width,
      height: kind.height,
      channels: kind.channels,
      bitDepth: kind.depth,
      quality: 60,
      sigma255: 10,
    });
    const restored = await codec.decompress(file, {});
    expect(restored).toMatchObject({ width: kind.width, height: kind.height, channels: kind.channels });
    expect(bitDepthOf(restored)).toBe(kind.depth);
    expect(restored.data.length).toBe(pixels.data.length);
  });

  it('is made with the noise that a map tells in place of the level', async () => {
    const pixels = smoothPicture({ width: 70, height: 90 }, 10);
    const noiseMap = { columns: 1, rows: 2, sigma255: Float32Array.of(10, 10) };
    const latentOf = async (more: object) =>
      codec.latentOf(readPel(await codec.compress(pixels, { ...options, ...more })));
    const plain = await latentOf({});
    expect(await latentOf({ noiseMap })).toEqual(plain);
    expect(await latentOf({ noiseMap: { ...noiseMap, sigma255: Float32Array.of(10, 60) } })).not.toEqual(plain);
  });

  it('holds the integers that the analysis gave, and nothing else decides the picture', async () => {
    const pixels = smoothPicture({ width: 70, height: 90 }, 10);
    const file = readPel(await codec.compress(pixels, options));
    const latent = await codec.latentOf(file);
    expect(latent).toEqual(await network.analyse(rasterOf(pixels), 60, { sigma255: 10 }, {}));
    expect(latent).toMatchObject({ channels: 12, width: 5, height: 6 });
    expect(new Set(latent.values).size).toBeGreaterThan(5);
    const first = await codec.decompress(file, {});
    expect(await codec.decompress(file, {})).toEqual(first);
    const other = await createPhotoCodec(await stored(tinyCodec()));
    expect(await other.decompress(file, {})).toEqual(first);
    other.dispose();
    // Not a flat or a saturated picture, which would agree by chance.
    expect(new Set(first.data).size).toBeGreaterThan(50);
  });

  it('of more than one strip holds the same integers, and those of one strip in the first version', async () => {
    const pixels = smoothPicture({ width: 1040, height: 1030 }, 10);
    const bytes = await codec.compress(pixels, options);
    const file = readPel(bytes);
    expect([bytes[4], file.strips.length]).toEqual([2, 2]);
    const latent = await codec.latentOf(file);
    expect(latent).toEqual(await network.analyse(rasterOf(pixels), 60, { sigma255: 10 }, {}));
    const { entropyTables } = model.manifest;
    const inOne = encodeLatent(latent.values, latent, parseEntropyTables(entropyTables));
    expect(await codec.latentOf({ ...file, strips: [inOne] })).toEqual(latent);
    await expect(codec.latentOf({ ...file, strips: [...file.strips, inOne] })).rejects.toMatchObject({
      code: 'PEL_CORRUPT',
    });
    await expect(codec.latentOf(file, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(readPel(await codec.compress(smoothPicture({ width: 1024, height: 512 }), options)).strips).toHaveLength(1);
  });

  it('keeps blocks as they are', async () => {
    const blocks: PelBlock[] = [
      { kind: 'icc', bytes: Uint8Array.of(1, 2, 3) },
      { kind: 'alpha', bytes: Uint8Array.of(4) },
    ];
    const file = readPel(await codec.compress(smoothPicture({ width: 20, height: 20 }), { ...options, blocks }));
    expect(file.blocks).toEqual(blocks);
  });

  it('gets more and larger integers with the quality, which is kept in eighths', async () => {
    const pixels = smoothPicture({ width: 64, height: 64 }, 10);
    const files = await Promise.all(
      [1, 50.06, 100].map(async (quality) => readPel(await codec.compress(pixels, { ...options, quality }))),
    );
    expect(files.map(({ header }) => header.quality)).toEqual([1, 50, 100]);
    const latents = await Promise.all(files.map((file) => codec.latentOf(file)));
    const magnitudes = latents.map(({ values }) => values.reduce((sum, value) => sum + Math.abs(value), 0));
    expect(magnitudes[1]).toBeGreaterThan(1.5 * (magnitudes[0] as number));
    expect(magnitudes[2]).toBeGreaterThan(1.5 * (magnitudes[1] as number));
  });

  it('depends on the noise level', async () => {
    const pixels = smoothPicture({ width: 48, height: 48 }, 10);
    const quiet = await codec.latentOf(readPel(await codec.compress(pixels, { ...options, sigma255: 0 })));
    const loud = await codec.latentOf(readPel(await codec.compress(pixels, { ...options, sigma255: 70 })));
    expect(quiet.values).not.toEqual(loud.values);
  });

  it('is the same from bytes and from floats of the same values', async () => {
    const pixels = scatteredPicture({ width: 40, height: 30 });
    const bytes = await codec.compress(pixels, options);
    expect(await codec.compressFloats(Float32Array.from(pixels.data), 40, 30, options)).toEqual(bytes);
  });

  it('that is analysed once gives the same file at every quality', async () => {
    // Two tiles of the analysis.
    const pixels = smoothPicture({ width: 784, height: 24 }, 5);
    const analysed = await inTiles.analyse(pixels, options);
    for (const quality of [1, 37.3, 100])
      expect(await analysed.encode(quality)).toEqual(await inTiles.compress(pixels, { ...options, quality }));
  });

  it('that is analysed once is analysed anew in smaller tiles where memory runs out', async () => {
    const pixels = smoothPicture({ width: 784, height: 480 }, 5);
    const starved = await createPhotoCodec(model, 'float32', 480 * 464);
    const small = await createPhotoCodec(model, 'float32', 240 * 464);
    const run = Session.prototype.run;
    let calls = 0;
    vi.spyOn(Session.prototype, 'run').mockImplementation(function (this: Session, ...given) {
      if (++calls === 2) throw new Error('OOM when allocating tensor');
      return run.apply(this, given);
    });
    onTestFinished(() => {
      vi.restoreAllMocks();
      starved.dispose();
      small.dispose();
    });
    const analysed = await starved.analyse(pixels, options);
    expect(calls).toBeGreaterThan(4);
    expect(await analysed.encode(60)).toEqual(await small.compress(pixels, options));
  });

  it('is larger than one tile without a seam', async () => {
    // 49 columns of the latent: two tiles of the synthesis, and two of the analysis.
    const pixels = smoothPicture({ width: 784, height: 24 }, 5);
    const seen: Progress[] = [];
    const bytes = await inTiles.compress(pixels, { ...options, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ stage, completed, total }) => [stage, completed, total])).toEqual([
      ['analyse', 1, 2],
      ['analyse', 2, 2],
    ]);
    const restored = await inTiles.decompress(readPel(bytes), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ stage: 'synthesise', completed: 3, total: 3 });
    const whole = await codec.decompress(readPel(bytes), {});
    expect(largestDifference(restored.data, whole.data)).toBeLessThanOrEqual(1);
  });
});

describe('a region of a compressed photo', () => {
  it.each([
    { left: 37, top: 21, width: 45, height: 60 },
    { left: 0, top: 0, width: 1, height: 1 },
    { left: 149, top: 130, width: 1, height: 1 },
    { left: 0, top: 100, width: 150, height: 31 },
  ])('is the crop of the whole: %o', async (region) => {
    const pixels: Pixels = smoothPicture({ width: 150, height: 131 }, 10);
    const file = readPel(await codec.compress(pixels, options));
    const whole = await codec.decompress(file, {});
    const part = await codec.decompress(file, { region });
    expect(part).toMatchObject({ width: region.width, height: region.height, channels: 3 });
    expect(largestDifference(part.data, crop(whole, region).data)).toBeLessThanOrEqual(1);
  });
});

describe('a file of another model', () => {
  it('is refused by name and hash', async () => {
    const other = await createPhotoCodec(await stored(tinyCodec('tiny-codec', 9)));
    const file = readPel(await other.compress(smoothPicture({ width: 20, height: 20 }), options));
    other.dispose();
    const refusal = {
      code: 'MODEL_NOT_FOUND',
      subject: 'tiny-codec',
      message: expect.stringContaining(file.header.modelHash) as string,
    };
    await expect(codec.decompress(file, {})).rejects.toMatchObject(refusal);
    await expect(codec.latentOf(file)).rejects.toThrow(file.header.modelHash);
  });

  it('is not made from a model of another kind', async () => {
    const denoiser = await stored(tinyDenoiser());
    await expect(createPhotoCodec(denoiser)).rejects.toMatchObject({ code: 'MODEL_KIND_MISMATCH' });
  });
});

it('stops when it is told to', async () => {
  const pixels = smoothPicture({ width: 30, height: 30 });
  const file = readPel(await codec.compress(pixels, options));
  const signal = AbortSignal.abort();
  await expect(codec.compress(pixels, { ...options, signal })).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(codec.decompress(file, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
});

it('leaves no tensors behind', async () => {
  const pixels = smoothPicture({ width: 30, height: 30 });
  const before = tensorFlow().memory().numTensors;
  for (let round = 0; round < 3; round++) await codec.decompress(readPel(await codec.compress(pixels, options)), {});
  expect(tensorFlow().memory().numTensors).toBe(before);
});
