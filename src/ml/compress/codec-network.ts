import { setImmediate } from 'node:timers/promises';
import { emptyIntegers } from '../../codec/latent-threads.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { Region } from '../../shared/pixels.ts';
import type { LatentIntegers, NoiseOptions, WorkOptions } from '../interfaces.ts';
import type { ComputeType } from '../graph/compute-type.ts';
import { SessionCache } from '../graph/session-cache.ts';
import type { InputValues, OutputValues, Session } from '../graph/session.ts';
import { emptyTile, formatOf, TileSessions } from '../tiling/tile-graph.ts';
import { tileLevel } from '../tiling/tile-level.ts';
import { TileMemory } from '../tiling/tile-memory.ts';
import { gainsAt } from '../quantise/quality.ts';
import { unsharedBytes } from '../runtime/unshared.ts';
import { planTiles } from '../tiling/plan.ts';
import type { TilePlan } from '../tiling/plan.ts';
import { readTile, writeCore } from '../tiling/raster.ts';
import type { Raster } from '../tiling/raster.ts';
import { analysisGraph, quantisingGraph, synthesisGraph, weightsNamed } from './codec-graphs.ts';
import type { CodecParts } from './codec-graphs.ts';

/** Pixels around a tile that its latent depends on; the tests measure it. */
const analysisHaloPx = 48;
/** Positions of the latent around a tile that its pixels depend on. */
const synthesisHalo = 5;
/** Memory that a pixel of a tile takes, measured in either number type. */
const bytesPerPixel = { analysis: 200, synthesis: 150 };

/** Where a tile's latent lies in the picture's, and which of its positions count. */
interface AnalysedTile extends Region {
  core: Region;
}

type Analyse = (session: Session, inputs: Record<string, InputValues>, tile: AnalysedTile) => void;

/** The two halves of a codec at work: pixels to integers, and integers to pixels, tile by tile. */
export class CodecNetwork {
  readonly #parts: CodecParts;
  readonly #memory: Readonly<Record<keyof typeof bytesPerPixel, TileMemory>>;
  readonly #analysis: TileSessions;
  readonly #synthesis: TileSessions;
  readonly #quantising: SessionCache;

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
    this.#quantising = new SessionCache((height, width) => quantisingGraph(parts.latentChannels, height, width));
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
    await this.#analyseTiles(source, noise, work, (session, inputs, tile) => {
      const { integers } = session.run('quantise', { ...inputs, gains });
      storeIntegers(integers as OutputValues, tile, latent);
    });
    return latent;
  }

  /** The same for any number of qualities, with one analysis: gives the quantised latent at a quality. */
  async analyseOnce(
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
  ): Promise<(quality: number) => Promise<LatentIntegers>> {
    let analysed: (AnalysedTile & { values: OutputValues })[] = [];
    await this.#analyseTiles(
      source,
      noise,
      work,
      (session, inputs, tile) => {
        analysed.push({ ...tile, values: session.run('analyse', inputs)['latent'] as OutputValues });
      },
      () => (analysed = []),
    );
    return async (quality) => {
      const latent = this.#emptyLatent(source);
      const gains = this.#forwardGains(quality);
      for (const { values, ...tile } of analysed) {
        const session = await this.#quantising.get(tile.height, tile.width);
        const { integers } = session.run('quantise', { latent: values, gains });
        storeIntegers(integers as OutputValues, tile, latent);
      }
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

  /**
   * Lets `analyse` run on each tile; where memory is short, on all of them once more with smaller ones, which `again`
   * is told before.
   */
  async #analyseTiles(
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
    analyse: Analyse,
    again?: () => void,
  ): Promise<void> {
    const analyseAll = (tilePixels: number): Promise<void> =>
      this.#analyseWith(tilePixels, source, noise, work, analyse);
    await this.#memory.analysis.run(source.width * source.height, analyseAll, () => {
      this.#analysis.dispose();
      again?.();
    });
  }

  async #analyseWith(
    tilePixels: number,
    source: Raster,
    noise: NoiseOptions,
    work: WorkOptions,
    analyse: Analyse,
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
    const read = { width: plan.tileWidth, height: plan.tileHeight };
    const level = tileLevel(noise, source, read);
    const session = await this.#analysis.get(plan.tileHeight, plan.tileWidth, format, level.isMapped);
    const photo = emptyTile(format, plan.tileWidth, plan.tileHeight);
    await eachTile(plan, 'analyse', work, ({ left, top, core }) => {
      const tile = { left, top, ...read };
      readTile(source, tile, photo);
      const position = { ...divided(tile, stride), core: divided(core, stride) };
      analyse(session, { photo, level: level.of(tile) }, position);
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
    const bytes = unsharedBytes(2 * plan.tileWidth * plan.tileHeight * channels);
    const integers = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    await eachTile(plan, 'synthesise', work, ({ left, top, core }) => {
      loadIntegers(latent, { left, top, width: plan.tileWidth, height: plan.tileHeight }, integers);
      const { photo } = session.run('synthesise', { integers: bytes, gains });
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
    this.#quantising.dispose();
  }
}

/** Stores the core of a tile's integers [channels, height, width], which come packed. */
function storeIntegers({ buffer, byteOffset }: OutputValues, tile: AnalysedTile, latent: LatentIntegers): void {
  const { core } = tile;
  const integers = new Int16Array(buffer, byteOffset, latent.channels * tile.height * tile.width);
  for (let channel = 0; channel < latent.channels; channel++)
    for (let y = core.top; y < core.top + core.height; y++) {
      const from = (channel * tile.height + y - tile.top) * tile.width + core.left - tile.left;
      const to = (channel * latent.height + y) * latent.width + core.left;
      latent.values.set(integers.subarray(from, from + core.width), to);
    }
}

/** Integers of a part of the latent as [channels, height, width]; beyond its edge they are repeated. */
function loadIntegers(latent: LatentIntegers, tile: Region, target: Int16Array): void {
  const { channels, height, width, values } = latent;
  const inside = Math.min(tile.width, width - tile.left);
  let to = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < tile.height; y++, to += tile.width) {
      const from = (channel * height + Math.min(height - 1, tile.top + y)) * width + tile.left;
      target.set(values.subarray(from, from + inside), to);
      target.fill(values[from + inside - 1] as number, to + inside, to + tile.width);
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
