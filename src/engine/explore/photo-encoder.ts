import { readPel } from '../../codec/container.ts';
import { toExactSize } from '../../image/exact-size.ts';
import { psnr, psnrOfPixels } from '../../metrics/psnr.ts';
import type { Autoencoder } from '../../ml/autoencoder/autoencoder.ts';
import { estimateSigma255 } from '../../ml/estimate/noise-level.ts';
import type { LatentIntegers, PhotoCodec } from '../../ml/interfaces.ts';
import type { ModelKind, ModelSummary } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { Models } from '../operations/models.ts';
import type { PhotoCode } from './code-index.ts';

/** Makes codes of photos with one model. */
export interface PhotoEncoder {
  readonly modelId: string;
  readonly weightsSha256: string;
  readonly kind: ModelKind;
  readonly codeLength: number;
  /** What the model makes of a preview of a photo, 8 bits RGB. */
  encode(preview: Pixels, signal: AbortSignal): Promise<PhotoCode>;
}

/** Side that every photo is brought to for the codec, in pixels: small enough to be quick, 16 x 16 positions. */
const codecSidePx = 256;
/** The latent's channels are sorted by strength; those after these are zero nearly everywhere. */
const channelsKept = 8;
/** Positions along each side after pooling. */
const cells = 8;
const quality = 50;

/**
 * The encoder of a codec, or of a `dense` or `variational` model.
 * @param modelId the default codec when absent
 * @throws {PellucidError} MODEL_NOT_FOUND, MODEL_KIND_MISMATCH, MODEL_HASH_MISMATCH
 */
export async function createPhotoEncoder(models: Models, modelId: string | undefined): Promise<PhotoEncoder> {
  const summary = await summaryOf(models, modelId);
  const { id, weightsSha256, kind } = summary;
  const common = { modelId: id, weightsSha256, kind };
  if (kind === 'codec') {
    const codec = await models.codec(id);
    const encode = (preview: Pixels, signal: AbortSignal) => codecCode(codec, preview, signal);
    return { ...common, codeLength: channelsKept * cells * cells, encode };
  }
  const autoencoder = await models.autoencoder(id);
  const encode = async (preview: Pixels, signal: AbortSignal): Promise<PhotoCode> => {
    const { data } = await toExactSize(preview, autoencoder);
    const [made] = await autoencoderCodes(autoencoder, data as Uint8Array, signal);
    if (made === undefined) throw new Error('One picture gave no code.');
    return made;
  };
  return { ...common, codeLength: autoencoder.codeLength, encode };
}

async function summaryOf(models: Models, modelId: string | undefined): Promise<ModelSummary> {
  const all = await models.list();
  const found =
    modelId === undefined
      ? all.find(({ kind, isDefault }) => kind === 'codec' && isDefault)
      : all.find(({ id }) => id === modelId);
  if (found !== undefined) return found;
  const message = `There is no model ${modelId ?? 'of the kind codec'}. "pellucid models list" shows all.`;
  throw new PellucidError('MODEL_NOT_FOUND', message, { subject: modelId ?? 'codec' });
}

/**
 * Codes and restorations by an autoencoder.
 * @param pictures [n, height, width, channels] of the model's size
 */
export async function autoencoderCodes(
  autoencoder: Autoencoder,
  pictures: Uint8Array,
  signal: AbortSignal,
): Promise<PhotoCode[]> {
  const { codeLength, width, height, channels } = autoencoder;
  const size = width * height * channels;
  const codes = await autoencoder.encode(pictures, signal);
  const restored = await autoencoder.decode(codes, signal);
  return Array.from({ length: pictures.length / size }, (_, index) => {
    const own = restored.subarray(index * size, (index + 1) * size).map((value) => 255 * value);
    return {
      code: codes.slice(index * codeLength, (index + 1) * codeLength),
      psnr: finite(psnr(pictures.subarray(index * size, (index + 1) * size), own, 255)),
      detailBytes: null,
    };
  });
}

/**
 * What a photo shows, as one vector: the codec's quantised latent of the photo at 256 x 256, pooled to 8 x 8 positions.
 * The codec denoises first, so noise hardly changes it. The Euclidean norm is 1, or 0 for a picture of one colour.
 */
async function codecCode(codec: PhotoCodec, preview: Pixels, signal: AbortSignal): Promise<PhotoCode> {
  const pixels = await toExactSize(preview, { width: codecSidePx, height: codecSidePx, channels: 3 });
  const pel = await codec.compress(pixels, { quality, sigma255: estimateSigma255(pixels), blocks: [], signal });
  const file = readPel(pel);
  const latent = await codec.latentOf(file, signal);
  const restored = await codec.decompress(file, { latent, signal });
  return {
    code: pooledLatent(latent),
    psnr: finite(psnrOfPixels(pixels, restored)),
    detailBytes: pel.length,
  };
}

/** The index is JSON, which has no infinity. */
function finite(value: number): number {
  return Math.min(value, 99);
}

/** The mean of each channel over 8 x 8 fields, less the channel's mean over the photo, so that brightness drops out. */
function pooledLatent({ values, channels, height, width }: LatentIntegers): Float32Array {
  const code = new Float32Array(channelsKept * cells * cells);
  for (let channel = 0; channel < Math.min(channels, channelsKept); channel++) {
    const field = code.subarray(channel * cells * cells, (channel + 1) * cells * cells);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const cell = Math.floor((row * cells) / height) * cells + Math.floor((column * cells) / width);
        field[cell] = (field[cell] ?? 0) + (values[(channel * height + row) * width + column] ?? 0);
      }
    }
    const mean = field.reduce((sum, value) => sum + value, 0) / field.length;
    field.forEach((value, cell) => (field[cell] = value - mean));
  }
  const norm = Math.sqrt(code.reduce((sum, value) => sum + value * value, 0));
  return norm === 0 ? code : code.map((value) => value / norm);
}
