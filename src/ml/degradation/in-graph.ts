import type { Graph, Value } from '../graph/graph.ts';
import {
  add,
  addAll,
  atLeast,
  binary,
  multiply,
  offset,
  random,
  reduce,
  scale,
  subtract,
  unary,
} from '../graph/operations.ts';
import { cameraPictures } from './camera.ts';
import { graphRandom, perPicture, sensorNoise } from './graph-random.ts';
import type { GraphRandom } from './graph-random.ts';
import { throughJpeg } from './jpeg.ts';
import type { DegradationName, DegradationSettings } from './settings.ts';

/** What is done to clean pictures in the training graph to make noisy ones: all random, all from the step's seed. */

export const defaultDegradation: DegradationSettings = {
  names: ['gaussian'],
  sigmaMin255: 0,
  sigmaMax255: 55,
  shotMax: 0.012,
  readMax: 0.02,
  saltAndPepperMax: 0.1,
  jpegQualityMin: 20,
};

/** A pair to learn from: pictures [b, h, w, 3], 0..1, and one noise level for each, [b, 1, 1, 1], 0..1. */
export interface DegradedPictures {
  noisy: Value;
  /** What the noisy picture should become. */
  clean: Value;
  level: Value;
}

type Degrade = (
  graph: Graph,
  clean: Value,
  random: GraphRandom,
  settings: DegradationSettings,
) => Omit<DegradedPictures, 'level'>;

const kinds: Record<Exclude<DegradationName, 'gaussian'>, Degrade> = {
  poissonGaussian: (graph, clean, numbers, { shotMax, readMax }) => {
    const [batch = 0] = clean.shape;
    const shot = perPicture(graph, numbers, batch, 0, shotMax);
    const read = perPicture(graph, numbers, batch, 0, readMax);
    return { clean, noisy: add(graph, clean, sensorNoise(graph, clean, numbers, shot, read)) };
  },
  saltAndPepper: (graph, clean, numbers, { saltAndPepperMax }) => {
    const [batch = 0] = clean.shape;
    const half = perPicture(graph, numbers, batch, 0, saltAndPepperMax / 2);
    const draw = numbers.uniform(clean.shape);
    const white = atLeast(graph, half, draw);
    const kept = atLeast(graph, subtract(graph, graph.scalar(1), half), draw);
    return { clean, noisy: binary(graph, 'Maximum', white, multiply(graph, clean, kept)) };
  },
  jpeg: (graph, clean, numbers, { jpegQualityMin }) => ({
    clean,
    noisy: throughJpeg(graph, clean, numbers, jpegQualityMin),
  }),
  camera: (graph, clean, numbers, settings) => {
    const noisy = cameraPictures(graph, clean, numbers, settings);
    return { clean, noisy: throughJpeg(graph, noisy, numbers, settings.jpegQualityMin) };
  },
};

/** An estimate of noise that is not white is off by factors up to about this one, either way. */
const levelError = 1.6;

/**
 * Makes noisy pictures of clean ones. The level that a denoiser is told is the noise's own for Gaussian noise, else the
 * deviation of the noisy picture from the clean one, as wrong as estimates from the picture are.
 * @param photos [b, h, w, 3], 0..1
 * @param seed int32 [2] of the step
 */
export function degradedPictures(
  graph: Graph,
  photos: Value,
  seed: Value,
  settings: DegradationSettings,
): DegradedPictures {
  const all = settings.names.map((name, index) => {
    if (name === 'gaussian') return gaussian(graph, photos, seed, settings);
    const numbers = graphRandom(graph, seed, 0x64656772 + 1000 * index);
    const { noisy, clean } = kinds[name](graph, photos, numbers, settings);
    const squares = unary(graph, 'Square', subtract(graph, noisy, clean));
    const level = unary(graph, 'Sqrt', reduce(graph, 'Mean', squares, [1, 2, 3], true));
    const [batch = 0] = photos.shape;
    const error = perPicture(graph, numbers, batch, -Math.log(levelError), Math.log(levelError));
    return { noisy, clean, level: multiply(graph, level, unary(graph, 'Exp', error)) };
  });
  const [first] = all;
  if (first === undefined) throw new Error('There is no degradation.');
  return all.length === 1 ? first : oneForEach(graph, all, graphRandom(graph, seed, 0x70696368));
}

/** Additive Gaussian noise of a random level for each picture, neither rounded nor clipped. */
function gaussian(
  graph: Graph,
  photos: Value,
  seed: Value,
  { sigmaMin255, sigmaMax255 }: DegradationSettings,
): DegradedPictures {
  const [batch = 0] = photos.shape;
  const second = add(graph, seed, graph.integers([0, 1]));
  const draw = random(graph, 'uniform', [batch, 1, 1, 1], second);
  const level = offset(graph, scale(graph, draw, (sigmaMax255 - sigmaMin255) / 255), sigmaMin255 / 255);
  return {
    noisy: add(graph, photos, multiply(graph, random(graph, 'normal', photos.shape, seed), level)),
    clean: photos,
    level,
  };
}

/** For each picture the result of one of several degradations, all equally likely. */
function oneForEach(graph: Graph, all: readonly DegradedPictures[], numbers: GraphRandom): DegradedPictures {
  const [batch = 0] = all[0]?.noisy.shape ?? [];
  const draw = numbers.uniform([batch, 1, 1, 1]);
  const from = (index: number): Value => atLeast(graph, draw, graph.scalar(index / all.length));
  const masks = all.map((_, index) =>
    index === all.length - 1 ? from(index) : subtract(graph, from(index), from(index + 1)),
  );
  const chosen = (part: keyof DegradedPictures): Value =>
    addAll(
      graph,
      all.map((pictures, index) => multiply(graph, pictures[part], masks[index] as Value)),
    );
  return { noisy: chosen('noisy'), clean: chosen('clean'), level: chosen('level') };
}
