import { copyFile, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { ProcessorUse } from '../harness/processor-use.ts';
import { sampleFile } from '../harness/pictures.ts';
import type { Measure, SuiteContext, SuiteResult } from '../harness/report.ts';
import { spreadOf } from '../harness/statistics.ts';

const command = fileURLToPath(new URL('../../bin/pellucid', import.meta.url));
const sampleMs = 500;
const goal = 0.9;

/** A folder of photos, denoised by the command line: does it keep the cores busy? */
export async function batchSuite({ short, workFolder }: SuiteContext): Promise<SuiteResult> {
  const photos = short ? 8 : 50;
  const [width, height] = [2048, 1536];
  const folder = join(workFolder, 'photos');
  await mkdir(folder);
  const photo = await sampleFile(workFolder, width, height, 'jpeg');
  for (let index = 0; index < photos; index++) await copyFile(photo, join(folder, `photo-${index}.jpeg`));
  const child = spawn(
    process.execPath,
    [command, 'denoise', folder, '--out', join(workFolder, 'out'), '--sigma', '15'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PELLUCID_DATA: join(workFolder, 'data') },
    },
  );
  const use = new ProcessorUse(child.pid ?? 0);
  const started = performance.now();
  const timer = setInterval(() => use.sample(), sampleMs);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`The batch ended with ${String(code)}.`);
  const speed = (photos * width * height) / 1e6 / seconds;
  const shares = use.shares().map((cores) => cores / availableParallelism());
  const measures: Measure[] = [
    { id: `${photos} photos of ${width} x ${height}`, unit: 'MP/s', better: 'higher', ...spreadOf([speed]) },
  ];
  if (shares.length === 0)
    return { suite: 'batch', measures, ratios: [], notes: ['The use of the processor can only be seen on Linux.'] };
  return {
    suite: 'batch',
    measures,
    ratios: [{ id: 'part of all cores in use, from start to end', better: 'higher', goal, ...spreadOf(shares) }],
    notes: [
      `Processor time was read every ${sampleMs} ms; the start is included. On a machine that does other work at the same time the part is lower.`,
    ],
  };
}
