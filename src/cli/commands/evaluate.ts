import { resolve } from 'node:path';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import type { EvaluateComparison, EvaluateMean, EvaluateResult, EvaluateRow } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import { Output, progressLine, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options of `evaluate`, as commander gives them. */
export interface EvaluateOptions {
  task: 'denoise' | 'codec';
  data: string[];
  sigma?: number[];
  quality?: number[];
  seed: number;
  blind: boolean;
  bestQuality: boolean;
  limit?: number;
  rivals: boolean;
  plot?: string;
  model?: string;
  json: boolean;
}

const usual = {
  denoise: { sigmas255: [15, 25, 50], qualities: [50] },
  codec: { sigmas255: [0, 25], qualities: [1, 15, 30, 45, 60, 75, 90, 100] },
};

/** Measures a model on clean photos with noise added, per file and in the mean; a codec beside other formats. */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const { task, seed, blind, bestQuality, limit, rivals, plot, model: modelId, json } = options;
  const { sigma: sigmas255 = usual[task].sigmas255, quality: qualities = usual[task].qualities } = options;
  if (plot !== undefined && !(task === 'codec' && plot.endsWith('.svg')))
    throw new PellucidError('INVALID_ARGUMENT', '--plot takes a file that ends in .svg, with --task codec.');
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const data = options.data.map((path) => resolve(path));
    const result = await engine.call(
      'evaluate.run',
      { task, data, sigmas255, seed, modelId, qualities, blind, bestQuality, limit, rivals },
      {
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') output.progress(progressLine('evaluating', event.progress));
          else if (json) output.result({ ...event.event }, '');
        },
      },
    );
    report(result, output, json);
    if (plot !== undefined) await writePlot(resolve(plot), result.means, engine);
  });
}

async function writePlot(path: string, means: readonly EvaluateMean[], engine: EngineClient): Promise<void> {
  const points = means.flatMap(({ method, sigma255, bpp, psnr }) =>
    bpp === null ? [] : [{ method, sigma255, bpp, psnr }],
  );
  await engine.call('evaluate.plot', { means: points, path });
}

function report(result: EvaluateResult, output: Output, json: boolean): void {
  const { task, modelId, parameters, kiloMacsPerPixel, rows, means, comparisons } = result;
  if (json) {
    for (const mean of means)
      output.result({ mean: true, task, model: modelId, parameters, kiloMacsPerPixel, ...mean }, '');
    for (const comparison of comparisons) output.result({ comparison: true, model: modelId, ...comparison }, '');
    return;
  }
  const heads = ['file', 'sigma', 'method', 'quality', 'noisy dB', 'dB', 'SSIM', 'MS-SSIM', 'bpp', 's'];
  const lines = [
    ...rows.filter(({ method }) => method === 'model').map((row) => cells(row.file, row)),
    ...means.map((mean) => cells(`mean of ${mean.files}`, mean)),
  ];
  output.result({}, table([heads, ...lines]));
  if (comparisons.length > 0) output.result({}, table([comparisonHeads, ...comparisons.map(comparisonCells)]));
  output.result(
    {},
    `${modelId}: ${(parameters / 1e6).toFixed(2)} million parameters, ${kiloMacsPerPixel.toFixed(1)} kMAC per pixel`,
  );
}

function or(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}

function cells(name: string, row: Omit<EvaluateRow, 'file'> | EvaluateMean): string[] {
  const { method, sigma255, quality, psnrNoisy, psnr, ssim, msSsim, bpp, seconds } = row;
  return [
    name,
    sigma255.toString(),
    method,
    or(quality, 0),
    or(psnrNoisy, 2),
    psnr.toFixed(2),
    ssim.toFixed(4),
    or(msSsim, 4),
    or(bpp, 3),
    seconds.toFixed(2),
  ];
}

const comparisonHeads = ['against', 'sigma', 'bpp', 'BD-rate %', 'mean dB', 'least dB'];

function comparisonCells({ rival, sigma255, fromBpp, toBpp, bdRatePercent, gain }: EvaluateComparison): string[] {
  const range = `${fromBpp} to ${toBpp}`;
  return [rival, sigma255.toString(), range, or(bdRatePercent, 1), or(gain?.mean, 2), or(gain?.least, 2)];
}
