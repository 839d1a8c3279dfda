import { valueClip } from './coder-constants.ts';
import type { LatentShape } from './latent-coder.ts';

/** One quantised latent to learn from. */
export interface TableSample {
  values: Int16Array;
  shape: LatentShape;
}

/** Positions looked at when weights are learnt; more cost time and change little. */
const maxPositions = 12_000;

/**
 * Positions spread evenly over all samples, and what the latents hold there and around them. Values of each sample are
 * divided by their mean magnitude, so that coarse and fine quantisation count alike.
 */
export class TrainingSamples {
  readonly channels: number;
  readonly count: number;
  readonly positions: { sample: number; x: number; y: number }[] = [];
  readonly #samples: TableSample[];
  readonly #scales: number[];

  constructor(samples: TableSample[]) {
    this.#samples = samples;
    this.channels = (samples[0] as TableSample).shape.channels;
    const total = samples.reduce((sum, { shape }) => sum + shape.height * shape.width, 0);
    const step = Math.max(1, total / maxPositions);
    let next = step / 2;
    let passed = 0;
    samples.forEach(({ shape: { height, width } }, sample) => {
      for (; next < passed + height * width; next += step) {
        const index = Math.floor(next) - passed;
        this.positions.push({ sample, x: index % width, y: Math.floor(index / width) });
      }
      passed += height * width;
    });
    this.count = this.positions.length;
    this.#scales = samples.map(({ values }) => {
      let sum = 0;
      for (const value of values) sum += Math.abs(value);
      return 1 / Math.max(0.01, sum / values.length);
    });
  }

  /** A channel's values at all positions shifted by (dx, dy); 0 outside of the picture, as in the coder. */
  valuesAt(channel: number, dx: number, dy: number): Float32Array {
    return Float32Array.from(this.positions, ({ sample, x, y }) => {
      const { values, shape } = this.#samples[sample] as TableSample;
      const column = x + dx;
      const row = y + dy;
      if (column < 0 || row < 0 || column >= shape.width || row >= shape.height) return 0;
      const value = values[(channel * shape.height + row) * shape.width + column] as number;
      return Math.max(-valueClip, Math.min(valueClip, value)) * (this.#scales[sample] as number);
    });
  }
}
