import { estimateSigma255, noiseWordOf } from '../../ml/estimate/noise-level.ts';
import { listPhotos } from '../../image/list-photos.ts';
import { readPhoto, readPhotoHeader } from '../../image/read-photo.ts';
import type { SkippedFile } from '../../shared/contract.ts';
import { isAborted, toPellucidError } from '../../shared/errors.ts';
import type { PhotoHeader } from '../../shared/photo.ts';
import type { DataReport } from '../../shared/training.ts';
import { heldOutOf, readIdxSet } from './idx-set.ts';
import type { IdxSet } from './idx-set.ts';
import { splitPhotos } from './split-photos.ts';

/** Below these, training still works, and what it learns is poor. */
const goodPhotos = 50;
const goodPatches = 2000;
const goodValidationPhotos = 4;
/** Photos whose noise is measured; each is read whole. */
const measuredPhotos = 5;

interface Found extends Pick<PhotoHeader, 'width' | 'height'> {
  path: string;
}

/**
 * What there is to train on, from the headers of all photos and the noise of some, or from IDX files.
 * @param patch side of a training patch, px
 * @throws {PellucidError} EMPTY_FOLDER when there is no photo at all, what `readIdxSet` throws, ABORTED
 */
export async function inspectData(
  paths: readonly string[],
  { seed, patch, signal }: { seed: number; patch: number; signal: AbortSignal },
): Promise<DataReport> {
  const set = await readIdxSet(paths);
  if (set !== null) return concluded(idxFacts(set, patch), patch);
  const { files, skipped } = await listPhotos(paths, { recursive: true, signal });
  const { found, unreadable } = await readHeaders(files, signal);
  const isPair = found.length >= 2;
  const { training, validation } = isPair
    ? splitPhotos(found, { seed, roots: paths })
    : { training: found, validation: [] };
  const patches = training.reduce(
    (sum, { width, height }) => sum + Math.floor(width / patch) * Math.floor(height / patch),
    0,
  );
  const noise = await measureNoise(training.slice(0, measuredPhotos), signal);
  const sides = found.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b);
  const left = [...skipped, ...unreadable];
  const facts = {
    photos: found.length,
    trainingPhotos: training.length,
    validationPhotos: validation.length,
    megapixels: found.reduce((sum, { width, height }) => sum + (width * height) / 1e6, 0),
    shorterSidePx: {
      smallest: sides[0] ?? 0,
      median: sides[Math.floor(sides.length / 2)] ?? 0,
      largest: sides.at(-1) ?? 0,
    },
    patches,
    noise,
    skipped: left,
  };
  return concluded(facts, patch);
}

type Facts = Omit<DataReport, 'findings' | 'verdict'>;

function concluded(facts: Facts, patch: number): DataReport {
  const findings = findingsOf(facts, patch);
  const isNothing = facts.photos < 2 || facts.patches === 0;
  const isFew = findings.includes('few-photos') || findings.includes('few-patches');
  return { ...facts, findings, verdict: isNothing ? 'too-few' : isFew ? 'few' : 'enough' };
}

/** Pictures of IDX files are as they are: nothing is skipped, and noise is not asked for. */
function idxFacts({ training, test }: IdxSet, patch: number): Facts {
  const { width, height } = training;
  const countOf = ({ pictures }: IdxSet['training']): number => pictures.length / (width * height);
  const heldOut = test === null ? heldOutOf(countOf(training)) : countOf(test);
  const photos = countOf(training) + (test === null ? 0 : heldOut);
  const side = Math.min(width, height);
  return {
    photos,
    trainingPhotos: photos - heldOut,
    validationPhotos: heldOut,
    megapixels: (photos * width * height) / 1e6,
    shorterSidePx: { smallest: side, median: side, largest: side },
    patches: (photos - heldOut) * Math.floor(width / patch) * Math.floor(height / patch),
    noise: null,
    skipped: [],
  };
}

function findingsOf(report: Facts, patch: number): DataReport['findings'] {
  const { photos, patches, noise, shorterSidePx, skipped, validationPhotos } = report;
  const found: Record<DataReport['findings'][number], boolean> = {
    'few-photos': photos < goodPhotos,
    'few-patches': patches < goodPatches,
    'noisy-photos': noise !== null && ['medium', 'high'].includes(noise.word),
    'small-photos': shorterSidePx.median < 2 * patch,
    'many-skipped': skipped.length > photos,
    'few-for-validation': validationPhotos < goodValidationPhotos,
  };
  return (Object.keys(found) as (keyof typeof found)[]).filter((name) => found[name]);
}

async function readHeaders(
  files: readonly string[],
  signal: AbortSignal,
): Promise<{ found: Found[]; unreadable: SkippedFile[] }> {
  const found: Found[] = [];
  const unreadable: SkippedFile[] = [];
  for (const path of files) {
    try {
      const { width, height } = await readPhotoHeader({ path }, { signal });
      found.push({ path, width, height });
    } catch (error) {
      if (isAborted(error)) throw error;
      const { code, message } = toPellucidError(error, path);
      unreadable.push({ path, code, reason: message });
    }
  }
  return { found, unreadable };
}

async function measureNoise(photos: readonly Found[], signal: AbortSignal): Promise<DataReport['noise']> {
  const levels: number[] = [];
  for (const { path } of photos) {
    try {
      levels.push(estimateSigma255((await readPhoto({ path }, { signal })).pixels));
    } catch (error) {
      // A photo whose pixels cannot be read is left out again, with the reason, when training reads them all.
      if (isAborted(error)) throw error;
    }
  }
  levels.sort((a, b) => a - b);
  const medianSigma255 = levels[Math.floor(levels.length / 2)];
  if (medianSigma255 === undefined) return null;
  const largestSigma255 = levels.at(-1) ?? medianSigma255;
  return { medianSigma255, largestSigma255, word: noiseWordOf(medianSigma255), measuredPhotos: levels.length };
}
