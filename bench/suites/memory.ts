import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import type { BatchJob } from '../../src/shared/params.ts';
import { sampleFile } from '../harness/pictures.ts';
import type { Measure, Ratio, SuiteContext, SuiteResult } from '../harness/report.ts';
import { spreadOf } from '../harness/statistics.ts';

/** The design's limit for a photo of 100 megapixels. */
const limitMib = 1.5 * 1024;

/** Most memory that the engine takes for a photo of 100 megapixels, a fresh engine for each operation and format. */
export async function memorySuite({ short, workFolder, say }: SuiteContext): Promise<SuiteResult> {
  const [width, height] = short ? [3464, 2310] : [12_248, 8165];
  const measures: Measure[] = [];
  const ratios: Ratio[] = [];
  for (const format of ['jpeg', 'png'] as const) {
    const input = await sampleFile(workFolder, width, height, format);
    for (const operation of ['denoise', 'compress'] as const) {
      const id = `${operation} a ${format === 'jpeg' ? 'JPEG' : 'PNG'} of ${((width * height) / 1e6).toFixed(0)} MP`;
      say(`  ${id} ...`);
      const { peakMib, seconds } = await peakOf(operation, input, workFolder);
      say(`  ... ${peakMib.toFixed(0)} MiB, ${seconds.toFixed(0)} s`);
      measures.push({ id: `${id}: peak`, unit: 'MiB', better: 'lower', ...spreadOf([peakMib]) });
      measures.push({ id: `${id}: time`, unit: 's', better: 'lower', ...spreadOf([seconds]) });
      ratios.push({ id: `${id}: peak / 1.5 GiB`, better: 'lower', goal: 1, ...spreadOf([peakMib / limitMib]) });
    }
    await rm(input);
  }
  const notes = ['The peak is what Linux has counted as resident (VmHWM) over the life of the engine process.'];
  return { suite: 'memory', measures, ratios, notes };
}

async function peakOf(
  operation: BatchJob['operation'],
  input: string,
  workFolder: string,
): Promise<{ peakMib: number; seconds: number }> {
  const engine = createEngineClient({ env: { PELLUCID_DATA: join(workFolder, 'data') } });
  try {
    const { failed, seconds } = await engine.call('batch.run', {
      paths: [input],
      recursive: false,
      job: {
        operation,
        settings: { mode: operation === 'denoise' ? 'denoise' : 'codec', sigma: 'auto', quality: 50, strength: 100 },
        encoding: { format: 'same', metadata: 'keep' },
        output: {
          folder: join(workFolder, 'out'),
          template: '{name}.{ext}',
          existing: 'overwrite',
          skipLarger: false,
          again: true,
          keepDates: true,
        },
        maxPixels: 2e8,
      },
    });
    const [first] = failed;
    if (first !== undefined) throw new Error(first.error.message);
    return { peakMib: peakMibOf(engine.pid ?? 0), seconds };
  } finally {
    await engine.stop();
  }
}

function peakMibOf(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error('The peak can only be read on Linux.');
  return Number(kib) / 1024;
}
