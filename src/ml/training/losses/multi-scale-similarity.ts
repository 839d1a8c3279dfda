import type { Graph, Value } from '../../graph/graph.ts';
import {
  add,
  binary,
  conv2d,
  divide,
  multiply,
  offset,
  reduce,
  reshape,
  scale,
  slice,
  subtract,
  transpose,
  unary,
} from '../../graph/operations.ts';

/** Window, constants and weights of Wang et al. 2003, as in src/metrics. */
const radius = 5;
const deviation = 1.5;
const c1 = 0.01 ** 2;
const c2 = 0.03 ** 2;
const scaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** Contrast may be negative, and has no power then. */
const smallestContrast = 1e-4;

/** Smallest side of a picture for the loss: the window must fit. */
export const smallestSidePx = 2 * radius + 1;

/**
 * MS-SSIM of pictures with gradients, [b], mean over channels. Pictures too small for all five scales are measured at
 * those that fit, whose weights are then taken to sum to 1.
 * @param a [b, h, w, c], 0..1
 */
export function multiScaleSimilarity(graph: Graph, a: Value, b: Value): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = a.shape;
  const scales = scaleWeights.filter((_, index) => Math.min(height, width) >> index >= smallestSidePx);
  const total = scales.reduce((sum, weight) => sum + weight, 0);
  let planes = [a, b].map((value) =>
    reshape(graph, transpose(graph, value, [0, 3, 1, 2]), [batch * channels, height, width, 1]),
  );
  let logarithm: Value | undefined;
  scales.forEach((weight, index) => {
    const isLast = index === scales.length - 1;
    const { contrast, similarity } = structuralSimilarity(graph, planes[0] as Value, planes[1] as Value);
    const measured = binary(graph, 'Maximum', isLast ? similarity : contrast, graph.scalar(smallestContrast));
    const part = scale(graph, unary(graph, 'Log', measured), weight / total);
    logarithm = logarithm === undefined ? part : add(graph, logarithm, part);
    if (!isLast) planes = planes.map((plane) => halved(graph, plane));
  });
  if (logarithm === undefined) throw new Error(`MS-SSIM needs at least ${smallestSidePx} pixels a side.`);
  return reduce(graph, 'Mean', reshape(graph, unary(graph, 'Exp', logarithm), [batch, channels]), [1]);
}

/** Mean contrast-structure and mean SSIM of planes [n, h, w, 1], each [n]. */
function structuralSimilarity(graph: Graph, a: Value, b: Value): { contrast: Value; similarity: Value } {
  const square = (value: Value): Value => unary(graph, 'Square', value);
  const [meanA, meanB] = [blurred(graph, a), blurred(graph, b)];
  const [meanAA, meanBB, meanAB] = [square(meanA), square(meanB), multiply(graph, meanA, meanB)];
  const varianceA = subtract(graph, blurred(graph, square(a)), meanAA);
  const varianceB = subtract(graph, blurred(graph, square(b)), meanBB);
  const covariance = subtract(graph, blurred(graph, multiply(graph, a, b)), meanAB);
  const contrasts = divide(
    graph,
    offset(graph, scale(graph, covariance, 2), c2),
    offset(graph, add(graph, varianceA, varianceB), c2),
  );
  const luminance = divide(
    graph,
    offset(graph, scale(graph, meanAB, 2), c1),
    offset(graph, add(graph, meanAA, meanBB), c1),
  );
  const perPlane = (value: Value): Value => reduce(graph, 'Mean', value, [1, 2, 3]);
  return { contrast: perPlane(contrasts), similarity: perPlane(multiply(graph, luminance, contrasts)) };
}

/** Gaussian window of 11 x 11 at every place where it fits. */
function blurred(graph: Graph, plane: Value): Value {
  const [count = 0, height = 0, width = 0] = plane.shape;
  const window = Float32Array.from({ length: smallestSidePx }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const total = window.reduce((sum, value) => sum + value, 0);
  const values = window.map((value) => value / total);
  const rows = conv2d(graph, plane, graph.constant(values, [1, smallestSidePx, 1, 1]), 1);
  const both = conv2d(graph, rows, graph.constant(values, [smallestSidePx, 1, 1, 1]), 1);
  return slice(graph, both, [0, radius, radius, 0], [count, height - 2 * radius, width - 2 * radius, 1]);
}

/** Mean of 2 x 2 pixels; an odd last row or column is left out. */
function halved(graph: Graph, plane: Value): Value {
  const [count = 0, height = 0, width = 0] = plane.shape;
  const [rows, columns] = [height >> 1, width >> 1];
  const even = slice(graph, plane, [0, 0, 0, 0], [count, 2 * rows, 2 * columns, 1]);
  const blocks = reshape(graph, even, [count, rows, 2, columns, 2]);
  return reshape(graph, reduce(graph, 'Mean', blocks, [2, 4]), [count, rows, columns, 1]);
}
