import type { TrainingOptions } from '../../../shared/train-options.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { add, multiply, offset, reduce, scale, subtract, unary } from '../../graph/operations.ts';
import { multiScaleSimilarity } from './multi-scale-similarity.ts';

export type LossName = NonNullable<TrainingOptions['loss']>;

export interface PixelLoss {
  name: LossName;
  /** Part of 1 - MS-SSIM in `msSsim`. */
  msSsimWeight: number;
}

/** A restored picture [b, h, w, c], 0..1; with logits where it comes out of a sigmoid. */
export interface Restored {
  values: Value;
  logits?: Value;
}

/** Where the Charbonnier loss goes from squares to absolute differences, for pictures of 0..1. */
const charbonnierWidth = 1e-3;

/**
 * The difference of restored pictures to what they should be, one number for each picture, [b].
 * @param target [b, h, w, c], 0..1
 */
export function pixelLosses(graph: Graph, restored: Restored, target: Value, loss: PixelLoss): Value {
  const difference = (): Value => subtract(graph, restored.values, target);
  const perPicture = (values: Value): Value => reduce(graph, 'Mean', values, [1, 2, 3]);
  switch (loss.name) {
    case 'mse':
      return perPicture(unary(graph, 'Square', difference()));
    case 'mae':
      return perPicture(unary(graph, 'Abs', difference()));
    case 'charbonnier': {
      const squares = offset(graph, unary(graph, 'Square', difference()), charbonnierWidth ** 2);
      return perPicture(unary(graph, 'Sqrt', squares));
    }
    case 'binaryCrossEntropy':
      return perPicture(crossEntropy(graph, restored, target));
    case 'msSsim': {
      const similarity = multiScaleSimilarity(graph, restored.values, target);
      const structure = scale(graph, offset(graph, similarity, -1), -loss.msSsimWeight);
      const absolute = perPicture(unary(graph, 'Abs', difference()));
      return add(graph, structure, scale(graph, absolute, 1 - loss.msSsimWeight));
    }
  }
}

/** -t log(p) - (1 - t) log(1 - p) with p = sigmoid(z), which is softplus(z) - t z: exact where p is 0 or 1. */
function crossEntropy(graph: Graph, { logits }: Restored, target: Value): Value {
  if (logits === undefined) throw new Error('Cross-entropy needs the values before the sigmoid.');
  return subtract(graph, unary(graph, 'Softplus', logits), multiply(graph, logits, target));
}
