/** The memory that the engine may take, in bytes: what the person chose in Settings, or null for no limit of theirs. */
let limitBytes: number | null = null;

/** The process without photos and tiles: Node, TensorFlow and the weights of the bundled models. */
const baseBytes = 400 * 2 ** 20;
/** A photo and its result while it is restored and encoded, for each pixel of a photo of 8 bits a channel. */
export const bytesPerPhotoPixel = 8;

/** Sets the limit for this process from now on. */
export function setMemoryLimit(bytes: number | null): void {
  limitBytes = bytes;
}

export function memoryLimit(): number | null {
  return limitBytes;
}

/** Bytes that this process may still take: what the system can give, at most what is left of the limit. */
export function availableBytes(): number {
  const system = process.availableMemory();
  return limitBytes === null ? system : Math.min(system, Math.max(0, limitBytes - process.memoryUsage.rss()));
}

/** Most pixels of a photo that fit into the limit, at most `most`. */
export function pixelsWithinLimit(most: number): number {
  if (limitBytes === null) return most;
  return Math.min(most, Math.floor(Math.max(0, limitBytes - baseBytes) / bytesPerPhotoPixel));
}
