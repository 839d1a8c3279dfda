import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../shared/contract.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Denoiser } from '../interfaces.ts';
import { networkEager } from '../layers/network.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { crop, largestDifference, scatteredPicture, smoothPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyCodec, tinyDenoiser } from '../tiny-models.test-support.ts';
import { createDenoiser, denoiserFrom } from './denoiser.ts';

let model: ModelPackage;
let denoiser: Denoiser;
/** The same, in tiles that leave 32 pixels between their halos. */
let inTiles: Denoiser;

beforeAll(async () => {
  model = await stored(tinyDenoiser());
  denoiser = await createDenoiser(model);
  const { architecture } = model.manifest;
  if (architecture.kind !== 'denoiser') throw new Error('Expected a denoiser.');
  inTiles = denoiserFrom({ modelId: 'tiles', network: architecture.network, weights: model.weights }, 4, 128 ** 2);
});
afterAll(() => {
  denoiser.dispose();
  inTiles.dispose();
});

/** The network on a picture whose sides suit it, on tfjs's own operations. */
function reference({ data, width, height }: Pixels, sigma255: number): number[] {
  const tf = tensorFlow();
  const { architecture } = model.manifest;
  if (architecture.kind !== 'denoiser') throw new Error('Expected a denoiser.');
  const { network } = architecture;
  return tf.tidy(() => {
    const photo = tf.tensor(data as Uint8Array, [1, height, width, 3], 'float32').div(255);
    const sigma = tf.fill([1, height, width, 1], sigma255 / 255);
    const noise = networkEager(tf, network, { photo, sigma }, ({ fullName, shape }) =>
      tf.tensor(model.weights.get(fullName) as Float32Array, shape),
    );
    const clean = photo.sub(noise).mul(255).clipByValue(0, 255);
    return Array.from(clean.dataSync());
  });
}

describe('a denoised picture', () => {
  it('is the picture less what the network sees as noise', async () => {
    const pixels = smoothPicture({ width: 32, height: 24 }, 20);
    const { data } = await denoiser.denoise(pixels, { sigma255: 20 });
    expect(largestDifference(data, reference(pixels, 20))).toBeLessThan(0.51);
    expect(largestDifference(data, pixels.data)).toBeGreaterThan(5);
    expect(largestDifference(data, reference(pixels, 60))).toBeGreaterThan(1);
  });

  it.each([
    [1, 1],
    [3, 5],
    [17, 33],
  ])('of %d x %d keeps size, channels and depth', async (width, height) => {
    for (const channels of [1, 3] as const) {
      for (const depth of [8, 16] as const) {
        const pixels = scatteredPicture({ width, height, channels, depth });
        const result = await denoiser.denoise(pixels, { sigma255: 10 });
        expect(result).toMatchObject({ width, height, channels });
        expect(result.data.constructor).toBe(pixels.data.constructor);
        expect(result.data.length).toBe(pixels.data.length);
      }
    }
  });

  it('is the same at 16 bits, but finer', async () => {
    const pixels = smoothPicture({ width: 20, height: 12 }, 10);
    const deep: Pixels = { ...pixels, data: Uint16Array.from(pixels.data, (value) => 257 * value) };
    const eight = await denoiser.denoise(pixels, { sigma255: 10 });
    const sixteen = await denoiser.denoise(deep, { sigma255: 10 });
    const scaled = Array.from(sixteen.data, (value) => value / 257);
    expect(largestDifference(scaled, eight.data)).toBeLessThan(0.502);
    expect(scaled.some((value) => Math.abs(value - Math.round(value)) > 0.2)).toBe(true);
  });

  it('of grey is the grey of the picture with three equal channels', async () => {
    const grey = smoothPicture({ width: 20, height: 12, channels: 1 }, 10);
    const rgb: Pixels = { ...grey, channels: 3, data: new Uint8Array(grey.data.length * 3) };
    grey.data.forEach((value, i) => rgb.data.fill(value, 3 * i, 3 * i + 3));
    const floats = await denoiser.denoiseFloats(Float32Array.from(rgb.data), 20, 12, { sigma255: 10 });
    const means = Array.from(grey.data, (_, i) => {
      const mean = ((floats[3 * i] as number) + (floats[3 * i + 1] as number) + (floats[3 * i + 2] as number)) / 3;
      return Math.min(255, Math.max(0, mean));
    });
    const { data } = await denoiser.denoise(grey, { sigma255: 10 });
    expect(largestDifference(data, means)).toBeLessThan(0.51);
  });

  it('in floats is neither rounded nor clipped', async () => {
    const pixels = smoothPicture({ width: 16, height: 16 }, 10);
    const values = Float32Array.from(pixels.data, (value) => 2 * value - 128);
    const floats = await denoiser.denoiseFloats(values, 16, 16, { sigma255: 10 });
    expect(floats.some((value) => value < 0)).toBe(true);
    expect(floats.some((value) => value !== Math.round(value))).toBe(true);
  });
});

it('as the mean of its eight orientations does not depend on how the picture lies', async () => {
  const pixels = smoothPicture({ width: 20, height: 12 }, 20);
  const lying: Pixels = { ...pixels, width: 12, height: 20, data: pixels.data.slice() };
  for (let y = 0; y < 12; y++) {
    for (let x = 0; x < 20; x++) {
      const from = 3 * (y * 20 + x);
      lying.data.set(pixels.data.subarray(from, from + 3), 3 * (x * 12 + 11 - y));
    }
  }
  const options = { sigma255: 20, ensemble: true };
  const upright = await denoiser.denoise(pixels, options);
  const turned = await denoiser.denoise(lying, options);
  const sorted = (values: Pixels['data']): number[] => Array.from(values).sort((a, b) => a - b);
  expect(largestDifference(sorted(turned.data), sorted(upright.data))).toBeLessThanOrEqual(1);
  const once = await denoiser.denoise(pixels, { sigma255: 20 });
  expect(largestDifference(once.data, upright.data)).toBeGreaterThan(0);
});

describe('a map of the noise', () => {
  const evenMap = { columns: 2, rows: 2, sigma255: Float32Array.of(20, 20, 20, 20) };
  const halves = { columns: 2, rows: 1, sigma255: Float32Array.of(5, 45) };
  const pixels = smoothPicture({ width: 203, height: 177 }, 25);

  it('of one level everywhere does what the level does', async () => {
    for (const ensemble of [false, true]) {
      const one = await denoiser.denoise(pixels, { sigma255: 20, ensemble });
      const mapped = await denoiser.denoise(pixels, { sigma255: 60, noiseMap: evenMap, ensemble });
      expect(largestDifference(one.data, mapped.data)).toBeLessThanOrEqual(1);
    }
  });

  it('counts where it says', async () => {
    const mapped = await denoiser.denoise(pixels, { sigma255: 25, noiseMap: halves });
    const atEdge = async (left: number, sigma255: number): Promise<number> => {
      const strip = { left, top: 20, width: 20, height: 120 };
      const whole = await denoiser.denoise(pixels, { sigma255 });
      return largestDifference(crop(mapped, strip).data, crop(whole, strip).data);
    };
    expect(await atEdge(0, 5)).toBeLessThanOrEqual(1);
    expect(await atEdge(183, 45)).toBeLessThanOrEqual(1);
    expect(await atEdge(183, 5)).toBeGreaterThan(2);
  });

  it('is the same in tiles, and in the mean over orientations', async () => {
    for (const ensemble of [false, true]) {
      const options = { sigma255: 25, noiseMap: halves, ensemble };
      const whole = await denoiser.denoise(pixels, options);
      const tiled = await inTiles.denoise(pixels, options);
      expect(largestDifference(whole.data, tiled.data)).toBeLessThanOrEqual(1);
    }
  });
});

describe('tiles', () => {
  it('make no difference to the picture', async () => {
    const pixels = smoothPicture({ width: 203, height: 177 }, 25);
    const whole = await denoiser.denoise(pixels, { sigma255: 25 });
    const tiled = await inTiles.denoise(pixels, { sigma255: 25 });
    expect(largestDifference(whole.data, tiled.data)).toBeLessThanOrEqual(1);
  });

  it.each([
    { left: 61, top: 43, width: 50, height: 31 },
    { left: 0, top: 0, width: 1, height: 1 },
    { left: 150, top: 100, width: 53, height: 77 },
  ])('make a region that is the crop of the whole: %o', async (region) => {
    const pixels = smoothPicture({ width: 203, height: 177 }, 25);
    const whole = await denoiser.denoise(pixels, { sigma255: 25 });
    for (const each of [denoiser, inTiles]) {
      const part = await each.denoise(pixels, { sigma255: 25, region });
      expect(part).toMatchObject({ width: region.width, height: region.height });
      expect(largestDifference(part.data, crop(whole, region).data)).toBeLessThanOrEqual(1);
    }
  });

  it('are counted to the last one', async () => {
    const seen: Progress[] = [];
    const pixels = smoothPicture({ width: 203, height: 177 });
    await inTiles.denoise(pixels, { sigma255: 25, onProgress: (progress) => seen.push(progress) });
    const total = seen[0]?.total as number;
    expect(total).toBeGreaterThan(4);
    expect(seen.map(({ completed }) => completed)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(seen.at(-1)).toMatchObject({ completed: total, total, unit: 'tiles', etaSeconds: 0 });
  });

  it('are where an abort is heard', async () => {
    const controller = new AbortController();
    const pixels = smoothPicture({ width: 203, height: 177 });
    let completed = 0;
    const work = inTiles.denoise(pixels, {
      sigma255: 25,
      signal: controller.signal,
      onProgress: (progress) => {
        completed = progress.completed;
        if (completed === 2) controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
    expect(completed).toBe(2);
  });

  it('leave no tensors behind', async () => {
    const pixels = smoothPicture({ width: 40, height: 30 });
    await denoiser.denoise(pixels, { sigma255: 25 });
    const before = tensorFlow().memory().numTensors;
    for (let round = 0; round < 5; round++) await denoiser.denoise(pixels, { sigma255: 25 });
    expect(tensorFlow().memory().numTensors).toBe(before);
  });
});

it('is refused for a model of another kind', async () => {
  const codec = await stored(tinyCodec());
  await expect(createDenoiser(codec)).rejects.toMatchObject({ code: 'MODEL_KIND_MISMATCH', subject: 'tiny-codec' });
});
