import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTables } from '../codec/entropy-tables.ts';
import { createRandom } from '../shared/random.ts';
import { sizeOf } from './graph/graph.ts';
import type { Network, Weights } from './layers/description.ts';
import { parametersOf } from './layers/network.ts';
import type { AutoencoderParts } from './models/autoencoder-parts.ts';
import { analysisNetwork, latentStride, synthesisNetwork } from './models/codec.ts';
import type { CodecShape } from './models/codec.ts';
import { denseAutoencoder } from './models/dense.ts';
import { denoiserNetwork, denoiserStride } from './models/denoiser.ts';
import { variationalAutoencoder } from './models/variational.ts';
import { readModelPackage, writeModelPackage } from './store/model-package.ts';
import type { ModelPackage, NewModel } from './store/model-package.ts';

/** Networks of the real kinds, so small that a test can afford to run them; their weights are random. */
export const tinyDenoiserShape = { widths: [8, 12], blocks: 1 };
export const tinyCodecShape: CodecShape = {
  denoiser: tinyDenoiserShape,
  latentChannels: 12,
  widths: [8, 8, 8, 6],
  blocks: [1, 1, 1, 1],
  qualityAnchors: 3,
};

/** Weights without the small gains of a network's first weights, so that no layer's effect is too small to be seen. */
export function lively(network: Network, seed: number): Weights {
  const random = createRandom(seed, 0);
  return new Map(
    parametersOf(network).map(({ fullName, shape }) => {
      const deviation = shape.length === 1 ? 0.1 : Math.sqrt((shape.at(-1) ?? 1) / sizeOf(shape));
      return [fullName, Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal())];
    }),
  );
}

function arraysOf(network: Network, weights: Weights, prefix = ''): NewModel['arrays'] {
  return parametersOf(network).map(({ fullName, shape }) => ({
    name: `${prefix}${fullName}`,
    shape,
    values: weights.get(fullName) as Float32Array,
  }));
}

export function tinyDenoiser(id = 'tiny-denoiser', version = 1): NewModel {
  const network = denoiserNetwork(tinyDenoiserShape);
  return {
    manifest: {
      id,
      title: id,
      version,
      architecture: { kind: 'denoiser', network, stride: denoiserStride(tinyDenoiserShape) },
      training: {},
      metrics: {},
    },
    arrays: arraysOf(network, lively(network, 1)),
  };
}

export function tinyCodec(id = 'tiny-codec', seed = 2): NewModel {
  const analysis = analysisNetwork(tinyCodecShape);
  const synthesis = synthesisNetwork(tinyCodecShape);
  const { latentChannels, qualityAnchors } = tinyCodecShape;
  const synthesisWeights = lively(synthesis, seed + 1);
  synthesisWeights.set('linear/bias', Float32Array.of(0.5, 0.5, 0.5));
  const shape = [qualityAnchors, latentChannels];
  const gains = (ofAnchor: (anchor: number) => number): Float32Array =>
    Float32Array.from({ length: qualityAnchors * latentChannels }, (_, i) => ofAnchor(Math.floor(i / latentChannels)));
  return {
    manifest: {
      id,
      title: id,
      version: 1,
      architecture: { kind: 'codec', analysis, synthesis, latentChannels, stride: latentStride, qualityAnchors },
      training: {},
      metrics: {},
      entropyTables: defaultTables(latentChannels),
    },
    arrays: [
      ...arraysOf(analysis, lively(analysis, seed), 'analysis/'),
      ...arraysOf(synthesis, synthesisWeights, 'synthesis/'),
      { name: 'gains/forward', shape, values: gains((anchor) => 2 + anchor) },
      // Far enough below the forward gains that most pixels stay within 0 and 1.
      { name: 'gains/inverse', shape, values: gains((anchor) => -4 - anchor) },
    ],
  };
}

/** A model as it is after a way through the disk. */
export async function stored(model: NewModel): Promise<ModelPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-test-model-'));
  try {
    await writeModelPackage(join(folder, 'model'), model);
    return await readModelPackage(join(folder, 'model'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An autoencoder of 8 x 12 colour pictures. */
export function tinyAutoencoder(kind: AutoencoderParts['kind'], id = `tiny-${kind}`): NewModel {
  const shape = { width: 12, height: 8, channels: 3 } as const;
  const parts =
    kind === 'dense'
      ? denseAutoencoder({ ...shape, hidden: [10], bottleneck: 4, initialiser: 'he' })
      : variationalAutoencoder({ ...shape, widths: [6, 8], bottleneck: 4 });
  return {
    manifest: { id, title: id, version: 1, architecture: parts, training: {}, metrics: {} },
    arrays: [
      ...arraysOf(parts.encoder, lively(parts.encoder, 3), 'encoder/'),
      ...arraysOf(parts.decoder, lively(parts.decoder, 4), 'decoder/'),
    ],
  };
}
