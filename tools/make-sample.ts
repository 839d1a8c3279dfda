import { writeFile } from 'node:fs/promises';
import { encodePhoto } from '../src/image/encode-photo.ts';
import { createRandom } from '../src/shared/random.ts';
import { renderLandscape } from './sample/render.ts';
import { createTerrain } from './sample/terrain.ts';

/**
 * Makes the sample photo of the empty window: a computed landscape with the noise of a camera in poor light. Run it as
 * `node_modules/.bin/node tools/make-sample.ts`; it takes about a minute and gives the same picture every time.
 */
const [width, height] = [720, 480];
/** Noise on the 0..255 scale. */
const sigma255 = 20;
const seed = 2027;
const target = new URL('../assets/samples/mountain-lake-noisy.jpg', import.meta.url);
const camera = { eye: [384, 17, 12], horizon: 0.52, spread: 1.25 } as const;

const random = createRandom(seed, 0);
const picture = renderLandscape(createTerrain(768), { camera, width, height, rays: 2 });
const data = Uint8Array.from(picture, (value) =>
  Math.min(255, Math.max(0, Math.round(value + sigma255 * random.normal()))),
);
const photo = { pixels: { width, height, channels: 3 as const, data }, metadata: {} };
const bytes = await encodePhoto(photo, { format: 'jpeg', quality: 86 });
await writeFile(target, bytes);
console.log(`${target.pathname}: ${width} x ${height}, ${bytes.byteLength} bytes`);
