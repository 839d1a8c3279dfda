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

/** RGB values [height, width, 3] laid another way: [width, height, 3] where rows become columns. */
export function turned(values: Float32Array, width: number, height: number, turn: Turn): Float32Array {
  if (isNone(turn)) return values;
  const result = new Float32Array(values.length);
  eachPlace(width, height, turn, (from, to) => result.set(values.subarray(from, from + 3), to));
  return result;
}

/**
 * The way back.
 * @param width of the picture as it was before it was turned
 * @param height likewise
 */
export function turnedBack(values: Float32Array, width: number, height: number, turn: Turn): Float32Array {
  if (isNone(turn)) return values;
  const result = new Float32Array(values.length);
  eachPlace(width, height, turn, (from, to) => result.set(values.subarray(to, to + 3), from));
  return result;
}

function isNone({ mirrors, flips, transposes }: Turn): boolean {
  return !mirrors && !flips && !transposes;
}

/** Tells for each pixel where it is and where it goes, as indices of its first value. */
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
      move(3 * (y * width + x), 3 * (transposes ? column * height + row : row * width + column));
    }
  }
}
