import { findJpegFrame, listJpegSegments } from './jpeg-segments.ts';
import { listWebpChunks } from './webp-chunks.ts';
import type { PhotoFormat } from '../shared/photo.ts';

/**
 * Width and height as a file's header claims them, before any library reads the file: so that a picture of no pixels
 * or of far too many is refused by that name, even where the rest of the file is damaged.
 *
 * @returns undefined where the header is too damaged to say, and for formats whose header only libvips reads here
 */
export function declaredSize(bytes: Uint8Array, format: PhotoFormat): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'png':
      return bytes.byteLength < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) };
    case 'jpeg':
      return findJpegFrame(listJpegSegments(bytes));
    case 'gif':
      return bytes.byteLength < 10 ? undefined : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'webp':
      return webpSize(bytes);
    case 'tiff':
    case 'avif':
      return undefined;
  }
}

function webpSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const header = listWebpChunks(bytes)[0];
  if (header?.type !== 'VP8X' || header.data.byteLength < 10) return undefined;
  const [, , , , w0 = 0, w1 = 0, w2 = 0, h0 = 0, h1 = 0, h2 = 0] = header.data;
  return { width: 1 + (w0 | (w1 << 8) | (w2 << 16)), height: 1 + (h0 | (h1 << 8) | (h2 << 16)) };
}
