import { PellucidError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { trainOptions } from '../../shared/train-options.ts';
import { parseParams } from '../server/door.ts';

type SweepParams = Params<'sweep.start'>;
type TrainParams = Params<'train.start'>;
type SweepValue = SweepParams['values'][number];

/** One value of a sweep with the training that tries it. */
export interface SweepRun {
  value: SweepValue;
  params: TrainParams;
}

/** Fields of a training that can be swept beside its options. */
const sweptFields = ['learningRate', 'batch', 'patch', 'seed', 'start'] as const;

/**
 * The trainings of a sweep: all alike but for one option, each with a name of its own, smallest value first.
 * @throws {PellucidError} INVALID_ARGUMENT for an option that there is not, a value that it cannot have, values that
 *   are equal, or a name that gets too long
 */
export function sweepRuns({ base, option, values }: SweepParams): SweepRun[] {
  const isField = (sweptFields as readonly string[]).includes(option);
  if (!isField && !Object.hasOwn(trainOptions.shape, option)) {
    const known = [...sweptFields, ...Object.keys(trainOptions.shape)].join(', ');
    const message = `There is no option ${option} to sweep. There are ${known}.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: option });
  }
  const sorted = values.toSorted((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0));
  const runs = sorted.map((value) => {
    const name = `${base.name}-${slugOf(value)}`;
    const changed = isField ? { [option]: value } : { options: { ...base.options, [option]: value } };
    // A run that was cut off goes on from its checkpoint, and one that is new starts.
    return {
      value,
      params: parseParams('train.start', { ...base, ...changed, name, runDir: undefined, resume: true }),
    };
  });
  const twice = runs.find(({ params }, index) => runs.findIndex((run) => run.params.name === params.name) < index);
  if (twice === undefined) return runs;
  const message = `The value ${twice.value} of ${option} is there twice. Leave one out.`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: option });
}

function slugOf(value: SweepValue): string {
  return String(value)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}
