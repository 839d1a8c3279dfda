import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { listPhotos } from '../../image/list-photos.ts';
import type { PhotoCodec } from '../../ml/interfaces.ts';
import type { Progress, SimilarResult, SkippedFile } from '../../shared/contract.ts';
import { isAborted, toPellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import type { Models } from '../operations/models.ts';
import { dropRemoved, indexPath, readIndex, sha256Of, writeIndex } from './code-index.ts';
import type { CodeIndex, IndexEntry } from './code-index.ts';
import { compareCodes } from './compare-codes.ts';
import { photoCode } from './photo-code.ts';

export interface ExploreContext {
  models: Models;
  dataFolder: string;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** New codes between two writes of the index: what an end by force can lose. */
const writeEvery = 200;

/**
 * Finds for each photo the one that is most like it, and groups near-duplicates. Codes are kept on disk for each model;
 * only photos that are new or changed are computed, and an interrupted run goes on where it was.
 * @throws {PellucidError} what listing, models and writing throw; ABORTED
 */
export async function findSimilar(params: Params<'explore.similar'>, context: ExploreContext): Promise<SimilarResult> {
  const { models, signal } = context;
  const listed = await listPhotos(params.data, { recursive: true, signal });
  const codec = await models.codec(params.modelId);
  const summary = (await models.list()).find(({ id }) => id === codec.modelId);
  const path = indexPath(context.dataFolder, codec.modelId, summary?.weightsSha256 ?? '');
  const index = await readIndex(path);
  const removed = await dropRemoved(index.entries);
  const indexed = await indexPhotos(listed.files, { ...context, codec, index, path });
  const { nearest, groups } = await compareCodes(indexed.entries, signal);
  return {
    modelId: codec.modelId,
    photos: indexed.entries.length,
    computed: indexed.computed,
    removed,
    wasRebuilt: index.wasCorrupt,
    nearest,
    groups,
    skipped: [...listed.skipped, ...indexed.skipped],
  };
}

interface IndexContext extends ExploreContext {
  codec: PhotoCodec;
  index: CodeIndex;
  path: string;
}

interface Indexed {
  entries: IndexEntry[];
  computed: number;
  skipped: SkippedFile[];
}

async function indexPhotos(files: readonly string[], context: IndexContext): Promise<Indexed> {
  const { index, path, signal } = context;
  const known = new Map([...index.entries.values()].map(({ sha256, code }) => [sha256, code]));
  const result: Indexed = { entries: [], computed: 0, skipped: [] };
  const started = performance.now();
  try {
    for (const [position, file] of files.entries()) {
      signal.throwIfAborted();
      await indexPhoto(file, known, context, result);
      const completed = position + 1;
      const etaSeconds = ((performance.now() - started) / 1000 / completed) * (files.length - completed);
      context.onProgress({ stage: 'index', completed, total: files.length, unit: 'photos', etaSeconds });
    }
  } finally {
    await writeIndex(path, index.entries.values());
  }
  return result;
}

async function indexPhoto(
  file: string,
  known: Map<string, Float32Array>,
  { index, path, codec, signal }: IndexContext,
  result: Indexed,
): Promise<void> {
  try {
    const { size: sizeBytes, mtimeMs: modifiedMs } = await stat(file);
    const old = index.entries.get(file);
    if (old?.sizeBytes === sizeBytes && old.modifiedMs === modifiedMs) {
      result.entries.push(old);
      return;
    }
    const bytes = await readFile(file);
    const sha256 = sha256Of(bytes);
    let code = known.get(sha256);
    if (code === undefined) {
      code = await photoCode(codec, bytes, basename(file), signal);
      known.set(sha256, code);
      result.computed += 1;
      // The model holds the thread while it computes, so messages are let in between two photos.
      await setImmediate();
    }
    const entry = { path: file, sizeBytes, modifiedMs, sha256, code };
    index.entries.set(file, entry);
    result.entries.push(entry);
  } catch (error) {
    if (isAborted(error)) throw error;
    index.entries.delete(file);
    const { code, message: reason } = toPellucidError(error, file);
    result.skipped.push({ path: file, code, reason });
    return;
  }
  if (result.computed > 0 && result.computed % writeEvery === 0) await writeIndex(path, index.entries.values());
}
