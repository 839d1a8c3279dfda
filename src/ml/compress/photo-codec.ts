import { writePel } from '../../codec/container.ts';
import type { PelFile } from '../../codec/container.ts';
import { qualitySteps } from '../../codec/pel-format.ts';
import { parseEntropyTables } from '../../codec/entropy-tables.ts';
import { decodeStrips, encodeStrips } from '../../codec/latent-threads.ts';
import { prepareTables } from '../../codec/prepared-tables.ts';
import type { PreparedTables } from '../../codec/prepared-tables.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Pixels } from '../../shared/pixels.ts';
import type { AnalysedPhoto, CompressOptions, DecompressOptions, LatentIntegers, PhotoCodec } from '../interfaces.ts';
import { modelHashOf } from '../store/model-hash.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { rasterOf } from '../tiling/raster.ts';
import type { Raster } from '../tiling/raster.ts';
import { CodecNetwork } from './codec-network.ts';

class NetworkPhotoCodec implements PhotoCodec {
  readonly modelId: string;
  readonly #hash: string;
  readonly #network: CodecNetwork;
  readonly #tables: PreparedTables;

  constructor(model: ModelPackage, network: CodecNetwork) {
    this.modelId = model.manifest.id;
    this.#hash = modelHashOf(model.manifest);
    this.#network = network;
    this.#tables = prepareTables(parseEntropyTables(model.manifest.entropyTables));
  }

  async compress(pixels: Pixels, options: CompressOptions): Promise<Uint8Array> {
    return await this.#compress(rasterOf(pixels), options);
  }

  async compressFloats(
    values: Float32Array,
    width: number,
    height: number,
    options: CompressOptions,
  ): Promise<Uint8Array> {
    return await this.#compress({ data: values, width, height, channels: 3, peak: 255 }, options);
  }

  async analyse(pixels: Pixels, options: Omit<CompressOptions, 'quality'>): Promise<AnalysedPhoto> {
    const source = rasterOf(pixels);
    const latentAt = await this.#network.analyseOnce(source, options, options);
    return {
      encode: async (wanted) => {
        const quality = inSteps(wanted);
        return await this.#fileOf(source, await latentAt(quality), { ...options, quality });
      },
    };
  }

  async decompress(file: PelFile, options: DecompressOptions): Promise<Pixels> {
    const { width, height, channels, bitDepth, quality } = file.header;
    const latent = options.latent ?? (await this.latentOf(file, options.signal));
    const region = options.region ?? { left: 0, top: 0, width, height };
    const size = region.width * region.height * channels;
    const data = bitDepth === 16 ? new Uint16Array(size) : new Uint8Array(size);
    const pixels: Pixels = { width: region.width, height: region.height, channels, data };
    await this.#network.synthesise(latent, quality, rasterOf(pixels), region, options);
    return pixels;
  }

  async latentOf(file: PelFile, signal?: AbortSignal): Promise<LatentIntegers> {
    const { header, strips } = file;
    if (header.modelId !== this.modelId || header.modelHash !== this.#hash) throw wrongModel(file, this.modelId);
    const { channels } = this.#tables;
    const size = this.#network.latentSize(header.width, header.height);
    const values = await decodeStrips(strips, { ...size, channels }, this.#tables, signal);
    return { ...size, channels, values };
  }

  dispose(): void {
    this.#network.dispose();
  }

  async #compress(source: Raster, options: CompressOptions): Promise<Uint8Array> {
    const quality = inSteps(options.quality);
    const latent = await this.#network.analyse(source, quality, options, options);
    return await this.#fileOf(source, latent, { ...options, quality });
  }

  async #fileOf(
    source: Raster,
    latent: LatentIntegers,
    { quality, sigma255, blocks, signal }: CompressOptions,
  ): Promise<Uint8Array> {
    const { channels, width, height } = latent;
    const strips = await encodeStrips(latent.values, { channels, width, height }, this.#tables, signal);
    const header = {
      modelId: this.modelId,
      modelHash: this.#hash,
      width: source.width,
      height: source.height,
      bitDepth: source.peak === 65535 ? (16 as const) : (8 as const),
      channels: source.channels,
      quality,
      sigma255,
    };
    return writePel({ header, blocks, strips });
  }
}

/** The quality that a file can name which is nearest. */
function inSteps(quality: number): number {
  return Math.round(quality * qualitySteps) / qualitySteps;
}

function wrongModel({ header }: PelFile, modelId: string): PellucidError {
  const needed = `${header.modelId} (${header.modelHash})`;
  return new PellucidError(
    'MODEL_NOT_FOUND',
    `This file was made with model ${needed}, not with ${modelId}. Install that model.`,
    {
      subject: header.modelId,
    },
  );
}

/**
 * A codec from an installed model, in tiles of its usual size or of `tilePixels` at most. Throws MODEL_KIND_MISMATCH for
 * a model of another kind.
 */
export async function createPhotoCodec(
  model: ModelPackage,
  computeType: ComputeType = 'float32',
  tilePixels?: number,
): Promise<PhotoCodec> {
  await Promise.resolve();
  const { architecture, id } = model.manifest;
  if (architecture.kind !== 'codec') {
    throw new PellucidError('MODEL_KIND_MISMATCH', `Model ${id} is a ${architecture.kind}; choose a codec.`, {
      subject: id,
    });
  }
  return new NetworkPhotoCodec(
    model,
    new CodecNetwork({ ...architecture, weights: model.weights }, computeType, tilePixels),
  );
}
