import { decodeLatent, encodeLatent } from '../../../codec/latent-coder.ts';
import { defaultTables } from '../../../codec/entropy-tables.ts';
import type { EntropyTables } from '../../../codec/entropy-tables.ts';
import { trainTables } from '../../../codec/train-tables.ts';
import type { Pixels } from '../../../shared/pixels.ts';
import { createRandom } from '../../../shared/random.ts';
import { addGaussianNoise, toPixels } from '../../degradation/gaussian.ts';
import { CodecNetwork } from '../../compress/codec-network.ts';
import type { CodecParts } from '../../compress/codec-graphs.ts';
import type { Network, Weights } from '../../layers/description.ts';
import { initialWeights, parametersOf } from '../../layers/network.ts';
import type { CodecShape } from '../../models/codec.ts';
import { analysisNetwork, defaultCodecShape, latentStride, synthesisNetwork } from '../../models/codec.ts';
import { blockSize, cosineBasis, linearWeights, strongestCoefficients } from '../../models/linear-transform.ts';
import type { LinearTransform } from '../../models/linear-transform.ts';
import { lambdaOf, stepOf } from '../../quantise/quality.ts';
import { tensorFlow } from '../../runtime/tensorflow.ts';
import { rasterOf } from '../../tiling/raster.ts';
import type { PatchSource, ValidationPhoto } from '../patch-source.ts';
import type { ProgramParameter } from '../program.ts';
import { sideBySide } from '../sample-picture.ts';
import { rateParameters } from '../rate-model.ts';
import { codecProgram } from './codec-program.ts';
import type { PresetOptions, PresetRun, ValidationResult } from './preset.ts';

const maxSigma255 = 55;
/** Batches for measuring coefficients and for the entropy tables come from beyond what a training ever reaches. */
const firstOtherBatch = 2 ** 30;
const statisticsPatch = 128;
const statisticsBatches = 8;
const tableSamples = 96;
const tablePatch = 256;
const validationPoints = [
  { sigma255: 0, quality: 40 },
  { sigma255: 25, quality: 40 },
] as const;

const metricNames: PresetRun['metrics'] = [
  'cost',
  ...validationPoints.flatMap(({ sigma255 }) => [`bpp-sigma-${sigma255}`, `psnr-sigma-${sigma255}`]),
];

export const codecOptions = ['longSide', 'flips', 'rotations'] as const;

/** Training of a codec, from the linear optimum and, where there is one, from a denoiser. */
export async function codecPreset(options: PresetOptions): Promise<PresetRun> {
  const shape = defaultCodecShape;
  const analysis = analysisNetwork(shape);
  const synthesis = synthesisNetwork(shape);
  const { seed, batch = 6, patch = 128, learningRate = 5e-4, source } = options;
  const { weights, extra, fresh } = await startingPoint(options, shape, analysis, synthesis);
  const denoiserRate = options.denoiser === undefined && options.start === undefined ? 1 : 0;
  const settings = {
    preset: 'codec',
    seed,
    batch,
    patch,
    learningRate,
    maxSigma255,
    denoiserRate,
    start: options.start?.manifest.weightsSha256 ?? null,
  };
  const { latentChannels, qualityAnchors } = shape;
  const program = codecProgram({
    analysis,
    synthesis,
    latentChannels,
    qualityAnchors,
    weights,
    extra,
    denoiserRate,
    fresh,
    seed,
    batch,
    patch,
    learningRate,
    maxSigma255,
  });
  const parts = (trained: Weights): CodecParts => ({
    analysis,
    synthesis,
    latentChannels,
    stride: latentStride,
    weights: trained,
  });
  return {
    program,
    settings,
    metrics: metricNames,
    validate: (trained) => validate(parts(trained), options.validation),
    toModel: async (trained, { id, training, metrics, isFinal }) => ({
      manifest: {
        id,
        title: id,
        version: 1,
        architecture: { kind: 'codec', analysis, synthesis, latentChannels, stride: latentStride, qualityAnchors },
        training: { ...training, settings, denoiser: options.denoiser?.manifest.id ?? null },
        metrics,
        entropyTables: isFinal ? await tablesFor(parts(trained), source, seed) : defaultTables(latentChannels),
      },
      arrays: arraysOf(trained, analysis, synthesis, extra),
    }),
  };
}

function arraysOf(weights: Weights, analysis: Network, synthesis: Network, extra: readonly ProgramParameter[]) {
  const named = (network: Network, prefix: string): { name: string; shape: number[] }[] =>
    parametersOf(network).map(({ fullName, shape }) => ({ name: `${prefix}${fullName}`, shape }));
  const all = [...named(analysis, 'analysis/'), ...named(synthesis, 'synthesis/'), ...extra];
  return all.map(({ name, shape }) => ({ name, shape, values: weights.get(name) ?? new Float32Array() }));
}

interface StartingPoint {
  weights: Weights;
  /** Gains and rate model. */
  extra: ProgramParameter[];
  /** Full names of the weights that the model to go on from does not have; none where there is no such model. */
  fresh: ReadonlySet<string>;
}

async function startingPoint(
  options: PresetOptions,
  shape: CodecShape,
  analysis: Network,
  synthesis: Network,
): Promise<StartingPoint> {
  const { latentChannels, qualityAnchors } = shape;
  const transform = await measuredTransform(options.source, latentChannels);
  const logGains = logGainTable(transform.deviations, qualityAnchors);
  const table = (name: string, sign: number): ProgramParameter => ({
    name,
    shape: [qualityAnchors, latentChannels],
    initial: logGains.map((value) => sign * value),
    rate: 1,
  });
  const extra = [
    table('gains/forward', 1),
    table('gains/inverse', -1),
    ...rateParameters(latentChannels, qualityAnchors, logGains),
  ];
  const weights = firstWeights(options, analysis, synthesis, transform);
  const known = options.start?.weights;
  if (known === undefined) return { weights, extra, fresh: new Set() };
  const fresh = new Set([...weights.keys()].filter((name) => !known.has(name)));
  const denoiser = options.denoiser?.weights ?? new Map<string, Float32Array>();
  for (const [name, values] of known)
    if (weights.has(name) && !denoiser.has(name.replace('analysis/', ''))) weights.set(name, values);
  return {
    weights,
    extra: extra.map((parameter) => ({ ...parameter, initial: known.get(parameter.name) ?? parameter.initial })),
    fresh,
  };
}

function firstWeights(
  { seed, denoiser }: PresetOptions,
  analysis: Network,
  synthesis: Network,
  transform: LinearTransform,
): Weights {
  const weights: Weights = new Map();
  for (const [name, values] of initialWeights(analysis, seed)) weights.set(`analysis/${name}`, values);
  for (const [name, values] of initialWeights(synthesis, seed + 1)) weights.set(`synthesis/${name}`, values);
  for (const [name, values] of denoiser?.weights ?? []) weights.set(`analysis/${name}`, values);
  const linear = linearWeights(transform);
  weights.set('analysis/linear/filter', linear.analysis.filter);
  weights.set('analysis/linear/bias', linear.analysis.bias);
  weights.set('synthesis/linear/filter', linear.synthesis.filter);
  weights.set('synthesis/linear/bias', linear.synthesis.bias);
  return weights;
}

/** Gains that make a uniform quantiser of the best step for each anchor's lambda. */
function logGainTable(deviations: Float32Array, anchors: number): Float32Array {
  const table = new Float32Array(anchors * deviations.length);
  for (let anchor = 0; anchor < anchors; anchor++) {
    const step = stepOf(lambdaOf(1 + (99 * anchor) / (anchors - 1)));
    deviations.forEach((deviation, channel) => {
      table[anchor * deviations.length + channel] = Math.log((255 * deviation) / step);
    });
  }
  return table;
}

/** Measures on training patches which coefficients are strongest. */
async function measuredTransform(source: PatchSource, channels: number): Promise<LinearTransform> {
  const tf = tensorFlow();
  const side = latentStride;
  const blocksPerPatch = (statisticsPatch / side) ** 2;
  const batch = 8;
  const all = new Float32Array(statisticsBatches * batch * blocksPerPatch * blockSize);
  for (let index = 0; index < statisticsBatches; index++) {
    const photos = await source.nextBatch(firstOtherBatch + index, batch, statisticsPatch);
    const coefficients = tf.tidy(() => {
      const across = statisticsPatch / side;
      const x = tf.tensor(photos, [batch, across, side, across, side, 3], 'float32').div(255).sub(0.5);
      const blocks = tf.reshape(tf.transpose(x, [0, 1, 3, 2, 4, 5]), [batch * blocksPerPatch, blockSize]);
      const basis = tf.tensor(cosineBasis(), [blockSize, blockSize], 'float32');
      return tf.matMul(blocks, basis, false, true).dataSync() as Float32Array;
    });
    all.set(coefficients, index * coefficients.length);
  }
  return strongestCoefficients(all, channels);
}

/** Rate and distortion on the validation photos with the real coder, and their summed cost. */
async function validate(parts: CodecParts, photos: readonly ValidationPhoto[]): Promise<ValidationResult> {
  const network = new CodecNetwork(parts);
  const tables = defaultTables(parts.latentChannels);
  const metrics: Record<string, number> = { cost: 0 };
  let sample: Pixels | null = null;
  try {
    for (const { sigma255, quality } of validationPoints) {
      let [bits, pixelCount, logMse, mse] = [0, 0, 0, 0];
      for (const [index, { pixels }] of photos.entries()) {
        const { bytes, error, noisy, restored } = await codedError(network, tables, pixels, sigma255, quality, index);
        if (sigma255 > 0) sample ??= sideBySide([noisy, restored, pixels]);
        bits += 8 * bytes;
        pixelCount += pixels.width * pixels.height;
        logMse += Math.log10(error);
        mse += error;
      }
      const bpp = bits / pixelCount;
      metrics[`bpp-sigma-${sigma255}`] = bpp;
      metrics[`psnr-sigma-${sigma255}`] = 10 * Math.log10(255 * 255) - (10 * logMse) / photos.length;
      metrics['cost'] = (metrics['cost'] ?? 0) + bpp + (lambdaOf(quality) * mse) / photos.length;
    }
  } finally {
    network.dispose();
  }
  return { metrics, sample };
}

async function codedError(
  network: CodecNetwork,
  tables: EntropyTables,
  pixels: ValidationPhoto['pixels'],
  sigma255: number,
  quality: number,
  seed: number,
): Promise<{ bytes: number; error: number; noisy: Pixels; restored: Pixels }> {
  const noisy = addGaussianNoise(pixels, sigma255, seed);
  const latent = await network.analyse({ ...pixels, data: noisy, peak: 255 }, quality, { sigma255 }, {});
  const bytes = encodeLatent(latent.values, latent, tables);
  const decoded = { ...latent, values: decodeLatent(bytes, latent, tables) };
  const restored = { ...pixels, data: new Uint8Array(pixels.data.length) };
  const whole = { left: 0, top: 0, width: pixels.width, height: pixels.height };
  await network.synthesise(decoded, quality, rasterOf(restored), whole, {});
  let total = 0;
  restored.data.forEach((value, i) => (total += (value - (pixels.data[i] as number)) ** 2));
  return { bytes: bytes.length, error: total / pixels.data.length, noisy: toPixels(noisy, pixels), restored };
}

/** Entropy tables from latents of training patches at all qualities and noise levels. */
async function tablesFor(parts: CodecParts, source: PatchSource, seed: number): Promise<EntropyTables> {
  const network = new CodecNetwork(parts);
  const random = createRandom(seed, 0x7461626c);
  const samples: Parameters<typeof trainTables>[0] = [];
  try {
    for (let index = 0; index < tableSamples; index++) {
      const data = await source.nextBatch(firstOtherBatch + statisticsBatches + index, 1, tablePatch);
      const pixels = { width: tablePatch, height: tablePatch, channels: 3 as const, data };
      const quality = 1 + Math.floor(100 * random.uniform());
      const sigma255 = random.uniform() < 0.5 ? 0 : maxSigma255 * random.uniform();
      const noisy = addGaussianNoise(pixels, sigma255, index);
      const latent = await network.analyse({ ...pixels, data: noisy, peak: 255 }, quality, { sigma255 }, {});
      samples.push({ values: latent.values, shape: latent });
    }
  } finally {
    network.dispose();
  }
  return trainTables(samples);
}
