import type { EntropyTables } from './entropy-tables.ts';
import { initialCounters, initialWeights } from './model-state.ts';

/** Entropy tables in the form that the coder takes them, which passes quickly from thread to thread. */
export interface PreparedTables {
  channels: number;
  /** What the tables say of the values of each channel, one after the other, and then of its magnitudes. */
  rows: Int32Array;
  /** Where each of them begins in `rows`, and where the last one ends. */
  starts: Int32Array;
  /** First states, those of the groups of zeros counted in. */
  counters: Int32Array;
  weights: Int32Array;
}

/** The form that the coder takes; kept by whoever codes more than one latent. */
export function prepareTables(tables: EntropyTables): PreparedTables {
  const rows = [...tables.values, ...tables.magnitudes];
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => (starts[index + 1] = (starts[index] as number) + row.length));
  return {
    channels: tables.channels,
    rows: Int32Array.from(rows.flat()),
    starts,
    counters: initialCounters(tables),
    weights: initialWeights(tables),
  };
}

export function valueRow({ rows, starts }: PreparedTables, channel: number): Int32Array {
  return rows.subarray(starts[channel], starts[channel + 1]);
}

export function magnitudeRow({ rows, starts, channels }: PreparedTables, channel: number): Int32Array {
  return rows.subarray(starts[channels + channel], starts[channels + channel + 1]);
}
