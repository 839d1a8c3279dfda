import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { fuzzPel } from '../src/codec/fuzz.ts';
import { decompressPel } from '../src/engine/operations/compress-photo.ts';
import { createModels } from '../src/engine/operations/models.ts';

/**
 * Damages `.pel` files: half of them golden ones, which are decoded to pictures, half random ones, to integers. Run by
 * `npm run fuzz [-- ROUNDS [SEED]]`; 100,000 rounds from seed 1 unless told otherwise. Ends with an error at the first
 * file that is neither refused with a typed error nor decodes to the size that it declares.
 */
const [rounds = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const folder = fileURLToPath(new URL('../tests/golden/v1', import.meta.url));
const models = createModels({ bundledDir: folder, userDir: folder });
const originals = readdirSync(folder)
  .filter((name) => name.endsWith('.pel'))
  .map((name) => new Uint8Array(readFileSync(join(folder, name))));

const pictures = await fuzzPel(seed, Math.floor(rounds / 2), decodePicture, originals);
const integers = await fuzzPel(seed, Math.ceil(rounds / 2));
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ pictures, integers, peakMiB }, null, 2)}\n`);

async function decodePicture(file: Uint8Array): Promise<void> {
  const { header, pixels, alpha } = await decompressPel(file, models, {});
  const { width, height, channels } = header;
  const positions = width * height;
  if (pixels.data.length !== positions * channels || (alpha !== undefined && alpha.length !== positions))
    throw new Error(`A file that declares ${width} x ${height} x ${channels} decoded to another size.`);
}
