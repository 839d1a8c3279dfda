/**
 * Denoises clean photos with the automatic settings and measures what came back against what went in: how much a
 * photo without noise loses. Prints a line for each photo and the mean.
 *
 *     node_modules/.bin/node bench/clean-photos.ts FOLDER
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createModels } from '../src/engine/operations/models.ts';
import { noiseLevelOf } from '../src/engine/operations/noise-level.ts';
import { denoisePhoto } from '../src/engine/operations/restore-photo.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { psnrOfPixels } from '../src/metrics/psnr.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder of the photos.');
const models = createModels({ bundledDir: join(import.meta.dirname, '../assets/models'), userDir: '' });
const psnrs: number[] = [];
for (const file of (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort()) {
  const { pixels } = await readPhoto({ path: join(folder, file) });
  const level = noiseLevelOf(pixels, 'auto');
  const settings = { mode: 'denoise' as const, quality: 100, strength: 100, ...level };
  const restored = await denoisePhoto(pixels, settings, models, {});
  const psnr = psnrOfPixels(restored.pixels, pixels);
  console.log(`${file}  sigma ${level.sigma255.toFixed(2)}  ${psnr.toFixed(2)} dB  ${restored.modelId}`);
  psnrs.push(psnr);
}
const mean = psnrs.reduce((sum, psnr) => sum + psnr, 0) / psnrs.length;
console.log(
  `${psnrs.length} photos: ${mean.toFixed(2)} dB against the photo; least ${Math.min(...psnrs).toFixed(2)} dB`,
);
