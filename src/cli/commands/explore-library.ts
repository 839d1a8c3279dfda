import { resolve } from 'node:path';
import type { LibrarySummary } from '../../shared/explore.ts';
import { Output, progressLine } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import type { EngineWork } from '../with-engine.ts';

/** Options that all commands of `explore` take, as commander gives them. */
export interface LibraryOptions {
  model?: string;
  json: boolean;
}

export interface LibraryWork extends EngineWork {
  library: LibrarySummary;
  output: Output;
  onEvent: (event: { type: 'progress'; progress: Parameters<typeof progressLine>[1] }) => void;
}

/** Opens photos as a library, says what there is to say about that, and goes on with work on it. */
export async function withLibrary(
  paths: readonly string[],
  { model: modelId, json }: LibraryOptions,
  work: (context: LibraryWork) => Promise<void>,
): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine, signal }) => {
    const onEvent: LibraryWork['onEvent'] = ({ progress }) => output.progress(progressLine('exploring', progress));
    const data = paths.map((path) => resolve(path));
    const library = await engine.call('explore.open', { data, modelId }, { signal, onEvent });
    if (library.wasRebuilt) output.note('The index of codes was damaged, so it was built anew.');
    for (const { path, reason } of library.skipped) output.note(`${path}: ${reason}`);
    await work({ engine, signal, library, output, onEvent });
  });
}

/** The file of a picture, or its name where it has none. */
export function nameIn({ paths, names }: LibrarySummary, index: number): string {
  return paths?.[index] ?? names[index] ?? '';
}
