import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPhoto } from '../../image/read-photo.ts';
import { writeRatePlot } from './rate-plot.ts';

test('a panel for each noise level holds a line for each method, each told apart by its colour', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-plot-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const methods = ['model', 'jpeg', 'webp', 'avif', 'denoised-webp', 'denoised-avif'];
  const points = [0, 25].flatMap((sigma255) =>
    methods.flatMap((method, at) => [0.3, 0.6, 1.2].map((bpp) => ({ method, sigma255, bpp, psnr: 30 + at + bpp }))),
  );
  const path = join(folder, 'curves.svg');
  const { paths } = await writeRatePlot(points, path);
  expect(paths).toEqual([path, join(folder, 'curves.png')]);
  expect((await readdir(folder)).sort()).toEqual(['curves.png', 'curves.svg']);
  const svg = await readFile(path, 'utf8');
  for (const text of ['clean photos', 'sigma 25 of 255', 'Pellucid', 'JPEG', 'denoised, AVIF'])
    expect(svg).toContain(text);
  // Colours of lines that are drawn in both panels and in the legend.
  const strokes = [...svg.matchAll(/stroke="(#[0-9a-f]{6})"/g)].map(([, colour]) => colour);
  const often = new Set(strokes.filter((colour) => strokes.filter((other) => other === colour).length >= 3));
  expect(often.size).toBeGreaterThanOrEqual(methods.length);
  expect((await readPhoto({ path: paths[1] ?? '' })).pixels).toMatchObject({ width: 2240, height: 960 });
});
