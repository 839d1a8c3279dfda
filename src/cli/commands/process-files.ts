import { resolve } from 'node:path';
import type { BatchItem, BatchSummary } from '../../shared/batch.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import { isAborted, toPellucidError } from '../../shared/errors.ts';
import type { Operation } from '../../shared/params.ts';
import { BatchReport } from '../batch-report.ts';
import { exitCodes } from '../exit-codes.ts';
import { jobOf } from '../job-options.ts';
import type { JobOptions } from '../job-options.ts';
import { byteSize, Output } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import type { EngineWork } from '../with-engine.ts';

/** Options of `restore`, `denoise`, `compress` and `decompress`, as commander gives them. */
export interface ProcessOptions extends JobOptions {
  json: boolean;
  recursive: boolean;
  montage?: string;
}

/** Times that the engine may end within one command; each photo may end it three times before it is left out. */
const mostCrashes = 30;

/** Does one operation on files and folders; one that fails is reported and passed over. */
export async function processFiles(
  operation: Operation,
  paths: readonly string[],
  options: ProcessOptions,
): Promise<void> {
  const output = new Output(options.json);
  await withEngine(output, async (work) => {
    const report = new BatchReport(output);
    const summary = await runToEnd(operation, paths, { options, work, report, output });
    if (summary === null) {
      output.note(`Cancelled. ${report.sentence()} The same command goes on where this one has ended.`);
      return;
    }
    const empty = summary.skipped.filter(({ code }) => code === 'EMPTY_FOLDER');
    for (const { path, reason } of summary.skipped) output.note(`Skipped ${path}: ${reason}`);
    if (options.montage !== undefined) await writeMontage(options.montage, report.items, options, work, output);
    if (report.items.length > 1 || summary.failed.length > 0) output.note(report.sentence());
    if (report.items.length > 1)
      for (const { path, error } of summary.failed) output.note(`Failed: ${path} (${error.code})`);
    if (summary.failed.length > 0 || empty.length > 0) process.exitCode = exitCodes.failed;
  });
}

interface Run {
  options: ProcessOptions;
  work: EngineWork;
  report: BatchReport;
  output: Output;
}

/** Calls again where a photo has ended the engine: what is finished is passed over. Null when it was cancelled. */
async function runToEnd(
  operation: Operation,
  paths: readonly string[],
  { options, work: { engine, signal }, report, output }: Run,
): Promise<BatchSummary | null> {
  const params = {
    paths: paths.map((path) => resolve(path)),
    recursive: options.recursive,
    job: jobOf(operation, options),
  };
  for (let crashes = 0; ; crashes++) {
    try {
      const summary = await engine.call('batch.run', params, { signal, onEvent: report.listener });
      return signal.aborted ? null : summary;
    } catch (error) {
      if (isAborted(error)) return null;
      const { code, message } = toPellucidError(error);
      if (code !== 'ENGINE_CRASHED' || crashes >= mostCrashes) throw error;
      output.note(`${message} Going on with what is left.`);
    }
  }
}

async function writeMontage(
  path: string,
  items: readonly BatchItem[],
  { overwrite }: ProcessOptions,
  { engine, signal }: EngineWork,
  output: Output,
): Promise<void> {
  const outcomes = items.map(({ outcome }) => outcome).filter((outcome): outcome is FileOutcome => outcome !== null);
  const rows = outcomes.map(({ input, outputs }) => ({ source: input, pel: outputs[0] ?? input }));
  if (rows.length === 0) return;
  const written = await engine.call('montage.write', { rows, path: resolve(path), overwrite }, { signal });
  output.note(`The montage is ${written.path} (${byteSize(written.sizeBytes)}).`);
}
