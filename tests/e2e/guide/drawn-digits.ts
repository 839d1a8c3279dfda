import { createRandom } from '../../../src/shared/random.ts';
import type { Random } from '../../../src/shared/random.ts';
import type { DroppedFile } from '../window.ts';

/** Digits for the pictures of the guide, drawn with strokes that shake, in the files of MNIST's kind. */
const side = 28;
type Point = readonly [number, number];

/** Strokes of each digit, x to the right and y down, from 0 to 1. */
const strokes: readonly (readonly (readonly Point[])[])[] = [
  [arc(0.5, 0.5, 0.24, 0.36, 0, 2)],
  [
    [
      [0.36, 0.27],
      [0.54, 0.13],
      [0.54, 0.87],
    ],
  ],
  [[...arc(0.5, 0.33, 0.22, 0.2, -1, 0.22), [0.28, 0.86], [0.76, 0.86]]],
  [[...arc(0.47, 0.31, 0.2, 0.18, -0.85, 0.5), ...arc(0.47, 0.68, 0.24, 0.19, -0.5, 0.85)]],
  [
    [
      [0.6, 0.87],
      [0.6, 0.13],
      [0.26, 0.62],
      [0.78, 0.62],
    ],
  ],
  [[[0.72, 0.14], [0.36, 0.14], [0.33, 0.44], ...arc(0.48, 0.64, 0.24, 0.22, -0.62, 0.8)]],
  [[[0.64, 0.12], [0.38, 0.4], ...arc(0.5, 0.66, 0.21, 0.2, -1, 1)]],
  [
    [
      [0.26, 0.14],
      [0.74, 0.14],
      [0.44, 0.87],
    ],
  ],
  [arc(0.5, 0.31, 0.18, 0.17, 0, 2), arc(0.5, 0.67, 0.22, 0.2, 0, 2)],
  [[...arc(0.48, 0.34, 0.2, 0.2, 0, 2), [0.68, 0.34], [0.6, 0.87]]],
];

/** Points of an ellipse; angles count in half turns from the right, downwards. */
function arc(x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Point[] {
  return Array.from({ length: 17 }, (_, step) => {
    const angle = Math.PI * (from + ((to - from) * step) / 16);
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)];
  });
}

/** `count` digits, ten in turn, as two IDX files: pictures of 28 x 28 bytes, and which digit each is. */
export function drawnDigits(count: number): DroppedFile[] {
  const random = createRandom(5, 0);
  const pictures = Array.from({ length: count }, (_, index) => drawDigit(index % 10, random));
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  return [
    idxFile('train-images-idx3-ubyte', [count, side, side], Buffer.concat(pictures)),
    idxFile('train-labels-idx1-ubyte', [count], labels),
  ];
}

function drawDigit(digit: number, random: Random): Uint8Array {
  const [slant, turn] = [0.22 * random.normal(), 0.09 * random.normal()];
  const [wide, high] = [0.86 + 0.09 * random.normal(), 0.82 + 0.05 * random.normal()];
  const [right, down] = [0.03 * random.normal(), 0.03 * random.normal()];
  const radius = 0.045 + 0.012 * random.uniform();
  const place = ([x, y]: Point): Point => {
    const [u, v] = [wide * (x - 0.5) - slant * (y - 0.5), high * (y - 0.5)];
    const [shakeX, shakeY] = [0.008 * random.normal(), 0.008 * random.normal()];
    return [0.5 + u - turn * v + right + shakeX, 0.5 + v + turn * u + down + shakeY];
  };
  const lines = (strokes[digit] ?? []).map((points) => points.map(place));
  return Uint8Array.from({ length: side * side }, (_, index) => {
    const at: Point = [((index % side) + 0.5) / side, (Math.floor(index / side) + 0.5) / side];
    const distance = Math.min(...lines.map((points) => distanceTo(points, at)));
    return Math.round(255 * Math.min(1, Math.max(0, (radius - distance) * side + 0.5)));
  });
}

/** Distance of a point to a line of several pieces. */
function distanceTo(points: readonly Point[], [x, y]: Point): number {
  let nearest = Infinity;
  for (let index = 1; index < points.length; index += 1) {
    const [[fromX, fromY], [toX, toY]] = [points[index - 1] as Point, points[index] as Point];
    const [dx, dy] = [toX - fromX, toY - fromY];
    const along = Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x - fromX - along * dx, y - fromY - along * dy));
  }
  return nearest;
}

/** An array of bytes in the format of MNIST's files. */
function idxFile(name: string, shape: readonly number[], bytes: Uint8Array): DroppedFile {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((length, axis) => head.writeUInt32BE(length, 4 + 4 * axis));
  return { name, bytes: Buffer.concat([head, bytes]), mediaType: 'application/octet-stream' };
}
