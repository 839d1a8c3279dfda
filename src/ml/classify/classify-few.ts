import { createRandom } from '../../shared/random.ts';
import { Classifier } from './classifier.ts';

export interface FewLabels {
  /** [count, length] */
  rows: Float32Array;
  length: number;
  /** Rows of which the class is known, for each class; at least two classes, each with one at least. */
  examples: readonly (readonly number[])[];
  /** Units of the hidden layer; 0 is a linear classifier. */
  hidden: number;
  seed: number;
  signal: AbortSignal;
  onProgress?: (completed: number, total: number) => void;
}

export interface FewLabelsResult {
  /** [count, classes]; each row sums to 1. */
  probabilities: Float32Array;
  /**
   * Part of the examples that are put into their class by a classifier that has not seen them; null where a class has a
   * single one.
   */
  accuracy: number | null;
}

/** Each part of the examples is left out once. */
const mostParts = 5;

/**
 * Learns classes from a few examples of each and classifies all rows. All rows, not only the examples, say where
 * their middle is and how much they vary.
 * @throws {PellucidError} TENSORFLOW_UNAVAILABLE
 * @throws the signal's reason when cancelled
 */
export async function classifyFew(task: FewLabels): Promise<FewLabelsResult> {
  const { length, examples, hidden, seed, signal, onProgress } = task;
  const rows = standardised(task.rows, length);
  const known = examples.flatMap((of, label) => of.map((row) => ({ row, label })));
  const shown = new Float32Array(known.length * length);
  known.forEach(({ row }, at) => shown.set(rows.subarray(row * length, (row + 1) * length), at * length));
  const labels = known.map(({ label }) => label);
  const common = { rows: shown, length, labels, classes: examples.length, hidden, seed, signal };
  const classifier = await Classifier.create(common);
  try {
    const parts = Math.min(mostParts, ...examples.map((of) => of.length));
    const total = (parts > 1 ? parts : 0) + 1;
    const accuracy =
      parts > 1 ? await heldOutAccuracy(classifier, common, parts, (done) => onProgress?.(done, total)) : null;
    await classifier.train(labels.map(() => 1));
    const probabilities = await classifier.classify(rows);
    onProgress?.(total, total);
    return { probabilities, accuracy };
  } finally {
    classifier.dispose();
  }
}

async function heldOutAccuracy(
  classifier: Classifier,
  { rows, labels, classes, seed }: { rows: Float32Array; labels: readonly number[]; classes: number; seed: number },
  parts: number,
  onPart: (completed: number) => void,
): Promise<number> {
  const partOf = partsOf(labels, classes, parts, seed);
  let right = 0;
  for (let part = 0; part < parts; part++) {
    await classifier.train(partOf.map((own) => (own === part ? 0 : 1)));
    const probabilities = await classifier.classify(rows);
    labels.forEach((label, row) => {
      if (partOf[row] === part && mostProbable(probabilities, row, classes) === label) right += 1;
    });
    onPart(part + 1);
  }
  return right / labels.length;
}

/** A part for each example, drawn so that each class is spread over all of them evenly. */
function partsOf(labels: readonly number[], classes: number, parts: number, seed: number): number[] {
  const partOf = labels.map(() => 0);
  const { integer } = createRandom(seed, 1);
  for (let label = 0; label < classes; label++) {
    const own = labels.flatMap((of, row) => (of === label ? [row] : []));
    for (let last = own.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      [own[last], own[other]] = [own[other] ?? 0, own[last] ?? 0];
    }
    own.forEach((row, place) => (partOf[row] = place % parts));
  }
  return partOf;
}

/** The class of the highest probability in a row of [n, classes]. */
export function mostProbable(probabilities: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let label = 1; label < classes; label++) {
    if ((probabilities[row * classes + label] ?? 0) > (probabilities[row * classes + best] ?? 0)) best = label;
  }
  return best;
}

/** Rows around their mean, at a scale at which the dimensions' deviations are 1 on average. */
function standardised(rows: Float32Array, length: number): Float32Array {
  const count = rows.length / length;
  const mean = new Float64Array(length);
  rows.forEach((value, at) => (mean[at % length] = (mean[at % length] ?? 0) + value / count));
  const variance = new Float64Array(length);
  const centred = rows.map((value, at) => value - (mean[at % length] ?? 0));
  centred.forEach((value, at) => (variance[at % length] = (variance[at % length] ?? 0) + (value * value) / count));
  const scale = variance.reduce((sum, own) => sum + Math.sqrt(own) / length, 0);
  return scale === 0 ? centred : centred.map((value) => value / scale);
}
