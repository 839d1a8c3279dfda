const step = 257;

/**
 * The same samples with another number of bits. Full scale stays full scale: 8 to 16 bits multiplies by 257, 16 to 8
 * divides by it and rounds to nearest (65535 = 255 x 257). libvips shifts instead, which darkens in one direction and
 * never reaches white in the other.
 */
export function toBitDepth(samples: Uint8Array | Uint16Array, bitDepth: 8 | 16): Uint8Array | Uint16Array {
  if (bitDepth === 16) return samples instanceof Uint16Array ? samples : widen(samples);
  return samples instanceof Uint16Array ? narrow(samples) : samples;
}

function widen(samples: Uint8Array): Uint16Array {
  const wide = new Uint16Array(samples.length);
  for (let index = 0; index < samples.length; index++) wide[index] = (samples[index] ?? 0) * step;
  return wide;
}

function narrow(samples: Uint16Array): Uint8Array {
  const narrowed = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index++) narrowed[index] = ((samples[index] ?? 0) + 128) / step;
  return narrowed;
}
