import { resolve } from 'node:path';
import type { ModelComparison, ModelInfo, ModelSummary } from '../../shared/contract.ts';
import { invalidArgument } from '../../shared/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { byteSize, Output, progressLine, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options that every verb of `models` has. */
export interface ModelOptions {
  json: boolean;
}

export interface ExportOptions extends ModelOptions {
  out?: string;
  overwrite: boolean;
}

export interface CompareOptions extends ModelOptions {
  against?: string;
  data?: string[];
  limit?: number;
}

export interface DefaultOptions extends ModelOptions {
  force: boolean;
}

const kinds = ['denoiser', 'codec', 'dense', 'variational'] as const;

/** Lists the installed models. */
export async function listModels({ json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    report(await engine.call('models.list', {}), output, json);
  });
}

function report(models: readonly ModelSummary[], output: Output, json: boolean): void {
  if (json) {
    for (const model of models) output.result({ ...model }, '');
    return;
  }
  if (models.length === 0) {
    output.note('No model is installed.');
    return;
  }
  const rows = models.map(({ id, kind, parameters, kiloMacsPerPixel, sizeBytes, bundled, isDefault }) => [
    id,
    kind,
    `${(parameters / 1e6).toFixed(2)} M`,
    `${kiloMacsPerPixel.toFixed(1)} kMAC`,
    byteSize(sizeBytes),
    `${bundled ? 'bundled' : 'own'}${isDefault ? ', default' : ''}`,
  ]);
  output.result({}, table([['model', 'kind', 'parameters', 'per pixel', 'size', 'from'], ...rows]));
}

/** Tells how a model was trained, what was measured, and what it was compared with. */
export async function showModel(id: string, { json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const info = await engine.call('models.info', { id });
    output.result({ ...info }, infoText(info));
  });
}

function infoText(info: ModelInfo): string {
  const { id, kind, version, folder, parameters, sizeBytes, weightsSha256, training, metrics, comparison } = info;
  const facts: [string, string][] = [
    ['model', `${id}, ${kind}, version ${version}`],
    ['from', `${info.bundled ? 'bundled' : 'own'}${info.isDefault ? ', default' : ''}`],
    ['folder', folder],
    ['parameters', `${(parameters / 1e6).toFixed(3)} million, ${byteSize(sizeBytes)}`],
    ['sha256', weightsSha256],
    ...Object.entries(metrics).map(([name, value]): [string, string] => [name, value.toFixed(4)]),
    ...Object.entries(training).map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(12)}${value}`);
  return [...lines, ...(comparison === null ? [] : ['', comparisonText(comparison)])].join('\n');
}

export async function importModel(path: string, { json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const model = await engine.call('models.import', { source: { path: resolve(path) } });
    output.result({ ...model }, `Model ${model.id}, a ${model.kind}, is installed.`);
  });
}

export async function exportModel(id: string, { out, overwrite, json }: ExportOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const written = await engine.call('models.exportTo', { id, path: resolve(out ?? `${id}.zip`), overwrite });
    output.result({ id, ...written }, `Model ${id} is in ${written.path}, ${byteSize(written.sizeBytes)}.`);
  });
}

/** Checks one model or all; the exit code says whether all are intact. */
export async function verifyModels(id: string | undefined, { json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    for (const verdict of await engine.call('models.verify', { id })) {
      output.result({ ...verdict }, `${verdict.id}: ${verdict.isIntact ? 'intact' : verdict.problem}`);
      if (!verdict.isIntact) process.exitCode = exitCodes.failed;
    }
  });
}

export async function renameModel(id: string, newId: string, { json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const model = await engine.call('models.rename', { id, newId });
    output.result({ ...model }, `Model ${id} is called ${model.id} now.`);
  });
}

export async function removeModel(id: string, { json }: ModelOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    await engine.call('models.remove', { id });
    output.result({ removed: id }, `Model ${id} is removed.`);
  });
}

/** Measures a model beside another one and says which is better. */
export async function compareModels(id: string, options: CompareOptions): Promise<void> {
  const { against, limit, json } = options;
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const data = options.data?.map((path) => resolve(path));
    const comparison = await engine.call(
      'models.compare',
      { id, against, data, limit },
      {
        signal,
        onEvent: (event) => {
          output.progress(progressLine('comparing', event.progress));
        },
      },
    );
    output.result({ ...comparison }, comparisonText(comparison));
  });
}

function comparisonText(comparison: ModelComparison): string {
  const { id, against, photos, rows, psnrGain, bdRatePercent, isBetter } = comparison;
  const or = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
  const lines = rows.flatMap(({ sigma255, quality, own, other }) =>
    [[id, own] as const, [against, other] as const].map(([name, figures]) => [
      sigma255.toString(),
      or(quality, 0),
      name,
      figures.psnr.toFixed(2),
      or(figures.ssim, 4),
      or(figures.bpp, 3),
      or(figures.loss, 5),
    ]),
  );
  const rate = bdRatePercent === null ? '' : `, ${bdRatePercent.toFixed(1)} % bytes at equal quality`;
  const verdict = `${id} is ${isBetter ? 'better' : 'not better'} than ${against} on ${photos} pictures: ${psnrGain >= 0 ? '+' : ''}${psnrGain.toFixed(2)} dB${rate}.`;
  return `${table([['sigma', 'quality', 'model', 'dB', 'SSIM', 'bpp', 'loss'], ...lines])}\n${verdict}`;
}

/** Chooses the model of a kind that is used when none is named. */
export async function setDefaultModel(
  name: string,
  id: string | undefined,
  { force, json }: DefaultOptions,
): Promise<void> {
  const output = new Output(json);
  const kind = kinds.find((known) => known === name);
  if (kind === undefined) {
    output.failure(invalidArgument('<kind>', `one of ${kinds.join(', ')}`, name));
    process.exitCode = exitCodes.misused;
    return;
  }
  await withEngine(output, async ({ engine }) => {
    const models = await engine.call('models.setDefault', { kind, id: id ?? null, force });
    const chosen = models.find((model) => model.kind === kind && model.isDefault);
    output.result({ kind, default: chosen?.id ?? null }, `The ${kind} that is used is ${chosen?.id ?? 'none'} now.`);
  });
}
