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
        `JPEGs of ${width} x ${height}. The pace of a batch is taken from the end of its first photo to the end of its last, in a warm engine.`,
      ],
    };
  } finally {
    denoiser.dispose();
    await engine.stop();
  }
}

/** Denoises the photos of a folder; gives the seconds from the end of one to the end of the next. */
async function secondsAPhoto(engine: EngineClient, folder: string, out: string, shares: number[]): Promise<number> {
  const endsMs: number[] = [];
  const use = new ProcessorUse(engine.pid ?? 0);
  const timer = setInterval(() => use.sample(), sampleMs);
  const { failed } = await engine.call(
    'batch.run',
    { paths: [folder], recursive: false, job: jobInto(out) },
    {
      onEvent: (event) => {
        if (event.type !== 'event' || event.event.type !== 'items') return;
        for (const { state } of event.event.items) if (state === 'done') endsMs.push(performance.now());
      },
    },
  );
  clearInterval(timer);
  const [first] = failed;
  if (first !== undefined) throw new Error(first.error.message);
  shares.push(...use.shares());
  return ((endsMs.at(-1) ?? 0) - (endsMs[0] ?? 0)) / 1000 / (endsMs.length - 1);
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
