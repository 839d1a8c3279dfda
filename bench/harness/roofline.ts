import { convolutionOperations } from './convolution.ts';
import type { Ratio } from './report.ts';
import type { Rounds } from './rounds.ts';
import { spreadOf } from './statistics.ts';

/** What a stage must reach of the machine's measured peak. */
const goal = 0.8;

/**
 * The part of the convolution peak, measured in the same rounds, that a stage reaches.
 * @param macs multiply-accumulates of one run of the stage
 * @param peak id of the convolution's case in the same number type
 */
export function roofline(rounds: Rounds, id: string, macs: number, peak: string): Ratio[] {
  const peaks = rounds.samplesOf(peak);
  const parts = rounds.samplesOf(id).map((ms, round) => {
    const speed = (2 * macs) / ms;
    return speed / (convolutionOperations / (peaks[round] as number));
  });
  return [{ id: `${id}, part of the convolution peak`, better: 'higher', goal, ...spreadOf(parts) }];
}
