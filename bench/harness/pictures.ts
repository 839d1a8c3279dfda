import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import type { OutputFormat } from '../../src/shared/photo.ts';
import type { Pixels } from '../../src/shared/pixels.ts';
import { mirrored } from '../../src/ml/tiling/raster.ts';

const sample = fileURLToPath(new URL('../../assets/samples/mountain-lake-noisy.jpg', import.meta.url));

/** The noisy sample photo that comes with the app, mirrored again and again until it has the size that is asked for. */
export async function samplePixels(width: number, height: number): Promise<Pixels> {
  const { pixels } = await readPhoto({ path: sample });
  const data = new Uint8Array(width * height * 3);
  const columns = Int32Array.from({ length: width }, (_, x) => 3 * mirrored(x, pixels.width));
  for (let y = 0, t = 0; y < height; y++) {
    const row = 3 * mirrored(y, pixels.height) * pixels.width;
    for (let x = 0; x < width; x++, t += 3) {
      const s = row + (columns[x] as number);
      data[t] = pixels.data[s] as number;
      data[t + 1] = pixels.data[s + 1] as number;
      data[t + 2] = pixels.data[s + 2] as number;
    }
  }
  return { width, height, channels: 3, data };
}

/** The same as a file of that format, a JPEG with colour at half resolution, as cameras write them; gives its path. */
export async function sampleFile(folder: string, width: number, height: number, format: OutputFormat): Promise<string> {
  const pixels = await samplePixels(width, height);
  const bytes = await encodePhoto({ pixels, metadata: {} }, { format, metadata: 'strip', quality: 92, chroma: '420' });
  const path = join(folder, `sample-${width}x${height}.${format}`);
  await writeFile(path, bytes);
  return path;
}
