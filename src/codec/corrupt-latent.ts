import { PellucidError } from '../shared/errors.ts';

/** The error for coded integers that cannot have been written by the encoder. */
export function corruptLatent(what: string): PellucidError {
  return new PellucidError(
    'PEL_CORRUPT',
    `The coded picture in this .pel file ${what}; get an undamaged copy of the file.`,
  );
}
