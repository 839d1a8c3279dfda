import { mixerInputs, mixerWeights, stretchLimit } from './coder-constants.ts';
import { contextSizesWithGroups } from './context-sizes.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { squashTable, stretchTable } from './logistic.ts';

/** A counter that has seen nothing: probability one half. */
const freshCounter = 1 << 31;

/** The step of a counter that has seen `n` decisions is 1 / (n + 1.5), with 13 fractional bits. */
export const counterSteps = Int32Array.from({ length: 1024 }, (_, count) => Math.floor((2 << 13) / (2 * count + 3)));

/** How many decisions a counter of each confidence counts as having seen. */
const confidenceCounts = [0, 1, 2, 4, 8, 20, 60, 160];
const weightShift = 4;

/** The counters that a model with these tables starts from. */
export function initialCounters(tables: EntropyTables): Int32Array {
  const counters = new Int32Array(contextSizesWithGroups(tables.channels).counters).fill(freshCounter);
  tables.counters.forEach((packed, index) => {
    if (packed === 0) return;
    const stretched = ((packed >> 3) - 352) * 8;
    const clamped = Math.max(-stretchLimit, Math.min(stretchLimit, stretched));
    const probability = squashTable[clamped + stretchLimit] as number;
    counters[index] = (probability << 16) | (confidenceCounts[packed & 7] as number);
  });
  return counters;
}

/** The packed form of counters after training, for {@link EntropyTables}. */
export function packCounters(counters: Int32Array): number[] {
  return Array.from(counters, (counter) => {
    const seen = counter & 1023;
    if (seen === 0) return 0;
    let confidence = 7;
    while (confidence > 1 && (confidenceCounts[confidence] as number) > seen) confidence--;
    const level = Math.round((stretchTable[counter >>> 16] as number) / 8);
    return (level + 352) * 8 + confidence;
  });
}

/** The mixer's weights that a model with these tables starts from. */
export function initialWeights(tables: EntropyTables): Int32Array {
  const weights = new Int32Array(contextSizesWithGroups(tables.channels).mixerSets * mixerWeights);
  for (let index = 0; index < weights.length; index++)
    weights[index] =
      index < tables.mixer.length
        ? (tables.mixer[index] as number) << weightShift
        : index % mixerWeights === mixerInputs
          ? 0
          : 20000;
  return weights;
}

/** The packed form of the mixer's weights after training. */
export function packWeights(weights: Int32Array): number[] {
  return Array.from(weights, (weight) => Math.max(-32768, Math.min(32767, (weight + 8) >> weightShift)));
}
