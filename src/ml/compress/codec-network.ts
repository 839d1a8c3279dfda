import { setImmediate } from 'node:timers/promises';
import { emptyIntegers } from '../../codec/latent-threads.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Region } from '../../shared/pixels.ts';
import type { LatentIntegers, NoiseOptions, WorkOptions } from '../interfaces.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import type { OutputValues } from '../graph/session.ts';
import { emptyTile, formatOf, TileSessions } from '../tiling/tile-graph.ts';
import { tileLevel } from '../tiling/tile-level.ts';
import { TileMemory } from '../tiling/tile-memory.ts';
import { gainsAt } from '../quantise/quality.ts';
import { quantiseTile } from '../quantise/rounding.ts';
import { unsharedFloats } from '../runtime/unshared.ts';
import { planTiles } from '../tiling/plan.ts';
import type { TilePlan } from '../tiling/plan.ts';
import { readTile, writeCore } from '../tiling/raster.ts';
import type { Raster } from '../tiling/raster.ts';
import { analysisGraph, synthesisGraph, weightsNamed } from './codec-graphs.ts';
import type { CodecParts } from './codec-graphs.ts';

/** Pixels around a tile that its latent depends on; the tests measure it. */
const analysisHaloPx = 48;
/** Positions of the latent around a tile that its pixels depend on. */
const synthesisHalo = 5;
/** Memory that a pixel of a tile takes, measured in either number type. */
const bytesPerPixel = { analysis: 200, synthesis: 150 };

/** The two halves of a codec at work: pixels to integers, and integers to pixels, tile by tile. */
export class CodecNetwork {
  readonly #parts: CodecParts;
  readonly #memory: Readonly<Record<keyof typeof bytesPerPixel, TileMemory>>;
  readonly #analysis: TileSessions;
  readonly #synthesis: TileSessions;

  /**
   * @param computeType number type of the analysis; the synthesis takes float32, so that a file looks alike everywhere
   * @param tilePixels most pixels of a tile; as many as there is memory for when absent
   */
  constructor(parts: CodecParts, computeType: ComputeType = 'float32', tilePixels?: number) {
    this.#parts = parts;
    this.#memory = {
      analysis: new TileMemory(bytesPerPixel.analysis, tilePixels),
      synthesis: new TileMemory(bytesPerPixel.synthesis, tilePixels),
    };
    this.#analysis = new TileSessions((height, width, kind) => analysisGraph(parts, height, width, computeType, kind));
    this.#synthesis = new TileSessions((height, width, { format }) => synthesisGraph(parts, height, width, format));
  }

  /** Height and width of the latent of a picture. */
  latentSize(width: number, height: number): { width: number; height: number } {
    const { stride } = this.#parts;
    return { width: Math.ceil(width / stride), height: Math.ceil(height / stride) };
  }

  /** The quantised latent of a picture at a quality, with the noise left out. */
  async analyse(source: Raster, quality: number, noise: NoiseOptions, work: WorkOptions): Promise<LatentIntegers> {
    const latent = this.#emptyLatent(source);
    const gains = this.#forwardGains(quality);
    await this.#analyseTiles(source, noise, work, (values, tile, core) => {
      quantiseTile(values, gains, tile, core, latent);
    });
    return latent;
  }

  /** The same for any number of qualities, with one analysis: gives the quantised latent at a quality. */
  async analyseOnce(
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
  ): Promise<(quality: number) => LatentIntegers> {
    const { latentChannels: channels } = this.#parts;
    const { width, height } = this.latentSize(source.width, source.height);
    const whole = { left: 0, top: 0, width, height };
    const all = new Float32Array(height * width * channels);
    await this.#analyseTiles(source, noise, work, (values, tile, core) => {
      for (let y = core.top; y < core.top + core.height; y++) {
        const from = ((y - tile.top) * tile.width + (core.left - tile.left)) * channels;
        all.set(values.subarray(from, from + core.width * channels), (y * width + core.left) * channels);
      }
    });
    return (quality) => {
      const latent = this.#emptyLatent(source);
      quantiseTile(all, this.#forwardGains(quality), whole, whole, latent);
      return latent;
    };
  }

  #emptyLatent(source: Raster): LatentIntegers {
    const { latentChannels: channels } = this.#parts;
    const size = this.latentSize(source.width, source.height);
    return { ...size, channels, values: emptyIntegers({ ...size, channels }) };
  }

  #forwardGains(quality: number): Float32Array {
    const { latentChannels, weights } = this.#parts;
    return gainsAt(weightsNamed(weights, 'gains/forward'), latentChannels, quality);
  }

  /** Gives `store` the latent of each tile [height, width, channels], and which of its positions count. */
  async #analyseTiles(
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
    store: (values: Float32Array, tile: Omit<Region, 'height'>, core: Region) => void,
  ): Promise<void> {
    const analyse = (tilePixels: number): Promise<void> => this.#analyseWith(tilePixels, source, noise, work, store);
    await this.#memory.analysis.run(source.width * source.height, analyse, () => this.#analysis.dispose());
  }

  async #analyseWith(
    tilePixels: number,
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
    store: (values: Float32Array, tile: Omit<Region, 'height'>, core: Region) => void,
  ): Promise<void> {
    const { stride } = this.#parts;
    const size = this.latentSize(source.width, source.height);
    const whole = { left: 0, top: 0, width: size.width * stride, height: size.height * stride };
    const plan = planTiles(whole.width, whole.height, whole, {
      maxTilePixels: tilePixels,
      haloPx: analysisHaloPx,
      multiple: stride,
    });
    const format = formatOf(source);
    const level = tileLevel(noise, source, { width: plan.tileWidth, height: plan.tileHeight });
    const session = await this.#analysis.get(plan.tileHeight, plan.tileWidth, format, level.isMapped);
    const photo = emptyTile(format, plan.tileWidth, plan.tileHeight);
    await eachTile(plan, 'analyse', work, ({ left, top, core }) => {
      const read = { left, top, width: plan.tileWidth, height: plan.tileHeight };
      readTile(source, read, photo);
      const { latent } = session.run('analyse', { photo, level: level.of(read) });
      const tile = { left: left / stride, top: top / stride, width: plan.tileWidth / stride };
      store(latent as Float32Array, tile, divided(core, stride));
    });
  }

  /** The picture of a latent: fills `target`, whose top left pixel is `origin` of the picture. */
  async synthesise(
    latent: LatentIntegers,
    quality: number,
    target: Raster,
    region: Region,
    work: WorkOptions,
  ): Promise<void> {
    const synthesise = (tilePixels: number): Promise<void> =>
      this.#synthesiseWith(tilePixels, latent, quality, target, region, work);
    await this.#memory.synthesis.run(target.width * target.height, synthesise, () => this.#synthesis.dispose());
  }

  async #synthesiseWith(
    tilePixels: number,
    latent: LatentIntegers,
    quality: number,
    target: Raster,
    region: Region,
    work: WorkOptions,
  ): Promise<void> {
    const { latentChannels: channels, stride, weights } = this.#parts;
    const wanted = covering(region, stride);
    const options = { maxTilePixels: tilePixels / stride ** 2, haloPx: synthesisHalo, multiple: 1 };
    const plan = planTiles(latent.width, latent.height, wanted, options);
    const session = await this.#synthesis.get(plan.tileHeight, plan.tileWidth, formatOf(target));
    const gains = gainsAt(weightsNamed(weights, 'gains/inverse'), channels, quality);
    const values = unsharedFloats(plan.tileWidth * plan.tileHeight * channels);
    await eachTile(plan, 'synthesise', work, ({ left, top, core }) => {
      loadIntegers(latent, { left, top, width: plan.tileWidth, height: plan.tileHeight }, values);
      const { photo } = session.run('synthesise', { latent: values, gains });
      const tile = {
        left: left * stride,
        top: top * stride,
        width: plan.tileWidth * stride,
        height: plan.tileHeight * stride,
      };
      const kept = intersection(
        { left: core.left * stride, top: core.top * stride, width: core.width * stride, height: core.height * stride },
        region,
      );
      writeCore(target, region, tile, kept, photo as OutputValues);
    });
  }

  dispose(): void {
    this.#analysis.dispose();
    this.#synthesis.dispose();
  }
}

/** Integers of a part of the latent as [height, width, channels]; beyond its edge they are repeated. */
function loadIntegers(latent: LatentIntegers, tile: Region, target: Float32Array): void {
  const { channels, height, width, values } = latent;
  const inside = Math.min(tile.width, width - tile.left);
  // Channel by channel within a row, which the processor's cache holds.
  for (let y = 0; y < tile.height; y++) {
    const row = Math.min(height - 1, tile.top + y);
    for (let channel = 0; channel < channels; channel++) {
      let source = (channel * height + row) * width + tile.left;
      let to = y * tile.width * channels + channel;
      for (let x = 0; x < inside; x++, to += channels) target[to] = values[source++] as number;
      for (let x = inside; x < tile.width; x++, to += channels) target[to] = values[source - 1] as number;
    }
  }
}

/** Runs work on each tile in turn; messages are let in between two, since a graph holds the thread. */
async function eachTile(
  plan: TilePlan,
  stage: string,
  work: WorkOptions,
  run: (tile: TilePlan['tiles'][number]) => void,
): Promise<void> {
  const started = performance.now();
  for (const [index, tile] of plan.tiles.entries()) {
    await setImmediate();
    await work.pace?.();
    if (work.signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
    run(tile);
    const completed = index + 1;
    const perTile = (performance.now() - started) / 1000 / completed;
    const etaSeconds = perTile * (plan.tiles.length - completed);
    work.onProgress?.({ stage, completed, total: plan.tiles.length, unit: 'tiles', etaSeconds });
  }
}

function divided(region: Region, divisor: number): Region {
  return {
    left: region.left / divisor,
    top: region.top / divisor,
    width: region.width / divisor,
    height: region.height / divisor,
  };
}

/** The positions of the latent that a region of pixels touches. */
function covering(region: Region, stride: number): Region {
  const left = Math.floor(region.left / stride);
  const top = Math.floor(region.top / stride);
  const width = Math.ceil((region.left + region.width) / stride) - left;
  return { left, top, width, height: Math.ceil((region.top + region.height) / stride) - top };
}

function intersection(a: Region, b: Region): Region {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  const width = Math.min(a.left + a.width, b.left + b.width) - left;
  return { left, top, width, height: Math.min(a.top + a.height, b.top + b.height) - top };
}
