import {
  channelDecisions,
  channelGroups,
  channelWeightSets,
  coarseClasses,
  escapeCounters,
  fractionClasses,
  groupSize,
  lowerDecisions,
  northClasses,
  scaleClasses,
  signFractionClasses,
  unaryDecisions,
} from './coder-constants.ts';

/** How many counters and weight sets a coder has; `assembly/contexts.ts` says which is which. */
export interface ContextSizes {
  counters: number;
  mixerSets: number;
}

/** Those that entropy tables tell the first state of. */
export function contextSizes(channels: number): ContextSizes {
  return {
    counters:
      channels * coarseClasses * channelDecisions +
      scaleClasses * fractionClasses * unaryDecisions +
      2 * coarseClasses * coarseClasses * lowerDecisions +
      channels * 2 +
      signFractionClasses * coarseClasses +
      2 * escapeCounters,
    mixerSets: channelWeightSets + channelGroups * channelDecisions,
  };
}

/** The same with those of the groups of zeros of format version 2, which follow behind them. */
export function contextSizesWithGroups(channels: number): ContextSizes {
  const { counters, mixerSets } = contextSizes(channels);
  const perPlace = scaleClasses + channelGroups + coarseClasses * coarseClasses;
  return {
    counters:
      counters +
      channels * coarseClasses +
      scaleClasses * northClasses +
      coarseClasses * coarseClasses +
      groupSize * perPlace,
    mixerSets: mixerSets + coarseClasses + channelGroups + groupSize + channelGroups,
  };
}
