import type { EngineInfo } from '../../shared/contract.ts';
import { Graph } from './graph.ts';
import type { Value } from './graph.ts';
import { cast, conv2d, sum } from './operations.ts';
import { unsharedFloats } from '../runtime/unshared.ts';
import { Session } from './session.ts';

/** Number type that convolutions compute in; variables, optimiser, inputs and results are float32 in either. */
export type ComputeType = EngineInfo['computeType'];

const sidePx = 64;
const channels = 64;
const depth = 4;
/** Rounds that are measured, and the more of them as long as the ratio is one that a busy machine may have made. */
const rounds = { least: 5, most: 80 };
const doubtful = { from: 0.7, to: 1.3 };
/** Half of the time is what processors with bfloat16 reach; on others it is emulated and several times slower. */
const worthwhile = 0.9;

/** @param ratio of the times, bfloat16 to float32 */
export function fasterType(ratio: number): ComputeType {
  return ratio < worthwhile ? 'bfloat16' : 'float32';
}

/**
 * How long a stack of convolutions takes in bfloat16, as a part of its time in float32: the shortest time of each in
 * rounds in which both take turns, as what else the machine does can only lengthen one. About a tenth of a second, and
 * up to two where it is in doubt.
 */
export async function measureBfloat16Ratio(): Promise<number> {
  const sessions = [await Session.load(convolutions('float32')), await Session.load(convolutions('bfloat16'))] as const;
  try {
    // Not copied for each run: new memory takes as long to come as these convolutions.
    const photo = unsharedFloats(sidePx * sidePx * channels).fill(0.5);
    const msOf = (session: Session): number => {
      const started = performance.now();
      session.run('run', { photo });
      return performance.now() - started;
    };
    sessions.forEach(msOf);
    let [float32, bfloat16] = [Infinity, Infinity];
    let ratio = 1;
    const isDoubtful = (): boolean => ratio > doubtful.from && ratio < doubtful.to;
    for (let round = 0; round < rounds.least || (round < rounds.most && isDoubtful()); round++) {
      float32 = Math.min(float32, msOf(sessions[0]));
      bfloat16 = Math.min(bfloat16, msOf(sessions[1]));
      ratio = bfloat16 / float32;
    }
    return ratio;
  } finally {
    for (const session of sessions) session.dispose();
  }
}

/** A stack of 3 x 3 convolutions of the size that the models' middle layers have. */
function convolutions(type: ComputeType): Graph {
  const graph = new Graph();
  const photo = graph.placeholder('photo', [1, sidePx, sidePx, channels], 'float32');
  const values = new Float32Array(9 * channels * channels).fill(1 / (9 * channels));
  const filter = cast(graph, graph.constant(values, [3, 3, channels, channels]), type);
  let x: Value = cast(graph, photo, type);
  for (let layer = 0; layer < depth; layer++) x = conv2d(graph, x, filter, 1);
  graph.signature('run', { inputs: { photo }, outputs: { total: sum(graph, cast(graph, x, 'float32')) } });
  return graph;
}
