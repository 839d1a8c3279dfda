/**
 * The numbers that the entropy coder and its tables share (docs/file-format.md). Both compilers read this file, that of
 * the program and that of the coder in `assembly`, so it holds nothing but integers.
 */

/** Decisions of a value's magnitude: 0 is "not zero?", k is "more than k?"; later ones share the last number. */
export const unaryDecisions = 18;

/** Classes of the predicted magnitude, four to an octave. */
export const scaleClasses = 56;
/** The same, one to an octave. */
export const coarseClasses = 14;
/** Decisions told apart where contexts are many: the last number stands for all later ones. */
export const channelDecisions = 3;
export const lowerDecisions = 4;
/** Classes of the prediction's fraction and of the sign's. */
export const fractionClasses = 4;
export const signFractionClasses = 16;
/** Counters of the escape's length, and of its highest bits. */
export const escapeCounters = 20;

/** Positions of a row that one decision of format version 2 can declare zero. */
export const groupSize = 8;
/** Counters of such a decision for a row above that holds nothing, one, or more. */
export const northClasses = 3;

/** The first weight set chosen by the channel; those before it are chosen by decision and predicted magnitude. */
export const channelWeightSets = 252;
/** How many groups of channels have weight sets of their own, one for each of the first decisions. */
export const channelGroups = 24;

/** Counters that predict every mixed decision. */
export const mixerInputs = 3;
/** Weights of one set: one for each counter's logit and a constant to add. */
export const mixerWeights = 4;

/** The largest logit of a probability, 8 fractional bits: 2815 / 256 = 11.0, that is 1 - 1/59,000. */
export const stretchLimit = 2815;

/** Numbers before the references in the tables' `values`: the weights of W, N, NW and NE. */
export const valueNeighbours = 4;
/** A reference of `values`: a lower channel, one of the nine places around (0 = NW, 4 = here, 8 = SE), a weight. */
export const valueReferenceLength = 3;
/** Numbers before the references in `magnitudes`: a constant, then the weights of the running mean, W, N, NW, NE, WW, NN. */
export const magnitudeNeighbours = 8;
/** A reference of `magnitudes`: a lower channel, the weight of its magnitude here, and of the eight around summed. */
export const magnitudeReferenceLength = 3;

/** Weights have this many fractional bits. */
export const weightBits = 12;
/** Values and magnitudes are clipped to these when others are predicted from them. */
export const valueClip = 2047;
export const magnitudeClip = 1023;
export const ringClip = 4095;
