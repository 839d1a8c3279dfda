/** Decisions of a value's magnitude: 0 is "not zero?", k is "more than k?"; later ones share the last number. */
export const unaryDecisions = 18;

/** Classes of the predicted magnitude, four to an octave. */
export const scaleClasses = 56;
/** The same, one to an octave. */
export const coarseClasses = scaleClasses / 4;
/** Decisions told apart where contexts are many: the last number stands for all later ones. */
export const channelDecisions = 3;
export const lowerDecisions = 4;
/** Classes of the prediction's fraction and of the sign's. */
export const fractionClasses = 4;
const signFractionClasses = 16;

/** Where the counters of each kind of context begin, and how many counters and weight sets there are. */
export interface ContextLayout {
  /** By channel and coarse class of the predicted magnitude. */
  channelScale: number;
  /** By fine class of the predicted magnitude and fraction of the predicted value. */
  fineScale: number;
  /** By what lower channels alone predict and the channel's running mean. */
  lowerScale: number;
  emptyChannel: number;
  sign: number;
  escapeLength: number;
  escapeBits: number;
  counters: number;
  mixerSets: number;
}

/** The first weight set chosen by the channel; those before it are chosen by decision and predicted magnitude. */
export const channelWeightSets = unaryDecisions * coarseClasses;
/** How many groups of channels have weight sets of their own, one for each of the first decisions. */
export const channelGroups = 24;

/** The layout of the counters and weight sets for a latent of `channels` channels. */
export function contextLayout(channels: number): ContextLayout {
  let next = 0;
  const take = (size: number): number => {
    const start = next;
    next += size;
    return start;
  };
  return {
    channelScale: take(channels * coarseClasses * channelDecisions),
    fineScale: take(scaleClasses * fractionClasses * unaryDecisions),
    lowerScale: take(2 * coarseClasses * coarseClasses * lowerDecisions),
    emptyChannel: take(channels * 2),
    sign: take(signFractionClasses * coarseClasses),
    escapeLength: take(20),
    escapeBits: take(20),
    counters: next,
    mixerSets: channelWeightSets + channelGroups * channelDecisions,
  };
}
