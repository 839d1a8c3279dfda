import type { Graph, Value } from '../graph/graph.ts';
import { add, binary, concat, conv2d, divide, multiply, scale, subtract, unary } from '../graph/operations.ts';
import { perPicture, sensorNoise } from './graph-random.ts';
import type { GraphRandom } from './graph-random.ts';
import type { DegradationSettings } from './settings.ts';

/** Power that stands for the curve of sRGB. */
const gamma = 2.2;
const darkest = 1e-4;
/** Gains of red and blue in daylight and lamplight. */
const whiteBalance = [1.2, 2.4] as const;
/** Shot noise is drawn over two decades, evenly in its logarithm, as of sensors from base to high sensitivity. */
const shotDecades = 2;

/**
 * Photos with the noise that a camera's sensor would have left in them: the curve of sRGB undone, white balance
 * undone, one colour for each pixel (RGGB), shot and read noise, the missing colours from their neighbours, white
 * balance, curve. So the noise is that of photos: stronger in red and blue and in the dark, and spread over several
 * pixels by the demosaicing (the way back of Brooks et al. 2019). What both developed pictures differ by is added to the
 * photo itself: simple demosaicing blurs, and a model that saw only blurred photos would blur sharp ones.
 * @param photos [b, h, w, 3], 0..1, height and width even
 */
export function cameraPictures(
  graph: Graph,
  photos: Value,
  random: GraphRandom,
  { shotMax, readMax }: DegradationSettings,
): Value {
  const [batch = 0, height = 0, width = 0] = photos.shape;
  const one = graph.constant(new Float32Array(batch).fill(1), [batch, 1, 1, 1]);
  const gain = (): Value => perPicture(graph, random, batch, ...whiteBalance);
  const gains = concat(graph, [gain(), one, gain()], 3);
  const mask = bayer(graph, height, width);
  const raw = multiply(graph, divide(graph, power(graph, photos, gamma), gains), mask);
  const decades = scale(graph, random.uniform([batch, 1, 1, 1]), -shotDecades * Math.LN10);
  const shot = scale(graph, unary(graph, 'Exp', decades), shotMax);
  const read = perPicture(graph, random, batch, 0, readMax);
  const noise = multiply(graph, sensorNoise(graph, raw, random, shot, read), mask);
  const developed = (mosaic: Value): Value =>
    power(graph, multiply(graph, demosaiced(graph, mosaic, mask), gains), 1 / gamma);
  return add(graph, photos, subtract(graph, developed(add(graph, raw, noise)), developed(raw)));
}

/** x to a power, x held to 0..1. */
function power(graph: Graph, x: Value, exponent: number): Value {
  const held = binary(graph, 'Minimum', binary(graph, 'Maximum', x, graph.scalar(darkest)), graph.scalar(1));
  return unary(graph, 'Exp', scale(graph, unary(graph, 'Log', held), exponent));
}

/** 1 where the sensor has the colour, [1, h, w, 3]: red and green in even rows, green and blue in odd ones. */
function bayer(graph: Graph, height: number, width: number): Value {
  const values = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[(y * width + x) * 3 + (y % 2) + (x % 2)] = 1;
  }
  return graph.constant(values, [1, height, width, 3]);
}

/** Bilinear: the mean of the nearest pixels that have the colour. */
function demosaiced(graph: Graph, mosaic: Value, mask: Value): Value {
  const near = { green: [0, 1, 0, 1, 4, 1, 0, 1, 0], other: [1, 2, 1, 2, 4, 2, 1, 2, 1] };
  const filter = new Float32Array(81);
  for (let place = 0; place < 9; place++) {
    for (let channel = 0; channel < 3; channel++) {
      filter[place * 9 + channel * 4] = (channel === 1 ? near.green : near.other)[place] ?? 0;
    }
  }
  const weights = graph.constant(filter, [3, 3, 3, 3]);
  return divide(graph, conv2d(graph, mosaic, weights, 1), conv2d(graph, mask, weights, 1));
}
