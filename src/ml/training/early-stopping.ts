/** When to give up on getting better. */
export interface EarlyStoppingSettings {
  /** Validations without enough change after which training ends. */
  patience: number;
  /** Smallest change of the score that counts, in the metric's unit. */
  minChange: number;
}

/** What early stopping must remember, part of every checkpoint. */
export interface EarlyStoppingState {
  /** The score that the next one has to exceed by the least change; null before the first. */
  reference: number | null;
  /** Validations since then. */
  waited: number;
}

/**
 * Takes in the score of one validation; higher is better. As Keras's `EarlyStopping`, the reference moves only with a
 * change that counts, so that many tiny gains do not keep a training alive.
 */
export function afterValidation(
  state: EarlyStoppingState,
  score: number,
  { minChange }: EarlyStoppingSettings,
): EarlyStoppingState {
  const isBetter = state.reference === null || score > state.reference + minChange;
  return isBetter ? { reference: score, waited: 0 } : { ...state, waited: state.waited + 1 };
}
