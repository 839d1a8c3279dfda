import { basename, extname } from 'node:path';
import type { WorkOptions } from '../../ml/interfaces.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import type { Params } from '../../shared/params.ts';
import { computeFile, decodeFile, encodeFile, loadFile } from './file-work.ts';
import type { Models } from './models.ts';
import { writeOutputs } from './write-outputs.ts';

/**
 * Does one operation on one file on disk and writes what comes of it into a folder, all of it or nothing.
 *
 * @throws {PellucidError} what reading, models and writing throw; nothing is left behind then
 */
export async function processFile(
  params: Params<'file.process'>,
  models: Models,
  options: WorkOptions,
): Promise<FileOutcome> {
  const started = performance.now();
  const { operation, input, outDir, overwrite } = params;
  const { signal } = options;
  const loaded = await loadFile(operation, { path: input }, signal);
  const decoded = await decodeFile(loaded, params, { ...(signal && { signal }) });
  const computed = await computeFile(decoded, params, models, options);
  const { outputs, about } = await encodeFile(computed, params, signal);
  signal?.throwIfAborted();
  const dates = loaded.modifiedMs === undefined ? {} : { modifiedMs: loaded.modifiedMs };
  const paths = await writeOutputs(outDir, basename(input, extname(input)), outputs, {
    existing: overwrite ? 'overwrite' : 'rename',
    ...dates,
  });
  return { input, outputs: paths, seconds: (performance.now() - started) / 1000, ...about };
}
