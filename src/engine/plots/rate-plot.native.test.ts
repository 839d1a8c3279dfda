import { expect, test } from 'vitest';
import { readPhoto } from '../../image/read-photo.ts';
import { rasteriseSvg } from '../../image/rasterise-svg.ts';
import { drawRatePlot } from './rate-plot.ts';

test('a panel for each noise level holds a line for each method, and is a picture of the declared size', async () => {
  const points = [0, 25].flatMap((sigma255) =>
    (['model', 'jpeg'] as const).flatMap((method) =>
      [0.3, 0.6, 1.2].map((bpp) => ({ method, sigma255, bpp, psnr: 30 + bpp })),
    ),
  );
  const svg = drawRatePlot(points);
  expect(svg).toContain('clean photos');
  expect(svg).toContain('sigma 25 of 255');
  for (const name of ['Pellucid', 'JPEG']) expect(svg).toContain(name);
  expect(svg.split('stroke="#0072b2"').length).toBeGreaterThan(2);
  const { pixels } = await readPhoto({ bytes: await rasteriseSvg(svg, 2), name: 'plot.png' });
  expect(pixels).toMatchObject({ width: 2240, height: 960 });
});
