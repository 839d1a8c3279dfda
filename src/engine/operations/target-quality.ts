import { setImmediate } from 'node:timers/promises';
import { readPel } from '../../codec/read-pel.ts';
import { qualitySteps } from '../../codec/pel-format.ts';
import { psnrOfPixels } from '../../metrics/psnr.ts';
import type { AnalysedPhoto, PhotoCodec, WorkOptions } from '../../ml/interfaces.ts';
import { PellucidError } from '../../shared/errors.ts';
import type { RestoreSettings } from '../../shared/params.ts';
import type { Pixels } from '../../shared/pixels.ts';

type Target = NonNullable<RestoreSettings['target']>;

export interface QualitySearch {
  target: Target;
  /** The picture that `minPsnr` is measured against; called for that target only. */
  truth: () => Promise<Pixels>;
  /** Give the nearest file where no quality meets the target, in place of an error. */
  orNearest: boolean;
}

/** A file at a quality, and what is measured of it: the logarithm of its size, or its PSNR. */
interface Trial {
  /** In eighths. */
  step: number;
  value: number;
  pel: Uint8Array;
}

/**
 * The file that meets a target: of those with at most `maxBytes` bytes the one of the best quality, of those with at
 * least `minPsnr` dB the one of the least quality, to within 0.5 % of the size or 0.01 dB. Size and PSNR rise with the
 * quality, so that an interval of qualities around the answer is narrowed by false position, and by halves where that
 * is slow. The picture is analysed once; a trial quantises and codes, and for PSNR decodes.
 *
 * @throws {PellucidError} `TARGET_UNREACHABLE` where no quality meets it, naming what the nearest one gives; `ABORTED`
 */
export async function searchQuality(
  analysed: AnalysedPhoto,
  codec: PhotoCodec,
  { target, truth, orNearest, ...work }: QualitySearch & WorkOptions,
): Promise<Uint8Array> {
  const measured = 'maxBytes' in target ? sizeGoal(target.maxBytes) : psnrGoal(target.minPsnr, await truth(), codec);
  const { goal, keepsLow, tolerance, valueOf } = measured;
  let trials = 0;
  const tryAt = async (step: number): Promise<Trial> => {
    await setImmediate();
    await work.pace?.();
    if (work.signal?.aborted === true) throw new PellucidError('ABORTED', 'Cancelled.');
    const pel = await analysed.encode(step / qualitySteps);
    const trial = { step, pel, value: await valueOf(pel) };
    trials += 1;
    const total = Math.max(trials, usualTrials);
    work.onProgress?.({ stage: 'search', completed: trials, total, unit: 'steps', etaSeconds: null });
    return trial;
  };
  // An equal size is still small enough, and an equal PSNR already good enough.
  const isHigh = ({ value }: Trial): boolean => (keepsLow ? value > goal : value >= goal);
  let low = await tryAt(qualitySteps);
  if (isHigh(low)) return keepsLow && !orNearest ? unreachable(target, low) : low.pel;
  let high = await tryAt(100 * qualitySteps);
  if (!isHigh(high)) return keepsLow || orNearest ? high.pel : unreachable(target, high);
  const best = (): Trial => (keepsLow ? low : high);
  for (let round = 0; high.step - low.step > 1 && Math.abs(best().value - goal) > tolerance; round++) {
    const aim = goal + (keepsLow ? -tolerance : tolerance) / 2;
    const part = round % 3 === 2 ? 0.5 : (aim - low.value) / (high.value - low.value);
    const step = Math.round(low.step + part * (high.step - low.step));
    const trial = await tryAt(Math.min(high.step - 1, Math.max(low.step + 1, step)));
    if (isHigh(trial)) high = trial;
    else low = trial;
  }
  return best().pel;
}

/** For the progress; most searches need no more. */
const usualTrials = 7;

interface Goal {
  goal: number;
  /** The answer lies at the lower end of the interval, not at the upper one. */
  keepsLow: boolean;
  tolerance: number;
  valueOf: (pel: Uint8Array) => number | Promise<number>;
}

function sizeGoal(maxBytes: number): Goal {
  return { goal: Math.log(maxBytes), keepsLow: true, tolerance: 0.005, valueOf: (pel) => Math.log(pel.length) };
}

function psnrGoal(minPsnr: number, truth: Pixels, codec: PhotoCodec): Goal {
  const valueOf = async (pel: Uint8Array): Promise<number> =>
    psnrOfPixels(await codec.decompress(readPel(pel), {}), truth);
  return { goal: minPsnr, keepsLow: false, tolerance: 0.01, valueOf };
}

function unreachable(target: Target, { value, pel }: Trial): never {
  const message =
    'maxBytes' in target
      ? `At most ${target.maxBytes} bytes cannot be met: at quality 1 the file takes ${pel.length}. Allow at least as many.`
      : `At least ${target.minPsnr} dB cannot be met: quality 100 reaches ${value.toFixed(2)} dB. Ask for no more than that.`;
  throw new PellucidError('TARGET_UNREACHABLE', message);
}
