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

/** Positions of a row that one decision of format version 2 can declare zero. */
export const groupSize = 8;
/** Counters of such a decision for a row above that holds nothing, one, or more. */
export const northClasses = 3;

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
  groups: GroupLayout;
}

/** The same for what only groups of zeros need, behind all others; entropy tables say nothing of them. */
export interface GroupLayout {
  /** "All zero?" by channel and coarse class of the group's predicted magnitude. */
  channel: number;
  /** By its fine class and the sum of the row above. */
  scale: number;
  /** By what lower channels alone predict and the channel's running mean. */
  lower: number;
  /** "Not zero?" before the first nonzero value, by positions left and predicted magnitude. */
  firstScale: number;
  firstChannel: number;
  firstLower: number;
  scaleSets: number;
  channelSets: number;
  firstPlaceSets: number;
  firstChannelSets: number;
  /** Counters and weight sets, those of {@link ContextLayout} counted in. */
  counters: number;
  mixerSets: number;
}

/** The first weight set chosen by the channel; those before it are chosen by decision and predicted magnitude. */
export const channelWeightSets = unaryDecisions * coarseClasses;
/** How many groups of channels have weight sets of their own, one for each of the first decisions. */
export const channelGroups = 24;

/** The layout of the counters and weight sets for a latent of `channels` channels. */
export function contextLayout(channels: number): ContextLayout {
  const take = placesFrom(0);
  const own = {
    channelScale: take(channels * coarseClasses * channelDecisions),
    fineScale: take(scaleClasses * fractionClasses * unaryDecisions),
    lowerScale: take(2 * coarseClasses * coarseClasses * lowerDecisions),
    emptyChannel: take(channels * 2),
    sign: take(signFractionClasses * coarseClasses),
    escapeLength: take(20),
    escapeBits: take(20),
    counters: take(0),
    mixerSets: channelWeightSets + channelGroups * channelDecisions,
  };
  return { ...own, groups: groupLayout(channels, own.counters, own.mixerSets) };
}

function groupLayout(channels: number, counters: number, sets: number): GroupLayout {
  const take = placesFrom(counters);
  const takeSets = placesFrom(sets);
  return {
    channel: take(channels * coarseClasses),
    scale: take(scaleClasses * northClasses),
    lower: take(coarseClasses * coarseClasses),
    firstScale: take(groupSize * scaleClasses),
    firstChannel: take(groupSize * channelGroups),
    firstLower: take(groupSize * coarseClasses * coarseClasses),
    scaleSets: takeSets(coarseClasses),
    channelSets: takeSets(channelGroups),
    firstPlaceSets: takeSets(groupSize),
    firstChannelSets: takeSets(channelGroups),
    counters: take(0),
    mixerSets: takeSets(0),
  };
}

/** Gives places one behind the other. */
function placesFrom(first: number): (size: number) => number {
  let next = first;
  return (size) => {
    const start = next;
    next += size;
    return start;
  };
}
