import { resolve } from 'node:path';
import { PellucidError } from '../../shared/errors.ts';
import type { GeneratedPictures } from '../../shared/explore.ts';
import { Output } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import type { EngineWork } from '../with-engine.ts';

export interface GenerateOptions {
  model: string;
  count: number;
  seed: number;
  spread: number;
  between?: string[];
  steps: number;
}

/** Writes a PNG of pictures that a model makes up, or of those on the way between two photos, to standard output. */
export async function exploreGenerate(options: GenerateOptions): Promise<void> {
  const output = new Output(false);
  await withEngine(output, async (work) => {
    const { bytes, count, columns, width, height } = await generated(options, work);
    await new Promise((done) => process.stdout.write(bytes, done));
    output.note(`${count} pictures of ${width} x ${height}, ${columns} in a row.`);
  });
}

async function generated(options: GenerateOptions, { engine, signal }: EngineWork): Promise<GeneratedPictures> {
  const { model: modelId, count, seed, spread, between, steps } = options;
  if (between === undefined) return await engine.call('explore.sample', { modelId, count, seed, spread }, { signal });
  if (between.length !== 2) {
    const message = `--between takes two photos, and ${between.length} were named.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: '--between' });
  }
  const data = between.map((path) => resolve(path));
  const { libraryId, paths, skipped } = await engine.call('explore.open', { data, modelId }, { signal });
  const [unread] = skipped;
  if (unread !== undefined) throw new PellucidError(unread.code, unread.reason, { subject: unread.path });
  const [from, to] = data.map((path) => (paths ?? []).indexOf(path));
  if (from === undefined || to === undefined || from < 0 || to < 0) {
    const message = '--between takes two photos, not folders or IDX files.';
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: '--between' });
  }
  return await engine.call('explore.between', { libraryId, from, to, steps }, { signal });
}
