import { z } from 'zod';
import { PellucidError } from '../../shared/errors.ts';
import { architectureFault } from './architecture-fault.ts';

/** What a model package says of itself, in `manifest.json`. Nothing in it is ever executed. */

const name = z.string().min(1).max(200);
const size = z.int().min(1).max(65_536);
const gain = z.number().min(0).max(100);
const convolution = { name, input: name, filters: size, kernel: size.max(64), stride: size.max(64), gain };

const layer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('conv2d'), ...convolution }),
  z.strictObject({ type: z.literal('conv2dTranspose'), ...convolution }),
  z.strictObject({ type: z.literal('dense'), name, input: name, units: size, initialiser: z.enum(['he', 'glorot']) }),
  z.strictObject({ type: z.literal('relu'), name, input: name }),
  z.strictObject({ type: z.literal('sigmoid'), name, input: name }),
  z.strictObject({ type: z.literal('spaceToDepth'), name, input: name, block: size.max(64) }),
  z.strictObject({ type: z.literal('depthToSpace'), name, input: name, block: size.max(64) }),
  z.strictObject({ type: z.literal('flatten'), name, input: name, height: size, width: size }),
  z.strictObject({ type: z.literal('unflatten'), name, input: name, height: size, width: size }),
  z.strictObject({ type: z.literal('add'), name, inputs: z.tuple([name, name]) }),
  z.strictObject({ type: z.literal('subtract'), name, inputs: z.tuple([name, name]) }),
  z.strictObject({ type: z.literal('concat'), name, inputs: z.tuple([name, name]) }),
]);

const network = z.strictObject({
  inputs: z.array(z.strictObject({ name, channels: size })).min(1),
  layers: z.array(layer).min(1).max(1000),
  output: name,
});

/** From pictures of one size to codes and back; the encoder of `variational` gives means, then log variances. */
const autoencoder = {
  encoder: network,
  decoder: network,
  width: size,
  height: size,
  channels: z.union([z.literal(1), z.literal(3)]),
  codeLength: size,
};

const architecture = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('denoiser'),
    network,
    stride: size,
    /** What it was trained on, where that is not noise that is alike and independent in all pixels. */
    noise: z.literal('camera').exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('codec'),
    analysis: network,
    synthesis: network,
    latentChannels: size,
    stride: size,
    qualityAnchors: size,
  }),
  z.strictObject({ kind: z.literal('dense'), ...autoencoder }),
  z.strictObject({ kind: z.literal('variational'), ...autoencoder }),
]);

const weightEntry = z.strictObject({
  name,
  shape: z.array(z.int().min(0)).max(6),
  dtype: z.literal('float32'),
  quantization: z.strictObject({ dtype: z.literal('float16'), original_dtype: z.literal('float32') }).exactOptional(),
});

const manifest = z.strictObject({
  format: z.literal('pellucid-model'),
  formatVersion: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string().min(1).max(200),
  version: z.int().min(1),
  architecture,
  /** How it was trained: preset, steps, seconds, photos, settings. For people; nothing depends on it. */
  training: z.record(z.string(), z.unknown()),
  /** Measured on validation photos, by name. */
  metrics: z.record(z.string(), z.number()),
  weightsManifest: z.tuple([
    z.strictObject({ paths: z.tuple([z.literal('weights.bin')]), weights: z.array(weightEntry) }),
  ]),
  weightsSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Integer tables of the entropy coder; codecs only. Checked by the coder itself. */
  entropyTables: z.unknown().optional(),
});

export type Manifest = z.infer<typeof manifest>;
export type Architecture = Manifest['architecture'];

/** Checks a manifest from disk. Throws MODEL_CORRUPT naming the first thing that is wrong. */
export function parseManifest(json: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new PellucidError(
      'MODEL_CORRUPT',
      `The manifest of the model in ${where} is not JSON. Install the model again.`,
      {
        subject: where,
        cause: error,
      },
    );
  }
  const result = manifest.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const place = issue === undefined ? 'manifest' : issue.path.join('.') || 'manifest';
    throw invalidManifest(where, ` at ${place}: ${issue?.message ?? 'unknown'}`);
  }
  const fault = architectureFault(result.data.architecture, result.data.weightsManifest[0].weights);
  if (fault !== null) throw invalidManifest(where, `: ${fault}`);
  return result.data;
}

function invalidManifest(where: string, fault: string): PellucidError {
  const message = `The manifest of the model in ${where} is not valid${fault}. Install the model again.`;
  return new PellucidError('MODEL_CORRUPT', message, { subject: where });
}
