import { encodePhoto } from '../../src/image/encode-photo.ts';
import type { Pixels } from '../../src/shared/pixels.ts';
import { createRandom } from '../../src/shared/random.ts';

/** Pictures that the tests make themselves. */

/** A picture of soft shapes with edges and noise, the same for the same arguments. */
export function makePicture(width: number, height: number, sigma255: number): Pixels {
  const random = createRandom(7, 0);
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    const [x, y] = [index % width, Math.floor(index / width)];
    const ring = Math.hypot(x - width * 0.6, y - height * 0.4) / height;
    const isInside = ring < 0.3 ? 70 : 0;
    const wave = 40 * Math.sin(x / 23) * Math.cos(y / 31);
    for (let channel = 0; channel < 3; channel += 1) {
      const value = 90 + isInside + wave + channel * 18 + (60 * y) / height + sigma255 * random.normal();
      data[index * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return { width, height, channels: 3, data };
}

/** The picture as a PNG file. */
export async function toPngFile(pixels: Pixels): Promise<Buffer> {
  return Buffer.from(await encodePhoto({ pixels, metadata: {} }, { format: 'png' }));
}
