import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import { isAborted, PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Operation, OutputFormat, Params } from '../../shared/params.ts';
import { exitCodes } from '../exit-codes.ts';
import { byteSize, duration, Output, progressLine } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import type { EngineWork } from '../with-engine.ts';

/** Options of `restore`, `denoise`, `compress` and `decompress`, as commander gives them. */
export interface ProcessOptions {
  out: string;
  model?: string;
  metadata: 'keep' | 'strip-gps' | 'strip';
  overwrite: boolean;
  maxPixels?: number;
  json: boolean;
  format?: OutputFormat;
  formatQuality?: number;
  sigma?: 'auto' | number;
  quality?: number;
  maxBytes?: number;
  minPsnr?: number;
  strength?: number;
  texture?: number;
  bestQuality?: boolean;
  montage?: string;
}

/** Does one operation on each file in turn; one that fails is reported and passed over. */
export async function processFiles(
  operation: Operation,
  paths: readonly string[],
  options: ProcessOptions,
): Promise<void> {
  const output = new Output(options.json);
  await withEngine(output, async (work) => {
    const inputs = await collectInputs(operation, paths, work.engine, output);
    const done: FileOutcome[] = [];
    let failed = inputs.failed;
    for (const [index, input] of inputs.files.entries()) {
      if (work.signal.aborted) break;
      const label = `${index + 1}/${inputs.files.length} ${input}`;
      const outcome = await processOne(label, operationParams(operation, input, options), work, output);
      if (outcome === null) failed += 1;
      else done.push(outcome);
    }
    if (options.montage !== undefined && done.length > 0)
      await writeMontage(options.montage, done, options, work, output);
    if (work.signal.aborted) output.note(`Cancelled after ${done.length} of ${inputs.files.length} files.`);
    else if (inputs.files.length + inputs.failed > 1) output.note(`${done.length} done, ${failed} failed.`);
    if (failed > 0) process.exitCode = exitCodes.failed;
  });
}

async function processOne(
  label: string,
  params: Params<'file.process'>,
  { engine, signal }: EngineWork,
  output: Output,
): Promise<FileOutcome | null> {
  try {
    const outcome = await engine.call('file.process', params, {
      signal,
      onEvent: (event) => {
        if (event.type === 'progress') output.progress(progressLine(label, event.progress));
      },
    });
    output.result(jsonLine(outcome), sentenceOf(outcome));
    for (const note of outcome.notes) output.note(`${outcome.input}: ${note}`);
    return outcome;
  } catch (error) {
    if (!isAborted(error)) output.failure(toPellucidError(error), { input: params.input });
    return null;
  }
}

function operationParams(operation: Operation, input: string, options: ProcessOptions): Params<'file.process'> {
  const { model, sigma = 'auto', quality = 50, strength = 100, texture, bestQuality, metadata } = options;
  const { format = 'same', formatQuality } = options;
  const mode = operation === 'denoise' ? 'denoise' : 'codec';
  return {
    operation,
    input,
    outDir: resolve(options.out),
    settings: { mode, modelId: model, sigma, quality, strength, texture, bestQuality, target: targetOf(options) },
    encoding: { format, formatQuality, metadata },
    overwrite: options.overwrite,
    maxPixels: options.maxPixels,
  };
}

function targetOf({ maxBytes, minPsnr }: ProcessOptions): Params<'file.process'>['settings']['target'] {
  if (maxBytes !== undefined) return { maxBytes };
  return minPsnr === undefined ? undefined : { minPsnr };
}

interface Inputs {
  files: string[];
  /** Paths that were named and came to nothing. */
  failed: number;
}

/** Files as they were named, and what is in folders; a named file is not looked at here, so that it fails on its own. */
async function collectInputs(
  operation: Operation,
  paths: readonly string[],
  engine: EngineClient,
  output: Output,
): Promise<Inputs> {
  const inputs: Inputs = { files: [], failed: 0 };
  for (const named of paths) {
    const path = resolve(named);
    const isFolder = await stat(path).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      inputs.files.push(path);
      continue;
    }
    try {
      const found = operation === 'decompress' ? await pelFilesIn(path) : await photosIn(path, engine, output);
      inputs.files.push(...found);
    } catch (error) {
      output.failure(toPellucidError(error), { input: path });
      inputs.failed += 1;
    }
  }
  return inputs;
}

async function photosIn(folder: string, engine: EngineClient, output: Output): Promise<string[]> {
  const { files, skipped } = await engine.call('files.list', { paths: [folder], recursive: true });
  for (const { path, reason } of skipped) output.note(`Skipped ${path}: ${reason}`);
  return files;
}

async function pelFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.pel'));
  if (files.length > 0) return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  throw new PellucidError('EMPTY_FOLDER', `There is no .pel file in ${folder}.`, { subject: folder });
}

async function writeMontage(
  path: string,
  done: readonly FileOutcome[],
  { overwrite }: ProcessOptions,
  { engine, signal }: EngineWork,
  output: Output,
): Promise<void> {
  const rows = done.map(({ input, outputs }) => ({ source: input, pel: outputs[0] ?? input }));
  const written = await engine.call('montage.write', { rows, path: resolve(path), overwrite }, { signal });
  output.note(`The montage is ${written.path} (${byteSize(written.sizeBytes)}).`);
}

function jsonLine(outcome: FileOutcome): Record<string, unknown> {
  const { outputs, sigma255: sigma, ...rest } = outcome;
  const output = outputs.at(-1) ?? null;
  return { ...rest, output, outputs, sigma };
}

function sentenceOf({ input, outputs, bytesIn, bytesOut, bpp, sigma255, quality, seconds }: FileOutcome): string {
  const rate = bpp === null ? '' : `, ${bpp.toFixed(2)} bpp, quality ${quality}`;
  const noise = sigma255 === null ? '' : `, sigma ${sigma255.toFixed(1)}`;
  return `${input} -> ${outputs.join(', ')}  (${byteSize(bytesIn)} to ${byteSize(bytesOut)}${rate}${noise}, ${duration(seconds)})`;
}
