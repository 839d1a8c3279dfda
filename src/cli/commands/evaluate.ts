import { resolve } from 'node:path';
import type { EvaluateMean, EvaluateResult, EvaluateRow } from '../../shared/contract.ts';
import { Output, progressLine, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options of `evaluate`, as commander gives them. */
export interface EvaluateOptions {
  task: 'denoise' | 'codec';
  data: string[];
  sigma: number[];
  quality: number[];
  seed: number;
  blind: boolean;
  bestQuality: boolean;
  limit?: number;
  model?: string;
  json: boolean;
}

/** Measures a model on clean photos with noise added, per file and in the mean. */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const { task, sigma: sigmas255, quality: qualities, seed, blind, bestQuality, limit, model: modelId, json } = options;
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const data = options.data.map((path) => resolve(path));
    const result = await engine.call(
      'evaluate.run',
      { task, data, sigmas255, seed, modelId, qualities, blind, bestQuality, limit },
      {
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') output.progress(progressLine('evaluating', event.progress));
          else if (json) output.result({ ...event.event }, '');
        },
      },
    );
    report(result, output, json);
  });
}

function report(result: EvaluateResult, output: Output, json: boolean): void {
  const { task, modelId, parameters, kiloMacsPerPixel, rows, means } = result;
  if (json) {
    for (const mean of means)
      output.result({ mean: true, task, model: modelId, parameters, kiloMacsPerPixel, ...mean }, '');
    return;
  }
  const heads = ['file', 'sigma', 'quality', 'noisy dB', 'dB', 'SSIM', 'bpp', 's'];
  const lines = [
    ...rows.map((row) => cells(row.file, row)),
    ...means.map((mean) => cells(`mean of ${mean.files}`, mean)),
  ];
  output.result({}, table([heads, ...lines]));
  output.result(
    {},
    `${modelId}: ${(parameters / 1e6).toFixed(2)} million parameters, ${kiloMacsPerPixel.toFixed(1)} kMAC per pixel`,
  );
}

function cells(name: string, row: Omit<EvaluateRow, 'file'> | EvaluateMean): string[] {
  const { sigma255, quality, psnrNoisy, psnr, ssim, bpp, seconds } = row;
  const or = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
  return [
    name,
    sigma255.toString(),
    or(quality, 0),
    or(psnrNoisy, 2),
    psnr.toFixed(2),
    ssim.toFixed(4),
    or(bpp, 3),
    seconds.toFixed(2),
  ];
}
