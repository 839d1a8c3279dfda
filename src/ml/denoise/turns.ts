/** One of the eight ways to lay a picture: mirrored left to right, upside down, then rows for columns. */
export interface Turn {
  mirrors: boolean;
  flips: boolean;
  transposes: boolean;
}

/** All of them; the first leaves the picture as it is. */
export const turns: readonly [Turn, ...Turn[]] = [
  { mirrors: false, flips: false, transposes: false },
  { mirrors: true, flips: false, transposes: false },
  { mirrors: false, flips: true, transposes: false },
  { mirrors: true, flips: true, transposes: false },
  { mirrors: false, flips: false, transposes: true },
  { mirrors: true, flips: false, transposes: true },
  { mirrors: false, flips: true, transposes: true },
  { mirrors: true, flips: true, transposes: true },
];

/** Values [height, width, channels] laid another way: [width, height, channels] where rows become columns. */
export function turned(values: Float32Array, width: number, height: number, turn: Turn, channels = 3): Float32Array {
  if (isNone(turn)) return values;
  const result = new Float32Array(values.length);
  eachPlace(width, height, turn, (from, to) =>
    result.set(values.subarray(channels * from, channels * (from + 1)), channels * to),
  );
  return result;
}

/**
 * The way back, for RGB values.
 * @param width of the picture as it was before it was turned
 * @param height likewise
 */
export function turnedBack(values: Float32Array, width: number, height: number, turn: Turn): Float32Array {
  if (isNone(turn)) return values;
  const result = new Float32Array(values.length);
  eachPlace(width, height, turn, (from, to) => result.set(values.subarray(3 * to, 3 * (to + 1)), 3 * from));
  return result;
}

function isNone({ mirrors, flips, transposes }: Turn): boolean {
  return !mirrors && !flips && !transposes;
}

/** Tells for each pixel its index and the one that it goes to. */
function eachPlace(
  width: number,
  height: number,
  { mirrors, flips, transposes }: Turn,
  move: (from: number, to: number) => void,
): void {
  for (let y = 0; y < height; y++) {
    const row = flips ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const column = mirrors ? width - 1 - x : x;
      move(y * width + x, transposes ? column * height + row : row * width + column);
    }
  }
}
