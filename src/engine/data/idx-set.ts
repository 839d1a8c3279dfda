import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOfSystemError, PellucidError, toPellucidError } from '../../shared/errors.ts';
import { readIdx } from './idx-file.ts';

/** Pictures of one size from an IDX file, with their labels where a file of labels lies beside it. */
interface LabelledPictures {
  /** Name of the file. */
  name: string;
  width: number;
  height: number;
  /** [n, height, width], grey. */
  pictures: Uint8Array;
  labels: Uint8Array | null;
}

/** A set of pictures, already divided where its files say so. */
export interface IdxSet {
  training: LabelledPictures;
  test: LabelledPictures | null;
}

/** Pictures that are held out of a set without a test part, at most: as many as MNIST has. */
const mostHeldOut = 10_000;

/** One in six of so many pictures is held out where the files do not say which. */
export function heldOutOf(count: number): number {
  return Math.max(1, Math.min(mostHeldOut, Math.floor(count / 6)));
}

const idxName = /idx\d|ubyte/i;
const labelName = /label|idx1/i;
const testName = /^(t10k|test)/i;

/**
 * Finds IDX files in what was given: a folder that holds some, or the files themselves. Files whose names begin with
 * `t10k` or `test` are the test part; labels are recognised by their names.
 *
 * @returns null where there are none, so that the paths are photos
 * @throws {PellucidError} as `readIdx`; `INVALID_ARGUMENT` for files that do not fit together
 */
export async function readIdxSet(paths: readonly string[]): Promise<IdxSet | null> {
  const files = await idxFiles(paths);
  const pictures = files.filter((path) => !labelName.test(basename(path)));
  if (pictures.length === 0) return null;
  const isTest = (path: string): boolean => testName.test(basename(path));
  const [trainingFile, ...others] = pictures.filter((path) => !isTest(path));
  const testFile = pictures.find(isTest);
  if (trainingFile === undefined || others.length > 0) {
    const message = `Expected one IDX file of training pictures but received ${[trainingFile ?? 'none', ...others].join(', ')}. Give a folder with one set.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: paths.join(', ') });
  }
  const training = await readPictures(trainingFile);
  const test = testFile === undefined ? null : await readPictures(testFile);
  if (test !== null && (test.width !== training.width || test.height !== training.height)) {
    const message = `${trainingFile} has pictures of ${training.width} x ${training.height}, and ${String(testFile)} of ${test.width} x ${test.height}. Give files of one size.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: trainingFile });
  }
  return { training, test };
}

/**
 * The pictures of IDX files one after the other, those of training and of test alike, with their labels where all have
 * some.
 *
 * @returns null where there are none, so that the paths are photos
 * @throws {PellucidError} as `readIdx`; `INVALID_ARGUMENT` for files that do not fit together
 */
export async function readIdxPictures(paths: readonly string[]): Promise<Omit<LabelledPictures, 'name'> | null> {
  const files = (await idxFiles(paths)).filter((path) => !labelName.test(basename(path)));
  const sets: LabelledPictures[] = [];
  for (const file of files) sets.push(await readPictures(file));
  const [first] = sets;
  if (first === undefined) return null;
  const { width, height } = first;
  const other = sets.find((set) => set.width !== width || set.height !== height);
  if (other !== undefined) {
    const message = `${first.name} has pictures of ${width} x ${height}, and ${other.name} of ${other.width} x ${other.height}. Give files of one size.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: other.name });
  }
  const hasLabels = sets.every(({ labels }) => labels !== null);
  return {
    ...{ width, height },
    pictures: Buffer.concat(sets.map(({ pictures }) => pictures)),
    labels: hasLabels ? Buffer.concat(sets.map(({ labels }) => labels ?? new Uint8Array())) : null,
  };
}

async function idxFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch((error: unknown) => {
      if (codeOfSystemError(error) !== 'FILE_NOT_FOUND') throw toPellucidError(error, path);
      const message = `There is no ${path}. Give folders, photos or IDX files that are there.`;
      throw new PellucidError('FILE_NOT_FOUND', message, { subject: path, cause: error });
    });
    const files = stats.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
    found.push(...files.filter((file) => idxName.test(basename(file))));
  }
  return found;
}

async function readPictures(path: string): Promise<LabelledPictures> {
  const { shape, data } = await readIdx(path);
  const [count = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || count === 0) {
    const message = `Expected pictures in ${path} but received an array of ${shape.join(' x ')}.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: path });
  }
  return { name: basename(path), width, height, pictures: data, labels: await labelsOf(path, count) };
}

/** The labels of the file that is called as the pictures' is, but for what says that it holds labels. */
async function labelsOf(path: string, count: number): Promise<Uint8Array | null> {
  const stem = (name: string): string =>
    name
      .replace(/\.gz$/, '')
      .replace(/images|labels/i, '')
      .replace(/idx\d/i, '');
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const name = names.find((other) => labelName.test(other) && stem(other) === stem(basename(path)));
  if (name === undefined) return null;
  const { shape, data } = await readIdx(join(folder, name));
  return shape.length === 1 && shape[0] === count ? data : null;
}
