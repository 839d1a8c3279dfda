import { Graph } from '../../src/ml/graph/graph.ts';
import { reshape } from '../../src/ml/graph/operations.ts';
import { bytesInput } from '../../src/ml/graph/packed-values.ts';
import { Session } from '../../src/ml/graph/session.ts';
import type { OutputValues } from '../../src/ml/graph/session.ts';
import { emptyTile } from '../../src/ml/tiling/tile-graph.ts';
import { planTiles } from '../../src/ml/tiling/plan.ts';
import { rasterLike, rasterOf, readTile, writeCore } from '../../src/ml/tiling/raster.ts';
import { samplePixels } from './pictures.ts';

/** The child of `tile-handling.ts`: prints what handling tiles takes, the least of several; ms/MP of processor time. */
const [width, height] = [1536, 1024];
/** The least of so many is taken, since caches that others use make some of them dearer. */
const repetitions = 40;

if (process.env['PELLUCID_BENCH_EXTRA_COPY'] !== undefined) copyEveryTile();
const source = rasterOf(await samplePixels(width, height));
const target = rasterLike(source, width, height);
const whole = { left: 0, top: 0, width, height };
const plan = planTiles(width, height, whole, { maxTilePixels: 512 * 512, haloPx: 16, multiple: 8 });
const size = { width: plan.tileWidth, height: plan.tileHeight };
const session = await Session.load(passing(size.width, size.height));
const photo = emptyTile('bytes', size.width, size.height);

let least = Infinity;
for (let repetition = 0; repetition < repetitions; repetition++) {
  const before = process.cpuUsage();
  for (const { left, top, core } of plan.tiles) {
    const tile = { left, top, ...size };
    readTile(source, tile, photo);
    writeCore(target, whole, tile, core, session.run('pass', { photo })['same'] as OutputValues);
  }
  const { user, system } = process.cpuUsage(before);
  least = Math.min(least, (user + system) / 1000 / ((width * height) / 1e6));
}
if (Buffer.compare(target.data as Uint8Array, source.data as Uint8Array) !== 0) throw new Error('A tile was lost.');
process.stdout.write(`${least}\n`);

/** A graph that gives a tile back as it is. */
function passing(width: number, height: number): Graph {
  const graph = new Graph();
  const { input } = bytesInput(graph, 'photo', [1, height, width, 3]);
  graph.signature('pass', { inputs: { photo: input }, outputs: { same: reshape(graph, input, input.shape) } });
  return graph;
}

/** The regression that is put in on purpose, for this process. */
function copyEveryTile(): void {
  const run = Session.prototype.run;
  Session.prototype.run = function (name, inputs) {
    const copies = Object.entries(inputs).map(([key, values]) => [key, values.slice()] as const);
    const outputs = run.call(this, name, Object.fromEntries(copies));
    return Object.fromEntries(Object.entries(outputs).map(([key, values]) => [key, values.slice()]));
  };
}
