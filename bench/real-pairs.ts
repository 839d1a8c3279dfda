/**
 * Denoises real noisy photos with the automatic settings and measures them against their references: pairs of files
 * NAME_real and NAME_mean in one folder, as in the PolyU set. Prints a line for each pair and the mean.
 *
 *     node_modules/.bin/node bench/real-pairs.ts FOLDER [--limit N]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createModels } from '../src/engine/operations/models.ts';
import { noiseLevelOf } from '../src/engine/operations/noise-level.ts';
import { denoisePhoto } from '../src/engine/operations/restore-photo.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { psnrOfPixels } from '../src/metrics/psnr.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { limit: { type: 'string' } } });
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder of the pairs.');
const files = (await readdir(folder)).filter((name) => /_real\./i.test(name)).sort();
const models = createModels({ bundledDir: join(import.meta.dirname, '../assets/models'), userDir: '' });
const gains: number[] = [];
let before = 0;
for (const file of files.slice(0, Number(values.limit ?? files.length))) {
  const { pixels } = await readPhoto({ path: join(folder, file) });
  const reference = await readPhoto({ path: join(folder, file.replace(/_real\./i, '_mean.')) });
  const settings = { mode: 'denoise' as const, quality: 100, strength: 100, ...noiseLevelOf(pixels, 'auto') };
  const restored = await denoisePhoto(pixels, settings, models, {});
  const noisyPsnr = psnrOfPixels(pixels, reference.pixels);
  const gain = psnrOfPixels(restored.pixels, reference.pixels) - noisyPsnr;
  console.log(`${file}  ${noisyPsnr.toFixed(2)} dB  ${gain >= 0 ? '+' : ''}${gain.toFixed(2)} dB  ${restored.modelId}`);
  before += noisyPsnr;
  gains.push(gain);
}
const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
console.log(
  `${gains.length} photos: ${(before / gains.length).toFixed(2)} dB, +${mean.toFixed(2)} dB; worst ${Math.min(...gains).toFixed(2)} dB, ${gains.filter((gain) => gain < -0.2).length} more than 0.2 dB worse`,
);
