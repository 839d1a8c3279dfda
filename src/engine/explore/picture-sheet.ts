import { encodePhoto } from '../../image/encode-photo.ts';
import type { PictureSheet } from '../../shared/explore.ts';
import type { Library } from './library.ts';

const mostColumns = 16;
const picturesAtOnce = 8;

/** Squares of pictures of a library in rows, in one JPEG; one that can no longer be read stays grey. */
export async function pictureSheet(
  library: Library,
  indices: readonly number[],
  side: number,
  signal: AbortSignal,
): Promise<PictureSheet> {
  const columns = Math.min(mostColumns, indices.length);
  const width = columns * side;
  const height = Math.ceil(indices.length / columns) * side;
  const data = new Uint8Array(width * height * 3).fill(128);
  for (let first = 0; first < indices.length; first += picturesAtOnce) {
    signal.throwIfAborted();
    const some = indices.slice(first, first + picturesAtOnce);
    const squares = await Promise.all(some.map((index) => library.thumbnail(index, side).catch(() => null)));
    for (const [offset, square] of squares.entries()) {
      if (square === null) continue;
      const place = first + offset;
      const left = (place % columns) * side;
      const top = Math.floor(place / columns) * side;
      for (let row = 0; row < side; row++) {
        const line = square.data.subarray(row * side * 3, (row + 1) * side * 3);
        data.set(line, ((top + row) * width + left) * 3);
      }
    }
  }
  const pixels = { width, height, channels: 3 as const, data };
  const jpeg = await encodePhoto({ pixels, metadata: {} }, { format: 'jpeg', quality: 85, signal });
  return { jpeg, columns, side };
}
