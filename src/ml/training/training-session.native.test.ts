import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { add, addAll, mean, multiply, scale, subtract, sum, unary } from '../graph/operations.ts';
import { defaultDegradation } from '../degradation/in-graph.ts';
import { initialWeights } from '../layers/network.ts';
import { denoiserNetwork } from '../models/denoiser.ts';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { Tf } from '../runtime/tensorflow.ts';
import { scatteredPicture, largestDifference } from '../synthetic-pictures.test-support.ts';
import { tinyDenoiserShape } from '../tiny-models.test-support.ts';
import { noLosses, readLatestCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { denoiserProgram } from './presets/denoiser-program.ts';
import { trainingSettings } from './presets/settings.ts';
import type { TrainingProgram } from './program.ts';
import { TrainingSession, weightsOf } from './training-session.ts';
import type { TrainingState } from './training-session.ts';

const patch = 2;
const photos = Uint8Array.from({ length: patch * patch * 3 }, (_, i) => 20 * i);

/** Half the squared distance of `free` to a point that `fixed` and the step's own input shift: gradients by hand. */
function quadratic(changes: Partial<TrainingProgram> = {}): TrainingProgram {
  return {
    batch: 1,
    patch,
    optimiser: { kind: 'sgd' },
    learningRate: 0.1,
    clipNorm: 1000,
    averageDecay: 0.9,
    parameters: [
      { name: 'free', shape: [2], initial: Float32Array.of(3, 4), rate: 1 },
      { name: 'fixed', shape: [2], initial: Float32Array.of(1, 2), rate: 0 },
    ],
    inputs: { shift: [2] },
    inputValues: (step) => ({ shift: Float32Array.of(step, -step) }),
    loss: ({ graph, parameter }, { shift }) => {
      const target = shift === undefined ? parameter('fixed') : add(graph, parameter('fixed'), shift);
      const distance = subtract(graph, parameter('free'), target);
      return { loss: scale(graph, sum(graph, unary(graph, 'Square', distance)), 0.5), reported: {} };
    },
    ...changes,
  };
}

async function withSession<T>(program: TrainingProgram, use: (session: TrainingSession) => T): Promise<Awaited<T>> {
  const session = await TrainingSession.create(program);
  try {
    return await use(session);
  } finally {
    session.dispose();
  }
}

const stepOf = (session: TrainingSession, step: number, rate: number) => session.step(step, photos, [0, step], rate);
const valuesOf = (state: TrainingState, name: string): number[] => Array.from(state.get(name) ?? []);

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

/** A small denoiser on clean photos with Gaussian noise. */
function tinyDenoiserProgram(seed: number, batch: number, patch: number): TrainingProgram {
  const network = denoiserNetwork(tinyDenoiserShape);
  const defaults = { optimiser: 'adam', clipNorm: 1, averageDecay: 0.998 } as const;
  return denoiserProgram({
    ...trainingSettings({}, { ...defaults, schedule: { kind: 'constant', warmUpSteps: 0 } }),
    ...{ network, batch, patch, dropout: 0, loss: { name: 'mae', msSsimWeight: 0 } },
    weights: initialWeights(network, seed),
    supervision: { kind: 'clean', degradation: defaultDegradation },
  });
}

describe('a training step', () => {
  it('moves the weights against the gradient and reports loss and norm', async () => {
    await withSession(quadratic(), (session) => {
      // free - fixed = (2, 2): the loss is 4, the norm 2 sqrt 2.
      const report = stepOf(session, 0, 0.5);
      expect(report['loss']).toBeCloseTo(4, 6);
      expect(report['gradientNorm']).toBeCloseTo(2 * Math.SQRT2, 6);
      expect(valuesOf(session.readState(), 'free')).toEqual([2, 3]);
      // Step 1 shifts the target by (1, -1), to (2, 1).
      stepOf(session, 1, 0.5);
      expect(valuesOf(session.readState(), 'free')).toEqual([2, 2]);
    });
  });

  it('scales gradients down to the largest global norm, over all parameters together', async () => {
    const parameters = [
      { name: 'a', shape: [], initial: Float32Array.of(3), rate: 1 },
      { name: 'b', shape: [2], initial: Float32Array.of(0, 4), rate: 1 },
    ];
    const loss: TrainingProgram['loss'] = ({ graph, parameter }) => {
      const squares = ['a', 'b'].map((name) => sum(graph, unary(graph, 'Square', parameter(name))));
      const [first, second] = squares as [(typeof squares)[0], (typeof squares)[0]];
      return { loss: scale(graph, add(graph, first, second), 0.5), reported: {} };
    };
    // The gradient is (3, 0, 4), of norm 5.
    await withSession(quadratic({ parameters, loss, clipNorm: 0.5 }), (session) => {
      expect(stepOf(session, 0, 1)['gradientNorm']).toBeCloseTo(5, 6);
      expect(valuesOf(session.readState(), 'a')[0]).toBeCloseTo(2.7, 6);
      expect(valuesOf(session.readState(), 'b')[1]).toBeCloseTo(3.6, 6);
    });
    await withSession(quadratic({ parameters, loss, clipNorm: 6 }), (session) => {
      stepOf(session, 0, 0.5);
      expect(valuesOf(session.readState(), 'a')).toEqual([1.5]);
      expect(valuesOf(session.readState(), 'b')).toEqual([0, 2]);
    });
  });

  it('lets the average follow the updated weights, fast at first', async () => {
    const program = quadratic({ averageDecay: 0.3 });
    await withSession(program, (session) => {
      const average = [3, 4];
      for (let step = 0; step < 6; step++) {
        stepOf(session, step, 0.1);
        const state = session.readState();
        // The decay is (1 + step) / (10 + step) until that is more than 0.3, which it is from step 3 on.
        const rate = step < 3 ? 1 - (1 + step) / (10 + step) : 0.7;
        valuesOf(state, 'free').forEach((weight, i) => {
          average[i] = (average[i] as number) + rate * (weight - (average[i] as number));
          expect(weightsOf(program, state).get('free')?.[i]).toBeCloseTo(average[i], 5);
        });
      }
    });
  });

  it('adds the penalties of weights, and not of biases, to the loss and the gradient', async () => {
    const initial = Float32Array.of(3, -4);
    const parameters = [
      { name: 'w', shape: [1, 2], initial, rate: 1 },
      { name: 'b', shape: [2], initial, rate: 1 },
    ];
    const loss: TrainingProgram['loss'] = ({ graph, parameter }) => {
      const squares = ['w', 'b'].map((name) => sum(graph, unary(graph, 'Square', parameter(name))));
      return { loss: scale(graph, addAll(graph, squares), 0.5), reported: {} };
    };
    const program = quadratic({ parameters, loss, clipNorm: 0, averageDecay: 0, penalty: { l1: 0.1, l2: 0.01 } });
    await withSession(program, (session) => {
      // 0.5 x 2 x (9 + 16), 0.1 x (3 + 4), 0.01 x (9 + 16)
      expect(stepOf(session, 0, 1)['loss']).toBeCloseTo(25 + 0.7 + 0.25, 5);
      // Gradients w + 0.1 sign(w) + 0.02 w, and b.
      const state = session.readState();
      expect([...valuesOf(state, 'w'), ...valuesOf(state, 'b')].map((value) => Number(value.toFixed(5)))).toEqual([
        -0.16, 0.18, 0, 0,
      ]);
      expect([...state.keys()].filter((name) => name.startsWith('average/'))).toEqual([]);
      expect(weightsOf(program, state).get('w')).toEqual(state.get('w'));
    });
  });

  it('keeps a parameter of rate 0 as a constant', async () => {
    await withSession(quadratic({ optimiser: { kind: 'adam' } }), (session) => {
      stepOf(session, 0, 0.5);
      const names = [...session.readState().keys()];
      expect(names.filter((name) => name.includes('fixed'))).toEqual([]);
      // The loss is 0 only where `free` is what `fixed` still is.
      session.writeState(new Map([...session.readState(), ['free', Float32Array.of(1, 2)]]));
      expect(stepOf(session, 0, 0)['loss']).toBe(0);
    });
  });

  it('draws its random numbers from the seed alone', async () => {
    const program = tinyDenoiserProgram(1, 1, 8);
    await withSession(program, (session) => {
      const { data } = scatteredPicture({ width: 8, height: 8 });
      const loss = (seed: [number, number]) => session.step(0, data as Uint8Array, seed, 0)['loss'];
      const first = loss([5, 0]);
      expect(loss([5, 0])).toBe(first);
      expect(loss([5, 4])).not.toBe(first);
      expect(loss([6, 0])).not.toBe(first);
    });
  });
});

describe('the state', () => {
  const program = tinyDenoiserProgram(3, 2, 16);
  const batchOf = (step: number): Uint8Array => scatteredPicture({ width: 16, height: 32 }, step).data as Uint8Array;
  const runSteps = (session: TrainingSession, from: number, to: number): void => {
    for (let step = from; step < to; step++) session.step(step, batchOf(step), [3, 4 * step], 1e-2);
  };

  it('survives being read and written', async () => {
    await withSession(program, (session) => {
      runSteps(session, 0, 2);
      const state = session.readState();
      runSteps(session, 2, 4);
      expect(session.readState()).not.toEqual(state);
      session.writeState(state);
      expect(session.readState()).toEqual(state);
    });
  });

  it('is refused when something is missing', async () => {
    await withSession(quadratic(), (session) => {
      const state = session.readState();
      state.delete('average/free');
      expect(() => {
        session.writeState(state);
      }).toThrow('average/free');
    });
  });

  it('makes six steps of three, a checkpoint, a new session and three', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
    try {
      const whole = await withSession(program, (session) => {
        runSteps(session, 0, 6);
        return session.readState();
      });
      const record = {
        ...{ step: 3, seconds: 1, rateFactor: 1, best: null, computeType: 'float32' as const, settings: {} },
        ...{ metric: 'psnr', earlyStopping: { reference: null, waited: 0 } },
        ...{ sinceValidation: noLosses, sinceEpoch: noLosses },
      };
      await withSession(program, async (session) => {
        runSteps(session, 0, 3);
        await writeCheckpoint(folder, { record, state: session.readState() });
      });
      const resumed = await withSession(program, async (session) => {
        session.writeState((await readLatestCheckpoint(folder))?.state as TrainingState);
        runSteps(session, 3, 6);
        return session.readState();
      });
      expect([...resumed.keys()]).toEqual([...whole.keys()]);
      for (const [name, values] of whole) {
        expect(largestDifference(values, resumed.get(name) ?? []), name).toBeLessThan(1e-6);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await withSession(quadratic({ optimiser: { kind: 'adam' } }), (session) => {
      for (let step = 0; step < 50; step++) stepOf(session, step, 0.1);
      session.writeState(session.readState());
      expect(tf.memory().numTensors).toBe(before);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('sees photos as numbers from 0 to 1', async () => {
  const loss: TrainingProgram['loss'] = ({ graph, photos: seen, parameter }) => ({
    loss: mean(graph, multiply(graph, seen, sum(graph, parameter('free')))),
    reported: { brightness: mean(graph, seen) },
  });
  await withSession(quadratic({ loss, inputs: {}, inputValues: () => ({}) }), (session) => {
    // Bytes 0, 20, ... 220: their mean is 110.
    expect(stepOf(session, 0, 0)['brightness']).toBeCloseTo(110 / 255, 6);
    expect(stepOf(session, 0, 0)['loss']).toBeCloseTo((7 * 110) / 255, 5);
  });
});

it('in bfloat16 follows the same course as in float32', async () => {
  const program = tinyDenoiserProgram(1, 2, 16);
  const pictures = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, (_, i) => (i * 31) % 256);
  const losses = async (type: 'float32' | 'bfloat16'): Promise<number[]> => {
    const session = await TrainingSession.create(program, type);
    try {
      return Array.from({ length: 30 }, (_, step) => session.step(step, pictures, [0, 4 * step], 1e-3)['loss'] ?? 0);
    } finally {
      session.dispose();
    }
  };
  const [exact, rounded] = [await losses('float32'), await losses('bfloat16')];
  expect(exact.at(-1)).toBeLessThan((exact[0] as number) * 0.95);
  exact.forEach((loss, step) => {
    expect(Math.abs((rounded[step] as number) - loss) / loss, `step ${step}`).toBeLessThan(0.02);
  });
});
