import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { rasteriseSvg } from '../../image/rasterise-svg.ts';
import { writeFileSafely } from '../../image/write-file.ts';
import { PellucidError } from '../../shared/errors.ts';
import { paramSchemas } from '../../shared/params.ts';
import type { Params } from '../../shared/params.ts';
import type { SweepResult } from '../../shared/training.ts';

type Row = SweepResult['rows'][number];

/** What a sweep keeps of itself, so that it goes on where it stopped. */
export interface SweepRecord extends Params<'sweep.start'> {
  rows: Row[];
}

const plotScale = 2;

export function sweepFiles(folder: string): SweepResult['files'] {
  const path = (extension: string): string => join(folder, `sweep.${extension}`);
  return { json: path('json'), markdown: path('md'), svg: path('svg'), png: path('png') };
}

const figures = z.record(z.string(), z.number());
const recordSchema: z.ZodType<SweepRecord> = paramSchemas['sweep.start'].extend({
  rows: z.array(
    z.object({
      value: z.union([z.number(), z.string()]),
      ...{ runId: z.string(), modelId: z.string(), steps: z.number(), seconds: z.number() },
      stoppedBy: z.enum(['budget', 'early-stopping', 'user']),
      ...{ parameters: z.number(), codeSize: z.number().nullable(), metrics: figures, trainMetrics: figures },
      gap: z.number().nullable(),
    }),
  ),
});

/**
 * What a sweep keeps of itself; null where there is none.
 * @throws {PellucidError} INVALID_ARGUMENT for a file that was changed into something else
 */
export async function readSweep(folder: string): Promise<SweepRecord | null> {
  const { json } = sweepFiles(folder);
  const text = await readFile(json, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${json} is damaged. Remove it, and the sweep goes on from the checkpoints of its runs.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: json, cause: error });
  }
}

/**
 * The rows of a sweep that were done before.
 * @throws {PellucidError} as {@link readSweep}; INVALID_ARGUMENT for a sweep of that name with other settings: its rows
 *   do not compare
 */
export async function doneRows(folder: string, { base, option }: Params<'sweep.start'>): Promise<Row[]> {
  const record = await readSweep(folder);
  if (record === null) return [];
  if (record.option === option && isDeepStrictEqual(recorded(record.base), recorded(base))) return record.rows;
  const message = `There is a sweep ${base.name} with other settings in ${folder}. Choose another name.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: base.name });
}

/** Writes what is wanted and what is done so far. */
export async function writeRows(folder: string, params: Params<'sweep.start'>, rows: readonly Row[]): Promise<void> {
  const record: SweepRecord = { ...params, base: recorded(params.base), rows: [...rows] };
  await writeText(sweepFiles(folder).json, JSON.stringify(record, null, 2));
}

/** Writes table and plot of a sweep that is done. */
export async function writeReport(result: SweepResult): Promise<void> {
  const { drawSweepPlot } = await import('../plots/sweep-plot.ts');
  const svg = drawSweepPlot(result);
  await writeText(result.files.markdown, markdownOf(result));
  await writeText(result.files.svg, svg);
  await writeFileSafely(result.files.png, await rasteriseSvg(svg, plotScale), { overwrite: true });
}

/** The settings that rows must share to be compared, as they come back from JSON. */
function recorded(base: Params<'sweep.start'>['base']): SweepRecord['base'] {
  return JSON.parse(JSON.stringify({ ...base, resume: false })) as SweepRecord['base'];
}

async function writeText(path: string, text: string): Promise<void> {
  await writeFileSafely(path, Buffer.from(`${text}\n`), { overwrite: true });
}

function markdownOf({ name, option, metric, rows, recommendation }: SweepResult): string {
  const names = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const heads = [option, 'code', 'parameters', ...names, `training ${metric}`, 'gap', 'steps', 'seconds'];
  const number = (value: number | null | undefined, digits: number): string =>
    value === null || value === undefined ? '-' : value.toFixed(digits);
  const lines = rows.map((row) => [
    String(row.value),
    number(row.codeSize, 0),
    String(row.parameters),
    ...names.map((metricName) => number(row.metrics[metricName], 4)),
    number(row.trainMetrics[metric], 4),
    number(row.gap, 4),
    String(row.steps),
    number(row.seconds, 0),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n');
  return `# Sweep ${name}: ${option}\n\n${table}\n\nRecommended: ${recommendation.value}. ${recommendation.reason}`;
}
