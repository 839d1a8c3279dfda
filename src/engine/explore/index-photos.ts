import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { listPhotos } from '../../image/list-photos.ts';
import { readPreview } from '../../image/preview.ts';
import type { Progress, SkippedFile } from '../../shared/contract.ts';
import { isAborted, toPellucidError } from '../../shared/errors.ts';
import { dropRemoved, indexPath, readIndex, sha256Of, writeIndex } from './code-index.ts';
import type { CodeIndex, IndexEntry, PhotoCode } from './code-index.ts';
import type { PhotoEncoder } from './photo-encoder.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface IndexWork {
  dataFolder: string;
  encoder: PhotoEncoder;
  thumbnails: Thumbnails;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

export interface IndexedPhotos {
  /** In the order in which they were found. */
  entries: IndexEntry[];
  /** Photos whose codes were computed, since the index did not have them. */
  computed: number;
  /** Photos that have gone from the disk, and so from the index. */
  removed: number;
  /** True where the index was damaged and was built anew. */
  wasRebuilt: boolean;
  skipped: SkippedFile[];
}

/** New codes between two writes of the index, or a tenth of it where that is more: what an end by force can lose. */
const writeEvery = 200;
/** Longest side that photos are brought to before anything is made of them. */
const previewSidePx = 512;

/**
 * The codes of photos. They are kept on disk for each model; only photos that are new or changed are computed, and an
 * interrupted run goes on where it was.
 * @throws {PellucidError} what listing and writing throw; ABORTED
 */
export async function indexPhotos(data: readonly string[], work: IndexWork): Promise<IndexedPhotos> {
  const { encoder, signal, onProgress } = work;
  const listed = await listPhotos(data, { recursive: true, signal });
  const path = indexPath(work.dataFolder, encoder.modelId, encoder.weightsSha256);
  const index = await readIndex(path, encoder.codeLength);
  const removed = await dropRemoved(index.entries);
  const known = new Map([...index.entries.values()].map((entry): [string, PhotoCode] => [entry.sha256, entry]));
  const result: IndexedPhotos = {
    entries: [],
    computed: 0,
    removed,
    wasRebuilt: index.wasCorrupt,
    skipped: [...listed.skipped],
  };
  const { files } = listed;
  const started = performance.now();
  try {
    for (const [position, file] of files.entries()) {
      signal.throwIfAborted();
      await indexPhoto(file, known, { ...work, index, path }, result);
      const completed = position + 1;
      const etaSeconds = ((performance.now() - started) / 1000 / completed) * (files.length - completed);
      onProgress({ stage: 'index', completed, total: files.length, unit: 'photos', etaSeconds });
    }
  } finally {
    if (result.computed > 0 || removed > 0 || index.wasCorrupt) await writeIndex(path, index.entries.values());
  }
  return result;
}

async function indexPhoto(
  file: string,
  known: Map<string, PhotoCode>,
  { index, path, encoder, thumbnails, signal }: IndexWork & { index: CodeIndex; path: string },
  result: IndexedPhotos,
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
    let made = known.get(sha256);
    if (made === undefined) {
      const preview = await readPreview({ bytes, name: basename(file) }, { maxSide: previewSidePx, signal });
      made = await encoder.encode(preview, signal);
      await thumbnails.keep(sha256, preview);
      known.set(sha256, made);
      result.computed += 1;
      // The model holds the thread while it computes, so messages are let in between two photos.
      await setImmediate();
    }
    const { code, psnr, detailBytes } = made;
    const entry: IndexEntry = { path: file, sizeBytes, modifiedMs, sha256, code, psnr, detailBytes };
    index.entries.set(file, entry);
    result.entries.push(entry);
  } catch (error) {
    if (isAborted(error)) throw error;
    index.entries.delete(file);
    const { code, message: reason } = toPellucidError(error, file);
    result.skipped.push({ path: file, code, reason });
    return;
  }
  const every = Math.max(writeEvery, Math.floor(index.entries.size / 10));
  if (result.computed > 0 && result.computed % every === 0) await writeIndex(path, index.entries.values());
}
