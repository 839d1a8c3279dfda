/**
 * Compares the size of `.pel` files with what the training's rate model expects for the same integers. Prints a line
 * for each quality and noise level: bits per pixel of the whole files, expected bits, and their ratio.
 *
 *     node_modules/.bin/node bench/rate-estimate.ts FOLDER [--quality 20,40,60,80] [--sigma 0,25] [--limit 12]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPel } from '../src/codec/read-pel.ts';
import { readPhoto } from '../src/image/read-photo.ts';
import { createPhotoCodec } from '../src/ml/compress/photo-codec.ts';
import { addGaussianNoise, toPixels } from '../src/ml/degradation/gaussian.ts';
import { Graph } from '../src/ml/graph/graph.ts';
import type { Value } from '../src/ml/graph/graph.ts';
import { reduce } from '../src/ml/graph/operations.ts';
import { Session } from '../src/ml/graph/session.ts';
import type { LatentIntegers } from '../src/ml/interfaces.ts';
import { anchorWeights } from '../src/ml/quantise/quality.ts';
import { createModelStore } from '../src/ml/store/model-store.ts';
import { estimatedBits, rateParameters } from '../src/ml/training/rate-model.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quality: { type: 'string', default: '20,40,60,80' },
    sigma: { type: 'string', default: '0,25' },
    limit: { type: 'string', default: '12' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder of the photos.');
const names = (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort();
const store = createModelStore({ bundledDir: join(import.meta.dirname, '../assets/models'), userDir: '' });
const model = await store.load('codec');
const { architecture } = model.manifest;
if (architecture.kind !== 'codec') throw new Error('Expected a codec.');
const { latentChannels, qualityAnchors } = architecture;
const codec = await createPhotoCodec(model);
const sessions = new Map<string, Session>();

async function expectedBits({ values: integers, height, width }: LatentIntegers, quality: number): Promise<number> {
  const shape = [1, height, width, latentChannels];
  const key = shape.join();
  const session = sessions.get(key) ?? (await Session.load(rateGraph(shape)));
  sessions.set(key, session);
  const positions = height * width;
  const latent = new Float32Array(integers.length);
  integers.forEach((value, index) => {
    latent[(index % positions) * latentChannels + Math.floor(index / positions)] = value;
  });
  const { bits } = session.run('run', { latent, anchors: anchorWeights(quality, qualityAnchors) });
  return (bits as Float32Array)[0] as number;
}

function rateGraph(shape: number[]): Graph {
  const graph = new Graph();
  const latent = graph.placeholder('latent', shape, 'float32');
  const anchors = graph.placeholder('anchors', [1, qualityAnchors], 'float32');
  const shapes = rateParameters(latentChannels, qualityAnchors, new Float32Array(latentChannels * qualityAnchors));
  const parameter = (name: string): Value =>
    graph.constant(model.weights.get(name) as Float32Array, shapes.find((one) => one.name === name)?.shape ?? []);
  const bits = reduce(graph, 'Sum', estimatedBits({ graph, noisy: latent, anchors, parameter }), [0, 1, 2, 3]);
  graph.signature('run', { inputs: { latent, anchors }, outputs: { bits } });
  return graph;
}

const numbers = (list: string): number[] => list.split(',').map(Number);
for (const sigma255 of numbers(values.sigma))
  for (const quality of numbers(values.quality)) {
    let [pixelCount, bits, expected] = [0, 0, 0];
    for (const [index, name] of names.slice(0, Number(values.limit)).entries()) {
      const { pixels } = await readPhoto({ path: join(folder, name) });
      const photo = sigma255 === 0 ? pixels : toPixels(addGaussianNoise(pixels, sigma255, index), pixels);
      const file = await codec.compress(photo, { quality, sigma255, blocks: [] });
      pixelCount += pixels.width * pixels.height;
      bits += 8 * file.length;
      expected += await expectedBits(await codec.latentOf(readPel(file)), quality);
    }
    const [bpp, expectedBpp] = [bits / pixelCount, expected / pixelCount];
    console.log(
      `quality ${quality}, sigma ${sigma255}: files ${bpp.toFixed(4)} bpp, expected ${expectedBpp.toFixed(4)} bpp, ratio ${(bpp / expectedBpp).toFixed(3)}`,
    );
  }
