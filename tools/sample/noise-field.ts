/** Smooth noise of two variables, for landscapes. Everything is a function of its arguments: no state, no clock. */

/** A value from 0 to 1 for a point of the integer grid. */
function cell(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374_761_393) + Math.imul(y, 668_265_263) + Math.imul(seed, 2_147_483_629);
  h = Math.imul(h ^ (h >>> 13), 1_274_126_177);
  h = Math.imul(h ^ (h >>> 16), 2_246_822_519);
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296;
}

/** Value noise, 0..1, with a continuous second derivative. */
export function valueNoise(x: number, y: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = fade(x - x0);
  const v = fade(y - y0);
  const top = cell(x0, y0, seed) * (1 - u) + cell(x0 + 1, y0, seed) * u;
  const bottom = cell(x0, y0 + 1, seed) * (1 - u) + cell(x0 + 1, y0 + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

/** Sum of octaves, each twice as fine and half as strong, turned against each other; 0..1. */
export function fractalNoise(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let total = 0;
  let weight = 1;
  let [px, py] = [x, y];
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += weight * valueNoise(px, py, seed + octave);
    total += weight;
    weight *= 0.5;
    [px, py] = [1.6 * px - 1.2 * py, 1.2 * px + 1.6 * py];
  }
  return sum / total;
}

/** Like {@link fractalNoise}, with sharp crests where the noise crosses its middle; 0..1. */
export function ridgedNoise(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let total = 0;
  let weight = 1;
  let carry = 1;
  let [px, py] = [x, y];
  for (let octave = 0; octave < octaves; octave += 1) {
    const crest = (1 - Math.abs(2 * valueNoise(px, py, seed + octave) - 1)) ** 2;
    sum += weight * crest * carry;
    total += weight;
    carry = Math.min(1, crest * 1.4);
    weight *= 0.44;
    [px, py] = [1.6 * px - 1.2 * py, 1.2 * px + 1.6 * py];
  }
  return sum / total;
}
