import sharp from 'sharp';

/*
 * One photo is decoded or encoded at a time and is not decoded twice, so libvips' operation cache would only hold
 * memory. Two threads a picture are enough to keep up with the network, which needs the other cores.
 */
sharp.cache(false);
sharp.concurrency(2);

export { sharp };

/** Versions of sharp and libvips, and the formats that this build reads and writes, for a report to the user. */
export function describeSharp(): { sharp: string; libvips: string; reads: string[]; writes: string[] } {
  const formats = Object.values(sharp.format).filter(({ id }) => id !== 'raw');
  return {
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips,
    reads: formats.filter(({ input }) => input.buffer).map(({ id }) => id),
    writes: formats.filter(({ output }) => output.buffer).map(({ id }) => id),
  };
}
