/**
 * What computing in bfloat16 costs: every bundled model on the clean photos of a folder, with Gaussian noise added,
 * in float32 and in bfloat16, PSNR against the clean photo. The codec is told the noise level as the denoiser is; its
 * bits per pixel are measured too, and one file of each photo is decoded by both. Prints a line for each model.
 *
 *     node_modules/.bin/node bench/number-types.ts FOLDER [--sigma 25] [--quality 40] [--limit N]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPel } from '../src/codec/read-pel.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { createPhotoCodec } from '../src/ml/compress/photo-codec.ts';
import { addGaussianNoise, toPixels } from '../src/ml/degradation/gaussian.ts';
import { createDenoiser } from '../src/ml/denoise/denoiser.ts';
import type { ComputeType } from '../src/ml/graph/compute-type.ts';
import { createModelStore } from '../src/ml/store/model-store.ts';
import type { ModelPackage } from '../src/ml/store/model-package.ts';
import { psnrOfPixels } from '../src/metrics/psnr.ts';
import type { Pixels } from '../src/shared/pixels.ts';

/** What a model made of a noisy photo, and how many bits a pixel it took where it compresses. */
interface Result {
  pixels: Pixels;
  bpp: number;
}
type Restore = (noisy: Pixels) => Promise<Result>;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    sigma: { type: 'string', default: '25' },
    quality: { type: 'string', default: '40' },
    limit: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder of the photos.');
const [sigma255, quality] = [Number(values.sigma), Number(values.quality)];
const names = (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort();
const bundledDir = join(import.meta.dirname, '../assets/models');
const store = createModelStore({ bundledDir, userDir: '' });

async function restorer(model: ModelPackage, type: ComputeType): Promise<Restore> {
  if (model.manifest.architecture.kind === 'denoiser') {
    const denoiser = await createDenoiser(model, type);
    return async (noisy) => ({ pixels: await denoiser.denoise(noisy, { sigma255 }), bpp: 0 });
  }
  const codec = await createPhotoCodec(model, type);
  return async (noisy) => {
    const file = await codec.compress(noisy, { quality, sigma255, blocks: [] });
    const bpp = (8 * file.length) / (noisy.width * noisy.height);
    return { pixels: await codec.decompress(readPel(file), {}), bpp };
  };
}

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

async function measure(model: ModelPackage): Promise<void> {
  const restorers = [await restorer(model, 'float32'), await restorer(model, 'bfloat16')] as const;
  const psnrs: [number[], number[]] = [[], []];
  const bpps: [number[], number[]] = [[], []];
  for (const [index, name] of names.slice(0, Number(values.limit ?? names.length)).entries()) {
    const { pixels } = await readPhoto({ path: join(folder as string, name) });
    const noisy = sigma255 === 0 ? pixels : toPixels(addGaussianNoise(pixels, sigma255, index), pixels);
    for (const type of [0, 1] as const) {
      const result = await restorers[type](noisy);
      psnrs[type].push(psnrOfPixels(result.pixels, pixels));
      bpps[type].push(result.bpp);
    }
  }
  const loss = psnrs[0].map((psnr, index) => psnr - (psnrs[1][index] as number));
  const sizes = mean(bpps[0]) === 0 ? '' : `; ${mean(bpps[0]).toFixed(4)} and ${mean(bpps[1]).toFixed(4)} bpp`;
  console.log(
    `${model.manifest.id}, sigma ${sigma255}: float32 ${mean(psnrs[0]).toFixed(3)} dB, bfloat16 ${mean(psnrs[1]).toFixed(3)} dB; ` +
      `loss ${mean(loss).toFixed(4)} dB, at most ${Math.max(...loss).toFixed(4)} dB${sizes}`,
  );
}

for (const { id, kind } of await store.list()) {
  if (kind === 'denoiser' || kind === 'codec') await measure(await store.load(kind, id));
}
