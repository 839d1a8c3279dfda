import type { Graph, Value } from '../../graph/graph.ts';
import { addAll, atLeast, multiply, slice, spaceToDepth, subtract } from '../../graph/operations.ts';

/** Places in a cell of 2 x 2 pixels, row by row, that touch, in both orders. */
export const neighbourPairs = [
  [0, 1],
  [1, 0],
  [2, 3],
  [3, 2],
  [0, 2],
  [2, 0],
  [1, 3],
  [3, 1],
] as const;

/** Two pictures of half the size from one: in each cell of 2 x 2 pixels two that touch, one for each. */
export interface NeighbourSamples {
  (pictures: Value): { first: Value; second: Value };
}

/**
 * The random sub-sampler of Neighbor2Neighbor (Huang et al. 2021, section 4.1).
 * @param draw uniform 0..1, [b, h / 2, w / 2, 1]: which pair each cell takes
 * @returns a sampler that takes the same pixels of any pictures [b, h, w, c]
 */
export function neighbourSamples(graph: Graph, draw: Value): NeighbourSamples {
  const count = neighbourPairs.length;
  const from = neighbourPairs.map((_, pair) => atLeast(graph, draw, graph.scalar(pair / count)));
  const chosen = from.map((value, pair) => {
    const next = from[pair + 1];
    return next === undefined ? value : subtract(graph, value, next);
  });
  const masks = ([0, 1] as const).map((side) =>
    [0, 1, 2, 3].map((place) =>
      addAll(
        graph,
        chosen.filter((_, pair) => neighbourPairs[pair]?.[side] === place),
      ),
    ),
  );
  return (pictures) => {
    const cells = spaceToDepth(graph, pictures, 2);
    const [batch = 0, height = 0, width = 0, depth = 0] = cells.shape;
    const channels = depth / 4;
    const places = [0, 1, 2, 3].map((place) =>
      slice(graph, cells, [0, 0, 0, place * channels], [batch, height, width, channels]),
    );
    const [first, second] = masks.map((side) =>
      addAll(
        graph,
        places.map((values, place) => multiply(graph, values, side[place] as Value)),
      ),
    );
    return { first: first as Value, second: second as Value };
  };
}
