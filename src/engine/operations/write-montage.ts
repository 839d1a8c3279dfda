import { createMontageRows } from '../../image/montage-rows.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { writeFileSafely } from '../../image/write-file.ts';
import { bitsPerPixel } from '../../metrics/bits-per-pixel.ts';
import type { WorkOptions } from '../../ml/interfaces.ts';
import type { Params } from '../../shared/params.ts';
import { decompressPel } from './compress-photo.ts';
import { latentPicture } from './latent-picture.ts';
import type { Models } from './models.ts';
import { readRegularFile } from '../data/regular-file.ts';

/** Noisy, encoded and restored side by side, one photo a row, all from the files on disk; gives the montage's size. */
export async function writeMontage(
  { rows, path, overwrite }: Params<'montage.write'>,
  models: Models,
  options: WorkOptions,
): Promise<{ path: string; sizeBytes: number }> {
  const montageRows: Parameters<typeof createMontageRows>[0][number][] = [];
  for (const row of rows) {
    options.signal?.throwIfAborted();
    montageRows.push(await panesOf(row, models, options));
  }
  const bytes = await createMontageRows(montageRows);
  await writeFileSafely(path, bytes, { overwrite });
  return { path, sizeBytes: bytes.length };
}

async function panesOf(row: { source: string; pel: string }, models: Models, options: WorkOptions) {
  const { pixels, metadata, source } = await readPhoto({ path: row.source });
  const pel = await readRegularFile(row.pel, options.signal);
  const restored = await decompressPel(pel, models, options);
  const { width, height } = pixels;
  const ratio = source.sizeBytes / pel.length;
  const size = `${kilobytes(pel.length)}, ${bitsPerPixel(pel.length, width, height).toFixed(2)} bpp`;
  const compared = ratio >= 1 ? `${ratio.toFixed(1)}x smaller` : `${(1 / ratio).toFixed(1)}x larger`;
  const panes = [
    {
      title: 'Noisy',
      lines: [source.name, `${kilobytes(source.sizeBytes)}, sigma ${restored.header.sigma255.toFixed(1)}`],
      pixels,
    },
    { title: 'Encoded', lines: [size, compared], pixels: latentPicture(restored.latent) },
    {
      title: 'Restored',
      lines: [`${width} x ${height}`, `from the ${kilobytes(pel.length)} at left`],
      pixels: restored.pixels,
    },
  ];
  return { panes, options: { icc: metadata.icc } };
}

function kilobytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
