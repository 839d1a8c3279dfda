import type { Graph, Value } from '../graph/graph.ts';
import { add, multiply, offset, random, scale, unary } from '../graph/operations.ts';

/** Random numbers of one step, each call with a stream of its own. */
export interface GraphRandom {
  uniform(shape: readonly number[]): Value;
  normal(shape: readonly number[]): Value;
}

/** @param seed int32 [2] of the step */
export function graphRandom(graph: Graph, seed: Value, stream: number): GraphRandom {
  let calls = 0;
  const next = (kind: 'normal' | 'uniform', shape: readonly number[]): Value => {
    calls += 1;
    return random(graph, kind, shape, add(graph, seed, graph.integers([stream + calls, 0])));
  };
  return { uniform: (shape) => next('uniform', shape), normal: (shape) => next('normal', shape) };
}

/** Uniform between two limits, one number for each picture of a batch. */
export function perPicture(graph: Graph, random: GraphRandom, batch: number, low: number, high: number): Value {
  return offset(graph, scale(graph, random.uniform([batch, 1, 1, 1]), high - low), low);
}

/** Shot and read noise as a normal number whose variance grows with brightness (Foi et al. 2008). */
export function sensorNoise(graph: Graph, brightness: Value, random: GraphRandom, shot: Value, read: Value): Value {
  const variance = add(graph, multiply(graph, brightness, shot), unary(graph, 'Square', read));
  return multiply(graph, random.normal(brightness.shape), unary(graph, 'Sqrt', variance));
}
