import { access, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { encodePhoto } from '../../image/encode-photo.ts';
import { toExactSize } from '../../image/exact-size.ts';
import { readPreview } from '../../image/preview.ts';
import { writeFileSafely } from '../../image/write-file.ts';
import type { Pixels } from '../../shared/pixels.ts';

/** Side of a kept thumbnail, in pixels. */
const sidePx = 128;

/** Square pictures of photos for maps and lists, kept on disk by the content of the photos. */
export interface Thumbnails {
  /** Makes the thumbnail of a photo from a preview of it, unless it is there. */
  keep(sha256: string, preview: Pixels): Promise<void>;
  /** A square of a photo, RGB; made anew from the file where its thumbnail is gone. Throws as `readPreview`. */
  read(photo: { sha256: string; path: string }, side: number): Promise<Pixels>;
}

export function createThumbnails(dataFolder: string): Thumbnails {
  const pathOf = (sha256: string): string => join(dataFolder, 'explore', 'thumbnails', sha256.slice(0, 2), sha256);
  const write = async (sha256: string, preview: Pixels): Promise<void> => {
    const pixels = await squareOf(preview, sidePx);
    const bytes = await encodePhoto({ pixels, metadata: {} }, { format: 'jpeg', quality: 80, chroma: '420' });
    await writeFileSafely(pathOf(sha256), bytes, { overwrite: true });
  };
  return {
    async keep(sha256, preview) {
      const isThere = await access(pathOf(sha256)).then(
        () => true,
        () => false,
      );
      if (!isThere) await write(sha256, preview);
    },
    async read({ sha256, path }, side) {
      const kept = await readFile(pathOf(sha256)).catch(() => null);
      const source = { bytes: kept ?? (await readFile(path)), name: basename(path) };
      return await squareOf(await readPreview(source, { maxSide: 4 * sidePx }), side);
    },
  };
}

/** The middle of a picture as a square, RGB. */
export function squareOf(pixels: Pixels, side: number): Promise<Pixels> {
  return toExactSize(pixels, { width: side, height: side, channels: 3 });
}
