import { fractalNoise, valueNoise } from './noise-field.ts';
import { heightAt, slopeAt, smoothstep, type Terrain } from './terrain.ts';

/** A view of the terrain at sunset, ray by ray. Colours are linear light. */
type Vector = readonly [number, number, number];

const sun = normalise([-0.72, 0.5, -0.3]);
const sunLight: Vector = [3.1, 2.05, 1.15];
const skyLight: Vector = [0.22, 0.3, 0.46];
const haze: Vector = [0.6, 0.56, 0.6];

export interface Camera {
  eye: Vector;
  /** Height of the horizon in the picture, 0 top to 1 bottom. */
  horizon: number;
  /** Width of the picture at distance 1. */
  spread: number;
}

/** Colour seen at a position of the picture; `u` and `v` run from 0 to 1, `aspect` is width over height. */
export function colourAt(terrain: Terrain, camera: Camera, u: number, v: number, aspect: number): Vector {
  const direction = normalise([(u - 0.5) * camera.spread, ((camera.horizon - v) * camera.spread) / aspect, 1]);
  return look(terrain, camera.eye, direction, true);
}

function look(terrain: Terrain, eye: Vector, direction: Vector, canMirror: boolean): Vector {
  const ground = distanceToGround(terrain, eye, direction);
  const water = direction[1] < 0 ? -eye[1] / direction[1] : Infinity;
  const distance = Math.min(ground, water);
  if (!Number.isFinite(distance) || distance > terrain.side * 1.5) return sky(direction);
  const point = along(eye, direction, distance);
  const near = water < ground && canMirror ? waterColour(terrain, point, direction) : groundColour(terrain, point);
  const veil = 1 - Math.exp(-((distance / (terrain.side * 1.25)) ** 2));
  const glow = Math.max(0, dot(direction, sun)) ** 6;
  const air = mix(haze, [1.25, 0.86, 0.52], glow * 0.8);
  return mix(near, air, veil * 0.6);
}

function distanceToGround(terrain: Terrain, eye: Vector, direction: Vector): number {
  let distance = 1;
  let before = 1;
  for (let step = 0; step < 420 && distance < terrain.side * 1.4; step += 1) {
    const [x, y, z] = along(eye, direction, distance);
    const above = y - heightAt(terrain, x, z);
    if (above < 0.002 * distance) return refine(terrain, eye, direction, before, distance);
    if (y > terrain.side * 0.6) return Infinity;
    before = distance;
    distance += Math.max(0.25, above * 0.35);
  }
  return Infinity;
}

function refine(terrain: Terrain, eye: Vector, direction: Vector, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 8; step += 1) {
    const middle = (low + high) / 2;
    const [x, y, z] = along(eye, direction, middle);
    if (y < heightAt(terrain, x, z)) high = middle;
    else low = middle;
  }
  return high;
}

function groundColour(terrain: Terrain, [x, y, z]: Vector): Vector {
  const slope = slopeAt(terrain, x, z);
  const grain = fractalNoise(x * 0.9, z * 0.9, 4, 301) - 0.5;
  const fine = fractalNoise(x * 4.1, z * 4.1, 3, 401) - 0.5;
  const normal = normalise([-slope.x - grain * 0.3 - fine * 0.2, 1, -slope.z - fine * 0.2]);
  const flat = 1 / Math.hypot(slope.x, 1, slope.z);
  const height = y / terrain.side;
  const rock = mix([0.13, 0.105, 0.09], [0.27, 0.23, 0.2], fractalNoise(x * 0.23, y * 0.5, 4, 501));
  const meadow = mix([0.1, 0.12, 0.035], [0.2, 0.17, 0.06], fractalNoise(x * 0.12, z * 0.12, 4, 601));
  const woods: Vector = [0.025, 0.045, 0.02];
  const wooded = smoothstep(0.42, 0.5, fractalNoise(x * 0.045, z * 0.045, 4, 701) + 0.25 * fine);
  let colour = mix(rock, mix(meadow, woods, wooded), smoothstep(0.62, 0.8, flat) * smoothstep(0.2, 0.1, height));
  const snow = smoothstep(0.155, 0.2, height + 0.05 * grain) * smoothstep(0.5, 0.68, flat + 0.3 * grain);
  colour = mix(colour, [0.78, 0.8, 0.86], snow);
  colour = mix(colour, [0.2, 0.17, 0.13], smoothstep(0.004, 0.0005, height) * 0.8);
  const lit = Math.max(0, dot(normal, sun)) * shadow(terrain, [x, y, z]);
  const sky = 0.5 + 0.5 * normal[1];
  return [0, 1, 2].map((i) => colour[i]! * (sunLight[i]! * lit + skyLight[i]! * sky)) as unknown as Vector;
}

/** 1 in the sun, 0 in shadow, soft at the edge. */
function shadow(terrain: Terrain, point: Vector): number {
  let light = 1;
  for (let distance = 2; distance < terrain.side * 0.4;) {
    const [x, y, z] = along(point, sun, distance);
    const above = y - heightAt(terrain, x, z);
    light = Math.min(light, (14 * above) / distance);
    if (light <= 0) return 0;
    distance += Math.max(0.8, above * 0.5);
  }
  return light;
}

function waterColour(terrain: Terrain, point: Vector, direction: Vector): Vector {
  const [x, , z] = point;
  const far = 1 / (1 + z * 0.012);
  const ripple = (scale: number, seed: number) => fractalNoise(x * scale, z * scale * 2.4, 4, seed) - 0.5;
  const calm = 0.35 + 0.65 * smoothstep(0.42, 0.62, valueNoise(x * 0.02, z * 0.06, 811));
  const normal = normalise([ripple(0.9, 801) * 0.1 * far * calm, 1, ripple(0.8, 901) * 0.2 * far * calm]);
  const facing = -dot(direction, normal);
  const mirrored: Vector = [
    direction[0] + 2 * facing * normal[0],
    Math.max(0.01, direction[1] + 2 * facing * normal[1]),
    direction[2] + 2 * facing * normal[2],
  ];
  // Schlick's approximation for water.
  const share = 0.02 + 0.98 * (1 - Math.max(0, facing)) ** 5;
  const seen = look(terrain, [point[0], 0.05, point[2]], normalise(mirrored), false);
  return mix([0.018, 0.045, 0.05], seen, Math.min(0.95, share * 1.15));
}

function sky(direction: Vector): Vector {
  const height = Math.max(0, direction[1]);
  const glow = Math.max(0, dot(direction, sun));
  let colour = mix([0.98, 0.72, 0.5], [0.11, 0.21, 0.44], smoothstep(-0.04, 0.52, height));
  colour = mix(colour, [1.7, 1.12, 0.6], glow ** 10 * 0.85);
  const flat = 1 / (height + 0.14);
  const [x, z] = [direction[0] * flat, direction[2] * flat];
  const warp = fractalNoise(x * 1.1, z * 1.1, 3, 951);
  const cloud = smoothstep(0.5, 0.78, fractalNoise(x * 1.3 + warp, z * 2.6 + warp, 7, 961));
  const lit = mix([0.52, 0.42, 0.46], [1.7, 1.15, 0.8], glow ** 3 * 0.7 + 0.15);
  return mix(colour, lit, cloud * smoothstep(0.02, 0.2, height) * 0.85);
}

function along(from: Vector, direction: Vector, distance: number): Vector {
  return [from[0] + direction[0] * distance, from[1] + direction[1] * distance, from[2] + direction[2] * distance];
}

function mix(a: Vector, b: Vector, share: number): Vector {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function normalise(vector: Vector): Vector {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
