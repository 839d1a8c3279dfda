import { denoiserFrom } from '../../src/ml/denoise/denoiser.ts';
import type { Network } from '../../src/ml/layers/description.ts';
import { Session } from '../../src/ml/graph/session.ts';
import type { Case } from './rounds.ts';
import { samplePixels } from './pictures.ts';

const width = 768;
const height = 768;
/** The least of so many is taken in each round, since caches that others use make some of them dearer. */
const repetitions = 10;
/** So many copies take about as long as the handling. */
const copies = 16;
const copying = 'copying a photo, processor time';
/** Set to anything, every tile is copied once more on its way into and out of a graph: the comparison must notice. */
const copySwitch = 'PELLUCID_BENCH_EXTRA_COPY';

/** A network that computes next to nothing, so that what is left is the handling of tiles. */
const idle: Network = {
  inputs: [
    { name: 'photo', channels: 3 },
    { name: 'sigma', channels: 1 },
  ],
  layers: [{ type: 'subtract', name: 'nothing', inputs: ['photo', 'photo'] }],
  output: 'nothing',
};

/**
 * What the denoiser does to a photo beside the network: cutting tiles, handing them to TensorFlow and back, putting
 * them together. In processor time, which other work on the machine does not touch; and to copy the photo, which the
 * machine's memory makes fast or slow likewise.
 */
export async function tileHandling(): Promise<Case[]> {
  if (process.env[copySwitch] !== undefined) copyEveryTile();
  const denoiser = denoiserFrom({ modelId: 'idle', network: idle, weights: new Map() }, 8);
  const pixels = await samplePixels(width, height);
  const copy = (): void => {
    for (let count = 0; count < copies; count++) pixels.data.slice();
  };
  return [
    { ...processorTime(copying, copy, copies), about: 'machine' },
    {
      ...processorTime('tile handling, processor time', () => denoiser.denoise(pixels, { sigma255: 15 })),
      anchor: copying,
    },
  ];
}

function processorTime(id: string, work: () => unknown, times = 1): Case {
  const run = async (): Promise<number> => {
    let least = Infinity;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1000 / times / ((width * height) / 1e6));
    }
    return least;
  };
  return { id, unit: 'ms/MP', better: 'lower', run };
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
