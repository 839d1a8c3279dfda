import { colourAt, type Camera } from './landscape.ts';
import type { Terrain } from './terrain.ts';

export interface View {
  camera: Camera;
  width: number;
  height: number;
  /** Rays per pixel, each way. */
  rays: number;
}

/** A picture of the terrain: values of sRGB on the 0..255 scale, [height, width, 3], not rounded. */
export function renderLandscape(terrain: Terrain, { camera, width, height, rays }: View): Float32Array {
  const picture = new Float32Array(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    const [x, y] = [index % width, Math.floor(index / width)];
    for (let ray = 0; ray < rays * rays; ray += 1) {
      const u = (x + ((ray % rays) + 0.5) / rays) / width;
      const v = (y + (Math.floor(ray / rays) + 0.5) / rays) / height;
      const colour = colourAt(terrain, camera, u, v, width / height);
      for (let channel = 0; channel < 3; channel += 1) {
        picture[index * 3 + channel]! += toDisplay(colour[channel]!) / rays ** 2;
      }
    }
  }
  return picture;
}

/** Linear light to a display value, 0..255: a filmic curve (Narkowicz 2015), then the curve of sRGB. */
function toDisplay(light: number): number {
  const exposed = light * 0.8;
  const film = (exposed * (2.51 * exposed + 0.03)) / (exposed * (2.43 * exposed + 0.59) + 0.14);
  const linear = Math.min(1, Math.max(0, film));
  return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
}
