import { invalidArgument } from '../../shared/errors.ts';
import { Graph } from './graph.ts';
import type { Value } from './graph.ts';
import { cast, conv2d, sum } from './operations.ts';
import { Session } from './session.ts';

/** Number type that convolutions compute in; variables, optimiser, inputs and results are float32 in either. */
export type ComputeType = 'float32' | 'bfloat16';

const sidePx = 96;
const channels = 64;
const depth = 6;
const rounds = 5;
/** Half of the time is what processors with bfloat16 reach; on others it is emulated and several times slower. */
const worthwhile = 0.8;

let measured: Promise<ComputeType> | undefined;

/**
 * The number type that is faster here: measured once for each process, in about a fifth of a second, unless
 * `PELLUCID_COMPUTE` names one.
 * @throws {PellucidError} INVALID_ARGUMENT for another value of `PELLUCID_COMPUTE`
 */
export async function fastestComputeType(): Promise<ComputeType> {
  const chosen = process.env['PELLUCID_COMPUTE'] ?? 'auto';
  if (chosen === 'float32' || chosen === 'bfloat16') return chosen;
  if (chosen !== 'auto') throw invalidArgument('PELLUCID_COMPUTE', 'float32, bfloat16 or auto', chosen);
  measured ??= measure();
  return await measured;
}

/** Both types take turns, so that what else the machine does hits both alike. */
async function measure(): Promise<ComputeType> {
  const sessions = [await Session.load(convolutions('float32')), await Session.load(convolutions('bfloat16'))] as const;
  try {
    const photo = new Float32Array(sidePx * sidePx * channels).fill(0.5);
    const secondsOf = (session: Session): number => {
      const started = performance.now();
      session.run('run', { photo });
      return performance.now() - started;
    };
    sessions.forEach(secondsOf);
    const ratios = Array.from({ length: rounds }, () => {
      const [float32, bfloat16] = [secondsOf(sessions[0]), secondsOf(sessions[1])];
      return bfloat16 / float32;
    });
    const median = ratios.sort((a, b) => a - b)[rounds >> 1] as number;
    return median < worthwhile ? 'bfloat16' : 'float32';
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
