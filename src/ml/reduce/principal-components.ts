import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { loadTensorOperations } from '../runtime/tensorflow.ts';

/** Directions in which vectors vary most (Pearson 1901). */
export interface PrincipalComponents {
  /** [length] */
  mean: Float32Array;
  /** [count, length], of norm 1 and at right angles, most variance first. */
  directions: Float32Array;
  /** Standard deviation along each direction. */
  deviations: Float32Array;
}

/**
 * The principal components of the rows of a matrix, by the eigenvectors of their covariance. The sign of each is fixed:
 * its largest entry is positive.
 * @param rows [n, length]
 * @param count how many; at most `length`
 */
export async function principalComponents(
  rows: Float32Array,
  length: number,
  count: number,
): Promise<PrincipalComponents> {
  const tf = await loadTensorOperations();
  const [mean, covariance] = tf.tidy(() => {
    const matrix = tf.tensor2d(rows, [rows.length / length, length]);
    const centre = tf.mean(matrix, 0);
    const centred = tf.sub(matrix, centre);
    const products = tf.div(tf.matMul(centred, centred, true), Math.max(1, rows.length / length - 1));
    return [centre.dataSync<'float32'>(), products.dataSync<'float32'>()];
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(length, length, covariance),
    { assumeSymmetric: true },
  );
  const order = realEigenvalues
    .map((_, index) => index)
    .sort((a, b) => at(realEigenvalues, b) - at(realEigenvalues, a));
  const kept = order.slice(0, count);
  const directions = new Float32Array(kept.length * length);
  kept.forEach((column, place) => {
    const vector = eigenvectorMatrix.getColumn(column);
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    directions.set(largest < 0 ? vector.map((value) => -value) : vector, place * length);
  });
  const deviations = Float32Array.from(kept, (index) => Math.sqrt(Math.max(0, at(realEigenvalues, index))));
  return { mean, directions, deviations };
}

/**
 * Coordinates of vectors along principal components.
 * @param rows [n, length]
 * @returns [n, count]
 */
export async function project(rows: Float32Array, { mean, directions }: PrincipalComponents): Promise<Float32Array> {
  const tf = await loadTensorOperations();
  const { length } = mean;
  return tf.tidy(() =>
    tf
      .matMul(
        tf.sub(tf.tensor2d(rows, [rows.length / length, length]), tf.tensor1d(mean)),
        tf.tensor2d(directions, [directions.length / length, length]),
        false,
        true,
      )
      .dataSync<'float32'>(),
  );
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
