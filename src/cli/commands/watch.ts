import { resolve } from 'node:path';
import { isAborted } from '../../shared/errors.ts';
import type { Operation } from '../../shared/params.ts';
import { BatchReport } from '../batch-report.ts';
import { jobOf } from '../job-options.ts';
import type { JobOptions } from '../job-options.ts';
import { Output } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options of `watch`, as commander gives them. */
export interface WatchOptions extends JobOptions {
  json: boolean;
  recursive: boolean;
  do: Operation;
}

/** Works on what is in a folder and on all that comes into it, until Ctrl-C. */
export async function watch(folder: string, options: WatchOptions): Promise<void> {
  const output = new Output(options.json);
  await withEngine(output, async ({ engine, signal }) => {
    const report = new BatchReport(output);
    const params = { folder: resolve(folder), recursive: options.recursive, job: jobOf(options.do, options) };
    output.note(`Watching ${params.folder}; Ctrl-C ends it.`);
    try {
      await engine.call('batch.follow', params, { signal, onEvent: report.listener });
    } catch (error) {
      if (!isAborted(error)) throw error;
      output.note(report.sentence());
    }
  });
}
