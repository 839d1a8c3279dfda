import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPhoto } from '../../image/read-photo.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { addGaussianNoise, toPixels } from '../../ml/degradation/gaussian.ts';
import type { ComputeType } from '../../ml/graph/compute-type.ts';
import { loadTensorFlow } from '../../ml/runtime/tensorflow.ts';
import { readModelPackage } from '../../ml/store/model-package.ts';
import { crop } from '../../ml/synthetic-pictures.test-support.ts';
import type { DenoiserParts } from '../../ml/denoise/denoise-graph.ts';
import { denoiserFrom } from '../../ml/denoise/denoiser.ts';

const assets = join(import.meta.dirname, '../../../assets');
const sigma255 = 50;
let parts: DenoiserParts;
let noisy: Pixels;

beforeAll(async () => {
  await loadTensorFlow();
  const { manifest, weights } = await readModelPackage(join(assets, 'models/pellucid-denoiser-4'));
  if (manifest.architecture.kind !== 'denoiser') throw new Error('Expected a denoiser.');
  parts = { modelId: manifest.id, network: manifest.architecture.network, weights };
  const { pixels } = await readPhoto({ path: join(assets, 'samples/mountain-lake-noisy.jpg') });
  const part = crop(pixels, { left: 13, top: 7, width: 1037, height: 411 });
  noisy = toPixels(addGaussianNoise(part, sigma255, 3), part);
});

async function denoised(tilePixels: number, computeType: ComputeType): Promise<Pixels['data']> {
  const denoiser = denoiserFrom(parts, 8, tilePixels, computeType);
  try {
    return (await denoiser.denoise(noisy, { sigma255 })).data;
  } finally {
    denoiser.dispose();
  }
}

/** How many values differ by 0, 1, 2, ... */
function histogram(a: Pixels['data'], b: Pixels['data']): number[] {
  const counts: number[] = [];
  a.forEach((value, i) => {
    const difference = Math.abs(value - (b[i] as number));
    counts[difference] = (counts[difference] ?? 0) + 1;
  });
  return counts;
}

describe('a photo denoised in tiles by the bundled model', () => {
  it('is the one denoised whole, to 1 of 255, for tiles of 128 to 1024', async () => {
    const whole = await denoised(2 ** 24, 'float32');
    expect(histogram(whole, noisy.data).length).toBeGreaterThan(100);
    for (const side of [128, 200, 352, 512, 1024])
      expect(histogram(await denoised(side * side, 'float32'), whole).length, `side ${side}`).toBeLessThanOrEqual(2);
  });

  it('is in bfloat16 the same but for one value in ten thousand, which may differ by 2', async () => {
    const whole = await denoised(2 ** 24, 'bfloat16');
    for (const side of [160, 512]) {
      const [, , by2 = 0, ...more] = histogram(await denoised(side * side, 'bfloat16'), whole);
      expect(more).toEqual([]);
      expect(by2 / whole.length).toBeLessThan(1e-4);
    }
  });

  it('is in bfloat16 what it is in float32, to a few of 255', async () => {
    const difference = histogram(await denoised(2 ** 20, 'bfloat16'), await denoised(2 ** 20, 'float32'));
    const squares = difference.reduce((sum, count, by) => sum + count * by * by, 0);
    expect(Math.sqrt(squares / noisy.data.length)).toBeLessThan(1);
    expect(difference.length).toBeLessThan(12);
  });
});
