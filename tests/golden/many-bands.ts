import type { LatentShape } from '../../src/codec/latent-coder.ts';

/** A sparse latent by formula, so wide that it is coded in three bands. */
export function manyBands(): { values: Int16Array; shape: LatentShape } {
  const shape = { channels: 3, height: 40, width: 2000 };
  const values = Int16Array.from({ length: shape.channels * shape.height * shape.width }, (_, i) => {
    const scattered = (i * 7919) % 104_729;
    return scattered < 400 ? (scattered % 23) - 11 : 0;
  });
  return { values, shape };
}
