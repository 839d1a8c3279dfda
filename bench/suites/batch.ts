import { copyFile, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import type { BatchJob } from '../../src/shared/params.ts';
import { bundledModels } from '../harness/bundled-models.ts';
import { ProcessorUse } from '../harness/processor-use.ts';
import { sampleFile, samplePixels } from '../harness/pictures.ts';
import type { SuiteContext, SuiteResult } from '../harness/report.ts';
import { Rounds, timed } from '../harness/rounds.ts';
import { spreadOf } from '../harness/statistics.ts';

const sampleMs = 500;
const sigma255 = 15;
const goal = 0.9;
const model = 'denoiser on pixels in memory';
const batch = 'batch from files to files';

/** A folder of photos against the model alone: are reading and writing hidden behind computing? */
export async function batchSuite({ short, workFolder }: SuiteContext): Promise<SuiteResult> {
  const [width, height] = short ? [2048, 1536] : [6000, 4000];
  const photos = short ? 6 : 5;
  const megapixels = (width * height) / 1e6;
  const folder = join(workFolder, 'photos');
  await mkdir(folder);
  const photo = await sampleFile(workFolder, width, height, 'jpeg');
  for (let index = 0; index < photos; index++) await copyFile(photo, join(folder, `photo-${index}.jpeg`));
  const pixels = await samplePixels(width, height);
  const denoiser = await bundledModels(workFolder).denoiser();
  const engine = createEngineClient({ env: { PELLUCID_DATA: join(workFolder, 'data') } });
  const shares: number[] = [];
  try {
    const alone = async (): Promise<number> =>
      megapixels / ((await timed(() => denoiser.denoise(pixels, { sigma255 }))) / 1000);
    const together = async (): Promise<number> =>
      megapixels / (await secondsAPhoto(engine, folder, join(workFolder, 'out'), shares));
    const cases = [
      { id: model, unit: 'MP/s', better: 'higher', run: alone },
      { id: batch, unit: 'MP/s', better: 'higher', run: together },
    ] as const;
    const rounds = await Rounds.measure(cases, { rounds: short ? 5 : 3, warmUps: 1 });
    const cores = shares.map((share) => share / availableParallelism());
    return {
      suite: 'batch',
      measures: [
        ...rounds.measures(),
        ...(cores.length === 0
          ? []
          : [{ id: 'part of all cores in use', unit: '', better: 'higher' as const, ...spreadOf(cores) }]),
      ],
      ratios: rounds.ratio(`${batch} / ${model}`, batch, model, goal, 'higher'),
      notes: [
        `JPEGs of ${width} x ${height}. A batch is timed from the call to its end, the first reading and the last writing included, in a warm engine.`,
      ],
    };
  } finally {
    denoiser.dispose();
    await engine.stop();
  }
}

/** Denoises the photos of a folder; gives the seconds for each, the first reading and the last writing included. */
async function secondsAPhoto(engine: EngineClient, folder: string, out: string, shares: number[]): Promise<number> {
  const use = new ProcessorUse(engine.pid ?? 0);
  const timer = setInterval(() => use.sample(), sampleMs);
  const started = performance.now();
  const { totals, failed } = await engine.call('batch.run', { paths: [folder], recursive: false, job: jobInto(out) });
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  const [first] = failed;
  if (first !== undefined) throw new Error(first.error.message);
  shares.push(...use.shares());
  return seconds / totals.done;
}

function jobInto(folder: string): BatchJob {
  return {
    operation: 'denoise',
    settings: { mode: 'denoise', sigma: sigma255, quality: 50, strength: 100 },
    encoding: { format: 'same', metadata: 'keep' },
    output: {
      folder,
      template: '{name}.{ext}',
      existing: 'overwrite',
      skipLarger: false,
      again: true,
      keepDates: true,
    },
  };
}
