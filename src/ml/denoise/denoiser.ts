import { setImmediate } from 'node:timers/promises';
import { PellucidError } from '../../shared/errors.ts';
import type { Pixels, Region } from '../../shared/pixels.ts';
import type { Denoiser, DenoiseOptions } from '../interfaces.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { planTiles } from '../tiling/plan.ts';
import { TileMemory } from '../tiling/tile-memory.ts';
import { turned, turnedBack, turns } from './turns.ts';
import { rasterLike, rasterOf, readTile, writeCore } from '../tiling/raster.ts';
import type { Raster } from '../tiling/raster.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import type { OutputValues } from '../graph/session.ts';
import { emptyTile, formatOf, TileSessions } from '../tiling/tile-graph.ts';
import { tileLevel } from '../tiling/tile-level.ts';
import type { TileLevel } from '../tiling/tile-level.ts';
import { denoiseGraph } from './denoise-graph.ts';
import type { DenoiserParts } from './denoise-graph.ts';

/**
 * The network's receptive field is larger, but what lies beyond this distance changes no pixel by 1/255: the tests
 * measure it.
 */
const haloPx = 48;

/** Memory that a pixel of a tile takes, measured in either number type. */
const bytesPerPixel = 200;

class GraphDenoiser implements Denoiser {
  readonly modelId: string;
  readonly #sessions: TileSessions;
  readonly #memory: TileMemory;
  readonly #multiple: number;
  readonly #isBlind: boolean;

  constructor(parts: DenoiserParts, multiple: number, tilePixels: number | undefined, computeType: ComputeType) {
    this.modelId = parts.modelId;
    this.#isBlind = parts.isBlind ?? false;
    this.#sessions = new TileSessions((height, width, kind) => denoiseGraph(parts, height, width, computeType, kind));
    this.#memory = new TileMemory(bytesPerPixel, tilePixels);
    this.#multiple = multiple;
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
    const denoise = (tilePixels: number): Promise<Raster> => this.#denoiseTiles(source, tilePixels, options);
    return await this.#memory.run(source.width * source.height, denoise, () => this.#sessions.dispose());
  }

  async #denoiseTiles(source: Raster, tilePixels: number, options: DenoiseOptions): Promise<Raster> {
    const region: Region = options.region ?? { left: 0, top: 0, width: source.width, height: source.height };
    const target = rasterLike(source, region.width, region.height);
    const plan = planTiles(source.width, source.height, region, {
      maxTilePixels: tilePixels,
      haloPx,
      multiple: this.#multiple,
    });
    // The mean over orientations is taken in floats.
    const format = options.ensemble === true ? 'floats' : formatOf(source);
    const photo = emptyTile(format, plan.tileWidth, plan.tileHeight);
    const level = tileLevel(this.#isBlind ? { sigma255: 0 } : options, source, {
      width: plan.tileWidth,
      height: plan.tileHeight,
    });
    const started = performance.now();
    for (const [index, { left, top, core }] of plan.tiles.entries()) {
      const tile = { left, top, width: plan.tileWidth, height: plan.tileHeight };
      readTile(source, tile, photo);
      const clean =
        options.ensemble === true && photo instanceof Float32Array
          ? await this.#meanOfTurns(photo, level, tile, options)
          : await this.#denoiseTile(photo, level.of(tile), tile, level.isMapped, options);
      writeCore(target, region, tile, core, clean);
      const completed = index + 1;
      const perTile = (performance.now() - started) / 1000 / completed;
      const etaSeconds = perTile * (plan.tiles.length - completed);
      options.onProgress?.({ stage: 'denoise', completed, total: plan.tiles.length, unit: 'tiles', etaSeconds });
    }
    return target;
  }

  async #denoiseTile(
    photo: Uint8Array | Float32Array,
    level: Float32Array,
    { width, height }: Pick<Region, 'width' | 'height'>,
    isMapped: boolean,
    { signal, pace }: DenoiseOptions,
  ): Promise<OutputValues> {
    // Running a graph holds the thread, so messages are let in between two runs.
    await setImmediate();
    await pace?.();
    if (signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
    const format = photo instanceof Uint8Array ? 'bytes' : 'floats';
    const session = await this.#sessions.get(height, width, format, isMapped);
    return session.run('denoise', { photo, level })['clean'] as OutputValues;
  }

  /** One tile, as the mean over its eight orientations. */
  async #meanOfTurns(
    photo: Float32Array,
    { of, isMapped }: TileLevel,
    tile: Region,
    options: DenoiseOptions,
  ): Promise<Float32Array> {
    const { width, height } = tile;
    const total = new Float32Array(photo.length);
    const levels = of(tile);
    for (const turn of turns) {
      const size = turn.transposes ? { width: height, height: width } : { width, height };
      const level = isMapped ? turned(levels, width, height, turn, 1) : levels;
      const clean = await this.#denoiseTile(turned(photo, width, height, turn), level, size, isMapped, options);
      const back = turnedBack(clean as Float32Array, width, height, turn);
      for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (back[i] as number) / turns.length;
    }
    return total;
  }
}

/**
 * A denoiser from its parts.
 * @param tilePixels most pixels of a tile; as many as there is memory for when absent
 */
export function denoiserFrom(
  parts: DenoiserParts,
  multiple: number,
  tilePixels?: number,
  computeType: ComputeType = 'float32',
): Denoiser {
  return new GraphDenoiser(parts, multiple, tilePixels, computeType);
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
  const { network, stride, noise } = architecture;
  const parts = { modelId: id, network, weights: model.weights, isBlind: noise === 'camera' };
  return denoiserFrom(parts, stride, undefined, computeType);
}
