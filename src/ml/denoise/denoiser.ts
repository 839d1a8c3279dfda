import { setImmediate } from 'node:timers/promises';
import { PellucidError } from '../../shared/errors.ts';
import type { Pixels, Region } from '../../shared/pixels.ts';
import type { Denoiser, DenoiseOptions } from '../interfaces.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { planTiles } from '../tiling/plan.ts';
import type { TileOptions } from '../tiling/plan.ts';
import { turned, turnedBack, turns } from './turns.ts';
import { rasterLike, rasterOf, readTile, writeCore } from '../tiling/raster.ts';
import type { Raster } from '../tiling/raster.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { SessionCache } from '../graph/session-cache.ts';
import { denoiseGraph } from './denoise-graph.ts';
import type { DenoiserParts } from './denoise-graph.ts';

/**
 * The network's receptive field is larger, but what lies beyond this distance changes no pixel by 1/255: the tests
 * measure it.
 */
const haloPx = 48;

/** Largest side of a tile for whole pictures, and for the part that a person looks at. */
const maxTilePx = 768;

class GraphDenoiser implements Denoiser {
  readonly modelId: string;
  readonly #sessions: SessionCache;
  readonly #tiling: TileOptions;

  constructor(parts: DenoiserParts, multiple: number, tilePx: number, computeType: ComputeType) {
    this.modelId = parts.modelId;
    this.#sessions = new SessionCache((height, width) => denoiseGraph(parts, height, width, computeType));
    this.#tiling = { maxTilePx: tilePx, haloPx, multiple };
  }

  async denoise(pixels: Pixels, options: DenoiseOptions): Promise<Pixels> {
    const result = await this.#run(rasterOf(pixels), options);
    return {
      width: result.width,
      height: result.height,
      channels: pixels.channels,
      data: result.data as Pixels['data'],
    };
  }

  async denoiseFloats(
    values: Float32Array,
    width: number,
    height: number,
    options: DenoiseOptions,
  ): Promise<Float32Array> {
    const result = await this.#run({ data: values, width, height, channels: 3, peak: 255 }, options);
    return result.data as Float32Array;
  }

  dispose(): void {
    this.#sessions.dispose();
  }

  async #run(source: Raster, options: DenoiseOptions): Promise<Raster> {
    const region: Region = options.region ?? { left: 0, top: 0, width: source.width, height: source.height };
    const target = rasterLike(source, region.width, region.height);
    const plan = planTiles(source.width, source.height, region, this.#tiling);
    const photo = new Float32Array(plan.tileWidth * plan.tileHeight * 3);
    const level = Float32Array.of(options.sigma255 / 255);
    const started = performance.now();
    for (const [index, { left, top, core }] of plan.tiles.entries()) {
      const tile = { left, top, width: plan.tileWidth, height: plan.tileHeight };
      readTile(source, tile, 0, photo);
      const clean = await this.#denoiseTile(photo, level, tile, options);
      writeCore(target, region, tile, core, clean, 0);
      const completed = index + 1;
      const perTile = (performance.now() - started) / 1000 / completed;
      const etaSeconds = perTile * (plan.tiles.length - completed);
      options.onProgress?.({ stage: 'denoise', completed, total: plan.tiles.length, unit: 'tiles', etaSeconds });
    }
    return target;
  }

  /** One tile, as the mean over its turns where that is wanted. */
  async #denoiseTile(
    photo: Float32Array,
    level: Float32Array,
    { width, height }: Region,
    { ensemble = false, signal, pace }: DenoiseOptions,
  ): Promise<Float32Array> {
    const orientations = ensemble ? turns : [turns[0]];
    const total = new Float32Array(photo.length);
    for (const turn of orientations) {
      // Running a graph holds the thread, so messages are let in between two runs.
      await setImmediate();
      await pace?.();
      if (signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
      const size = turn.transposes ? { width: height, height: width } : { width, height };
      const session = await this.#sessions.get(size.height, size.width);
      const { clean } = session.run('denoise', { photo: turned(photo, width, height, turn), level });
      const back = turnedBack(clean as Float32Array, width, height, turn);
      for (let i = 0; i < total.length; i++)
        total[i] = (total[i] as number) + (back[i] as number) / orientations.length;
    }
    return total;
  }
}

/**
 * A denoiser from its parts.
 * @param tilePx largest side of a tile in pixels, a multiple of the network's stride
 */
export function denoiserFrom(
  parts: DenoiserParts,
  multiple: number,
  tilePx = maxTilePx,
  computeType: ComputeType = 'float32',
): Denoiser {
  return new GraphDenoiser(parts, multiple, tilePx, computeType);
}

/** A denoiser from an installed model. Throws MODEL_KIND_MISMATCH for a model of another kind. */
export async function createDenoiser(model: ModelPackage, computeType: ComputeType = 'float32'): Promise<Denoiser> {
  await Promise.resolve();
  const { architecture, id } = model.manifest;
  if (architecture.kind !== 'denoiser') {
    throw new PellucidError('MODEL_KIND_MISMATCH', `Model ${id} is a ${architecture.kind}; choose a denoiser.`, {
      subject: id,
    });
  }
  const parts = { modelId: id, network: architecture.network, weights: model.weights };
  return denoiserFrom(parts, architecture.stride, maxTilePx, computeType);
}
