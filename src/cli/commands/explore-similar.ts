import { resolve } from 'node:path';
import { Output, progressLine } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Options of `explore similar`, as commander gives them. */
export interface ExploreSimilarOptions {
  model?: string;
  json: boolean;
}

/** Groups near-duplicates and names the most similar photo of each. */
export async function exploreSimilar(paths: string[], { model: modelId, json }: ExploreSimilarOptions): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const data = paths.map((path) => resolve(path));
    const result = await engine.call(
      'explore.similar',
      { data, modelId },
      { signal, onEvent: ({ progress }) => output.progress(progressLine('exploring', progress)) },
    );
    const { nearest, groups, skipped, photos, computed, removed } = result;
    if (result.wasRebuilt) output.note('The index of codes was damaged, so it was built anew.');
    for (const { path, reason } of skipped) output.note(`${path}: ${reason}`);
    if (json) for (const row of nearest) output.result({ ...row }, '');
    for (const group of groups) output.result({ duplicates: group }, `Near-duplicates:\n  ${group.join('\n  ')}`);
    const counts = `${photos} photos, ${computed} computed, ${removed} gone from the disk`;
    output.result(
      { photos, computed, removed, groups: groups.length },
      `${counts}; ${groups.length} groups of near-duplicates`,
    );
  });
}
