import { encodePhoto } from '../../../src/image/encode-photo.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { renderLandscape } from '../../../tools/sample/render.ts';
import { createTerrain, heightAt } from '../../../tools/sample/terrain.ts';
import type { DroppedFile } from '../window.ts';

/** Photos for the pictures of the guide: computed views of one country, the same every time. */
const [width, height] = [360, 240];
const side = 768;

/** A photo without noise, values of 0..255. */
export interface Landscape {
  name: string;
  values: Float32Array;
}

/** Views from several places; `count` of them take about two seconds each. */
export function drawLandscapes(count: number): Landscape[] {
  const terrain = createTerrain(side);
  const random = createRandom(11, 0);
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  return Array.from({ length: count }, (_, index) => {
    const [x, z] = [between(250, 520), between(10, 330)];
    const y = Math.max(0, heightAt(terrain, x, z)) + between(8, 34);
    const camera = { eye: [x, y, z] as const, horizon: between(0.38, 0.58), spread: between(0.85, 1.35) };
    const values = renderLandscape(terrain, { camera, width, height, rays: 2 });
    return { name: `lake-${String(index + 1).padStart(2, '0')}`, values };
  });
}

/** The photo as a file with noise of a standard deviation on the 0..255 scale. */
export async function landscapeFile(
  { name, values }: Landscape,
  { sigma255 = 0, format = 'png' as 'png' | 'jpeg', quality = 90 },
): Promise<DroppedFile> {
  const random = createRandom(name.length + sigma255, 1);
  const data = Uint8Array.from(values, (value) =>
    Math.min(255, Math.max(0, Math.round(value + sigma255 * random.normal()))),
  );
  const photo = { pixels: { width, height, channels: 3 as const, data }, metadata: {} };
  const bytes = Buffer.from(await encodePhoto(photo, { format, ...(format === 'jpeg' ? { quality } : {}) }));
  const extension = format === 'jpeg' ? 'jpg' : 'png';
  return { name: `${name}.${extension}`, bytes, mediaType: `image/${format}` };
}
