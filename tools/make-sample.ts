import { writeFile } from 'node:fs/promises';
import { encodePhoto } from '../src/image/encode-photo.ts';
import { createRandom } from '../src/shared/random.ts';
import { colourAt, type Camera } from './sample/landscape.ts';
import { createTerrain } from './sample/terrain.ts';

/**
 * Makes the sample photo of the empty window: a computed landscape with the noise of a camera in poor light. Run it as
 * `node_modules/.bin/node tools/make-sample.ts`; it takes about a minute and gives the same picture every time.
 */
const width = 720;
const height = 480;
/** Rays per pixel, each way. */
const rays = 2;
/** Noise on the 0..255 scale. */
const sigma255 = 20;
const seed = 2027;
const target = new URL('../assets/samples/mountain-lake-noisy.jpg', import.meta.url);
const camera: Camera = { eye: [384, 17, 12], horizon: 0.52, spread: 1.25 };

/** Linear light to a display value, 0..255: a filmic curve (Narkowicz 2015), then the curve of sRGB. */
function toDisplay(light: number): number {
  const exposed = light * 0.8;
  const film = (exposed * (2.51 * exposed + 0.03)) / (exposed * (2.43 * exposed + 0.59) + 0.14);
  const linear = Math.min(1, Math.max(0, film));
  return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
}

function render(): Float32Array {
  const terrain = createTerrain(768);
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

const random = createRandom(seed, 0);
const data = Uint8Array.from(render(), (value) =>
  Math.min(255, Math.max(0, Math.round(value + sigma255 * random.normal()))),
);
const photo = { pixels: { width, height, channels: 3 as const, data }, metadata: {} };
const bytes = await encodePhoto(photo, { format: 'jpeg', quality: 86 });
await writeFile(target, bytes);
console.log(`${target.pathname}: ${width} x ${height}, ${bytes.byteLength} bytes`);
