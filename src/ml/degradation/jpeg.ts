import type { Graph, Value } from '../graph/graph.ts';
import { binary, cast, concat, offset, reshape, scale, slice } from '../graph/operations.ts';
import type { GraphRandom } from './graph-random.ts';

const highestQuality = 95;

/**
 * Pictures after JPEG of a random quality for each, by TensorFlow's own coder (libjpeg-turbo, 4:2:0).
 * @param pictures [b, h, w, 3]; clipped to 0..1 and rounded to 8 bits
 */
export function throughJpeg(graph: Graph, pictures: Value, random: GraphRandom, lowestQuality: number): Value {
  const [batch = 0, height = 0, width = 0] = pictures.shape;
  const span = highestQuality + 1 - lowestQuality;
  const draws = offset(graph, scale(graph, random.uniform([batch]), span), lowestQuality);
  const qualities = cast(graph, draws, 'int32');
  const whole = binary(graph, 'Minimum', binary(graph, 'Maximum', pictures, graph.scalar(0)), graph.scalar(1));
  // A cast cuts the fraction off, so that half a step more rounds.
  const bytes = cast(graph, offset(graph, scale(graph, whole, 255), 0.5), 'uint8');
  const shape = [height, width, 3];
  const decoded = Array.from({ length: batch }, (_, index) => {
    const picture = reshape(graph, slice(graph, bytes, [index, 0, 0, 0], [1, ...shape]), shape);
    const quality = reshape(graph, slice(graph, qualities, [index], [1]), []);
    const file = graph.add('EncodeJpegVariableQuality', [picture, quality], [], 'string');
    const back = graph.add('DecodeJpeg', [file], shape, 'uint8', { attributes: { channels: { int: 3 } } });
    return reshape(graph, back, [1, ...shape]);
  });
  return scale(graph, cast(graph, concat(graph, decoded, 0), 'float32'), 1 / 255);
}
