import type { Weights } from '../layers/description.ts';
import type { Mixture } from './mixture.ts';

/** Where the codes of the training pictures lie, as arrays of a model package. */
export function arraysOfPrior({ length, weights, means, factors }: Mixture) {
  const components = weights.length;
  return [
    { name: 'prior/weights', shape: [components], values: weights },
    { name: 'prior/means', shape: [components, length], values: means },
    { name: 'prior/factors', shape: [components, length, length], values: factors },
  ];
}

/** What {@link arraysOfPrior} wrote; for a model without it N(0, 1), to which a variational model is drawn in training. */
export function priorOf(weights: Weights, length: number): Mixture {
  const [parts, means, factors] = ['weights', 'means', 'factors'].map((name) => weights.get(`prior/${name}`));
  const components = parts?.length ?? 0;
  const fits = means?.length === components * length && factors?.length === components * length * length;
  if (parts !== undefined && means !== undefined && factors !== undefined && components > 0 && fits) {
    return { length, weights: parts, means, factors };
  }
  const identity = Float32Array.from({ length: length * length }, (_, at) => (at % (length + 1) === 0 ? 1 : 0));
  return { length, weights: Float32Array.of(1), means: new Float32Array(length), factors: identity };
}
