/** Bits per pixel: 8 x bytes of the whole file / (width x height). Channels do not count. */
export function bitsPerPixel(sizeBytes: number, width: number, height: number): number {
  return (8 * sizeBytes) / (width * height);
}
