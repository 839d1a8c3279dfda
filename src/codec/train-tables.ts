import { invalidArgument } from '../shared/errors.ts';
import { defaultTables, parseEntropyTables } from './entropy-tables.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { mixerWeights } from './coder-constants.ts';
import { contextSizes } from './context-sizes.ts';
import { withLatentModel } from './latent-model.ts';
import type { LatentModel } from './latent-model.ts';
import type { LatentPlanes } from './latent-planes.ts';
import { packCounters, packWeights } from './model-state.ts';
import { prepareTables } from './prepared-tables.ts';
import { trainMagnitudePredictions } from './train-magnitudes.ts';
import { trainValuePredictions } from './train-values.ts';
import { TrainingSamples } from './training-samples.ts';
import type { TableSample } from './training-samples.ts';

/** While tables are learnt, probabilities average over more decisions than while a photo is coded. */
const trainingCounterLimit = 1000;

/**
 * Entropy tables learnt from quantised latents of one model, best of a hundred or more photos at mixed qualities.
 * Deterministic on one machine; floats are used to learn the tables, never to code with them.
 * @throws INVALID_ARGUMENT without samples, or when their channels differ
 */
export function trainTables(samples: TableSample[]): EntropyTables {
  const channels = samples[0]?.shape.channels;
  if (channels === undefined) throw invalidArgument('samples', 'at least one latent', samples);
  for (const { values, shape } of samples) {
    if (shape.channels !== channels) throw invalidArgument('channels', `${channels} in each sample`, shape.channels);
    if (values.length !== shape.channels * shape.height * shape.width)
      throw invalidArgument('values', `${shape.channels} x ${shape.height} x ${shape.width} integers`, values.length);
  }
  const tables = defaultTables(channels);
  const chosen = new TrainingSamples(samples);
  tables.values = trainValuePredictions(chosen);
  tables.magnitudes = trainMagnitudePredictions(chosen, codeSamples(samples, tables).planes);
  const { counters, weights } = codeSamples(samples, tables);
  const sizes = contextSizes(channels);
  tables.counters = packCounters(counters.subarray(0, sizes.counters));
  tables.mixer = packWeights(weights.subarray(0, sizes.mixerSets * mixerWeights));
  return parseEntropyTables(tables);
}

/** Codes all samples one after another with a model that keeps what it learns. */
function codeSamples(samples: TableSample[], tables: EntropyTables): CodedSamples {
  const largestBand = {
    height: Math.max(...samples.map(({ shape }) => shape.height)),
    width: Math.max(...samples.map(({ shape }) => shape.width)),
  };
  const options = { counterLimit: trainingCounterLimit, hasGroups: false, largestBand };
  return withLatentModel(prepareTables(tables), options, (model) => {
    const planes = samples.map(({ values, shape }) => {
      const { channels, height, width } = shape;
      model.openBand(shape);
      for (let channel = 0; channel < channels; channel++) model.codeChannel(channel, values, channel * height * width);
      return model.planes();
    });
    return { planes, ...model.state() };
  });
}

interface CodedSamples extends ReturnType<LatentModel['state']> {
  planes: LatentPlanes[];
}
