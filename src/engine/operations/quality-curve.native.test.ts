import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { readPel } from '../../codec/container.ts';
import { psnrOfPixels } from '../../metrics/psnr.ts';
import type { Pixels } from '../../shared/pixels.ts';
import { createRandom } from '../../shared/random.ts';
import { createModels } from './models.ts';

const bundledDir = fileURLToPath(new URL('../../../assets/models', import.meta.url));
const models = createModels({ bundledDir, userDir: bundledDir });
afterAll(() => models.forget());

const side = 96;

/** A picture of `side` x `side` pixels by a formula that gives 0..1 for each sample. */
function made(valueAt: (x: number, y: number, channel: number) => number): Pixels {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const at = Math.floor(i / 3);
    const value = valueAt(at % side, Math.floor(at / side), i % 3);
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  });
  return { width: side, height: side, channels: 3, data };
}

const random = createRandom(4, 0);
const grain = Float32Array.from({ length: side * side }, () => random.normal());
const photos = {
  /** Hills before a sky: slow gradients and soft edges. */
  soft: made((x, y, channel) => {
    const ridge = 70 + 18 * Math.sin(x / 19) + 9 * Math.sin(x / 7.3 + 1);
    const ground = 1 / (1 + Math.exp((ridge - y) / 1.5));
    const sky = [0.45, 0.62, 0.85][channel] ?? 0;
    const bumps = 0.07 * Math.sin((x * x) / 190 + y / 3) + 0.03 * (grain[y * side + x] ?? 0);
    const earth = ([0.3, 0.36, 0.2][channel] ?? 0) + bumps;
    return sky * (1 - y / 400) * (1 - ground) + earth * ground;
  }),
  /** Texture on every scale. */
  rough: made((x, y, channel) => {
    const waves = 0.12 * Math.sin((x * x) / 300 + y / 4) + 0.1 * Math.cos((y * y) / 210 - x / 6);
    return 0.45 + waves + 0.06 * (grain[y * side + x] ?? 0) + 0.05 * channel;
  }),
  /** Hard edges and small strokes, as of writing. */
  edges: made((x, y, channel) => {
    const board = (Math.floor(x / 21) + Math.floor(y / 17)) % 2;
    const strokes = (x * 5 + ((y * 3) % 11)) % 13 < 3 && y % 9 < 6 ? -0.4 : 0;
    return 0.7 - 0.25 * board * (channel === 2 ? 0.4 : 1) + strokes;
  }),
};

/** So small a picture has few integers, whose rounding moves a curve a little to and fro between two qualities. */
const noise = { sizeShare: 0.01, sizeBytes: 4, decibels: 0.2 };

it.each(Object.entries(photos))('size and PSNR rise from quality 1 to 100: %s', async (_name, pixels) => {
  const codec = await models.codec();
  const analysed = await codec.analyse(pixels, { sigma255: 0, blocks: [] });
  const curve: { size: number; psnr: number }[] = [];
  for (let quality = 1; quality <= 100; quality++) {
    const pel = await analysed.encode(quality);
    curve.push({ size: pel.length, psnr: psnrOfPixels(await codec.decompress(readPel(pel), {}), pixels) });
  }
  const most = { size: 0, psnr: 0 };
  for (const { size, psnr } of curve) {
    expect(size).toBeGreaterThanOrEqual(most.size * (1 - noise.sizeShare) - noise.sizeBytes);
    expect(psnr).toBeGreaterThanOrEqual(most.psnr - noise.decibels);
    most.size = Math.max(most.size, size);
    most.psnr = Math.max(most.psnr, psnr);
  }
  const [first, middle, last] = [curve[0], curve[49], curve[99]];
  expect(middle?.size).toBeGreaterThan(1.8 * (first?.size ?? 0));
  expect(last?.size).toBeGreaterThan(1.8 * (middle?.size ?? 0));
  expect(middle?.psnr).toBeGreaterThan((first?.psnr ?? 0) + 2);
  expect(last?.psnr).toBeGreaterThan((middle?.psnr ?? 0) + 2);
});
