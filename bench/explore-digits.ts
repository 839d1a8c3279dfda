/**
 * What codes of digits are good for: how many of the 10,000 test digits of MNIST a classifier of 100 labels a class puts
 * right by the codes of a `dense` model, and how many of 1,000 pictures that a `variational` model makes up a classifier
 * of real digits is sure of (a confidence of 0.8 or more). Both models are trained on the training digits before:
 *
 *     pellucid train --preset dense --data MNIST/train-images-idx3-ubyte.gz --name digits-dense --epochs 25 \
 *       --optimiser adam --learning-rate 0.002 --schedule cosine --seed 1
 *     pellucid train --preset variational --data MNIST/train-images-idx3-ubyte.gz --name digits-variational --epochs 25 --seed 1
 *     node_modules/.bin/node bench/explore-digits.ts --data MNIST
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readIdxPictures } from '../src/engine/data/idx-set.ts';
import { createModels } from '../src/engine/operations/models.ts';
import { classifyFew, mostProbable } from '../src/ml/classify/classify-few.ts';
import { drawFrom } from '../src/ml/generate/mixture.ts';
import { dataFolder } from '../src/shared/data-folder.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    dense: { type: 'string', default: 'digits-dense' },
    variational: { type: 'string', default: 'digits-variational' },
  },
});
if (values.data === undefined) throw new Error('--data names the folder of the four files of MNIST.');
const { signal } = new AbortController();
const classes = 10;
const labelsOfClass = 100;
const judgedPictures = 1000;
const sureFrom = 0.8;
/** Real digits of each class that the judge of made-up ones learns. */
const judgeLearns = 600;

const set = async (name: string) => {
  const found = await readIdxPictures([join(values.data ?? '', name)]);
  if (found?.labels === undefined || found.labels === null) throw new Error(`There are no labelled digits in ${name}.`);
  return { pictures: found.pictures, labels: [...found.labels], size: found.width * found.height };
};
const training = await set('train-images-idx3-ubyte.gz');
const test = await set('t10k-images-idx3-ubyte.gz');
const models = createModels({
  bundledDir: 'assets/models',
  userDir: join(dataFolder(process.platform, process.env, homedir()), 'models'),
});

/** The first digits of each class. */
function firstOf({ labels }: typeof training, count: number): number[][] {
  return Array.from({ length: classes }, (_, digit) =>
    labels.flatMap((label, index) => (label === digit ? [index] : [])).slice(0, count),
  );
}

/** Rows to classify, with the examples after them. */
function withExamples(rows: Float32Array, from: Float32Array, length: number, chosen: readonly (readonly number[])[]) {
  const count = rows.length / length;
  const all = new Float32Array((count + chosen.flat().length) * length);
  all.set(rows);
  let next = count;
  const examples = chosen.map((of) =>
    of.map((index) => {
      all.set(from.subarray(index * length, (index + 1) * length), next * length);
      return next++;
    }),
  );
  return { rows: all, length, examples, count };
}

function accuracyOf(probabilities: Float32Array): number {
  return (
    test.labels.filter((label, row) => mostProbable(probabilities, row, classes) === label).length / test.labels.length
  );
}

const dense = await models.autoencoder(values.dense);
const task = withExamples(
  await dense.encode(test.pictures, signal),
  await dense.encode(training.pictures, signal),
  dense.codeLength,
  firstOf(training, labelsOfClass),
);
for (const [name, hidden] of [
  ['linear', 0],
  ['network', 256],
] as const) {
  const { probabilities, accuracy } = await classifyFew({ ...task, hidden, seed: 0, signal });
  const [right, foretold] = [accuracyOf(probabilities), accuracy ?? Number.NaN].map((part) => (100 * part).toFixed(1));
  console.log(
    `${name}: ${right} % of ${task.count} test digits are right; ${foretold} % of the examples when left out.`,
  );
}

const variational = await models.autoencoder(values.variational);
for (const seed of [0, 1, 2]) {
  const drawn = drawFrom(variational.prior, judgedPictures, seed, 1);
  const made = (await variational.decode(drawn, signal)).map((value) => 255 * value);
  const real = Float32Array.from(test.pictures.subarray(0, judgedPictures * test.size));
  const shown = new Float32Array(made.length + real.length);
  shown.set(made);
  shown.set(real, made.length);
  const judged = withExamples(shown, Float32Array.from(training.pictures), test.size, firstOf(training, judgeLearns));
  const { probabilities } = await classifyFew({ ...judged, hidden: 256, seed, signal });
  const sure = (first: number): number =>
    Array.from({ length: judgedPictures }, (_, row) => first + row).filter(
      (row) => (probabilities[row * classes + mostProbable(probabilities, row, classes)] ?? 0) >= sureFrom,
    ).length / judgedPictures;
  const right =
    Array.from({ length: judgedPictures }, (_, row) => row).filter(
      (row) => mostProbable(probabilities, judgedPictures + row, classes) === test.labels[row],
    ).length / judgedPictures;
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  console.log(
    `Seed ${seed}: the judge is sure of ${percent(sure(0))} of the made-up digits and of ${percent(sure(judgedPictures))} of real ones, of which it puts ${percent(right)} right.`,
  );
}
