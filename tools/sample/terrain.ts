import { fractalNoise, ridgedNoise, valueNoise } from './noise-field.ts';

/** A square field of heights; one unit is one cell, and water stands at height 0. */
export interface Terrain {
  side: number;
  heights: Float32Array;
}

/** A valley with a lake between mountains that grow with the distance, worn by rain. */
export function createTerrain(side: number): Terrain {
  const heights = new Float32Array(side * side);
  for (let z = 0; z < side; z += 1) {
    for (let x = 0; x < side; x += 1) heights[z * side + x] = rawHeight(x / side, z / side) * side;
  }
  const terrain = { side, heights };
  erode(terrain, 90_000);
  return terrain;
}

/** Height before erosion, in shares of the side. `x` runs to the right, `z` away from the viewer. */
function rawHeight(x: number, z: number): number {
  const bend = 0.5 + 0.07 * Math.sin(z * 5.2) + 0.05 * (fractalNoise(z * 3, 1, 3, 11) - 0.5);
  const away = Math.abs(x - bend);
  const walls = smoothstep(0.04, 0.34, away - 0.05 * fractalNoise(x * 8, z * 8, 4, 5));
  const back = smoothstep(0.5, 0.98, z);
  const warp = 0.35 * fractalNoise(x * 3, z * 3, 3, 21);
  const mountains = ridgedNoise(x * 3.1 + warp, z * 3.1 + warp, 9, 31);
  const hills = fractalNoise(x * 9, z * 9, 7, 71);
  const rise = Math.max(walls * (0.2 + 0.6 * z), back);
  const bank = 0.034 * smoothstep(0.16, 0.05, z) * smoothstep(0.62, 0.4, x + 0.1 * fractalNoise(x * 14, z * 14, 3, 91));
  return bank - 0.016 + 0.27 * rise * (0.12 + mountains) + 0.03 * hills * (0.35 + rise);
}

/**
 * Wears the terrain by drops of water that run downhill, take soil where they are fast and leave it where they slow
 * down (Beyer, Implementation of a method for hydraulic erosion, 2015, with a brush of one cell).
 */
function erode(terrain: Terrain, drops: number): void {
  const { side } = terrain;
  for (let drop = 0; drop < drops; drop += 1) {
    const x = 2 + (side - 5) * valueNoise(drop + 0.5, 0.5, 101);
    const z = 2 + (side - 5) * valueNoise(drop + 0.5, 0.5, 202);
    runDrop(terrain, x, z);
  }
}

function runDrop(terrain: Terrain, startX: number, startZ: number): void {
  let [x, z, dirX, dirZ, speed, water, soil] = [startX, startZ, 0, 0, 1, 1, 0];
  for (let step = 0; step < 48; step += 1) {
    const before = heightAt(terrain, x, z);
    const slope = slopeAt(terrain, x, z);
    dirX = dirX * 0.1 - slope.x * 0.9;
    dirZ = dirZ * 0.1 - slope.z * 0.9;
    const length = Math.hypot(dirX, dirZ);
    if (length < 1e-6) return;
    const [nextX, nextZ] = [x + dirX / length, z + dirZ / length];
    if (nextX < 2 || nextZ < 2 || nextX > terrain.side - 3 || nextZ > terrain.side - 3) return;
    const fall = heightAt(terrain, nextX, nextZ) - before;
    const capacity = Math.max(-fall, 0.01) * speed * water * 3;
    const change =
      fall > 0 ? Math.min(fall, soil) : soil > capacity ? (soil - capacity) * 0.1 : -take(capacity, soil, fall);
    spread(terrain, x, z, change);
    soil -= change;
    speed = Math.sqrt(Math.max(0, speed * speed - fall * 4));
    water *= 0.985;
    [x, z] = [nextX, nextZ];
  }
}

function take(capacity: number, soil: number, fall: number): number {
  return Math.min((capacity - soil) * 0.05, -fall * 0.5);
}

/** Adds to the four cells around a point. */
function spread({ side, heights }: Terrain, x: number, z: number, amount: number): void {
  const [x0, z0] = [Math.floor(x), Math.floor(z)];
  const [u, v] = [x - x0, z - z0];
  const index = z0 * side + x0;
  heights[index]! += amount * (1 - u) * (1 - v);
  heights[index + 1]! += amount * u * (1 - v);
  heights[index + side]! += amount * (1 - u) * v;
  heights[index + side + 1]! += amount * u * v;
}

/** Height between the cells; the edge goes on for ever. */
export function heightAt({ side, heights }: Terrain, x: number, z: number): number {
  const cx = Math.min(side - 1.001, Math.max(0, x));
  const cz = Math.min(side - 1.001, Math.max(0, z));
  const [x0, z0] = [Math.floor(cx), Math.floor(cz)];
  const [u, v] = [cx - x0, cz - z0];
  const index = z0 * side + x0;
  const near = heights[index]! * (1 - u) + heights[index + 1]! * u;
  const far = heights[index + side]! * (1 - u) + heights[index + side + 1]! * u;
  return near * (1 - v) + far * v;
}

/** Rise per cell along both axes. */
export function slopeAt(terrain: Terrain, x: number, z: number): { x: number; z: number } {
  return {
    x: (heightAt(terrain, x + 1, z) - heightAt(terrain, x - 1, z)) / 2,
    z: (heightAt(terrain, x, z + 1) - heightAt(terrain, x, z - 1)) / 2,
  };
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
