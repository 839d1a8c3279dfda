import { beforeAll, describe, expect, it } from 'vitest';
import { msSsim } from '../../../metrics/multi-scale-similarity.ts';
import { ssim } from '../../../metrics/structural-similarity.ts';
import { createRandom } from '../../../shared/random.ts';
import { gradientsOf } from '../../graph/gradients.ts';
import { Graph, sizeOf } from '../../graph/graph.ts';
import { sum, unary } from '../../graph/operations.ts';
import { Session } from '../../graph/session.ts';
import { loadTensorFlow } from '../../runtime/tensorflow.ts';
import type { Tensor, Tf } from '../../runtime/tensorflow.ts';
import { smoothPicture } from '../../synthetic-pictures.test-support.ts';
import { pixelLosses } from './pixel-loss.ts';
import type { LossName } from './pixel-loss.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

const shape = [2, 12, 13, 3];

/** Losses of each picture, and the gradient of their sum with respect to the logits. */
async function inGraph(name: LossName, logits: Float32Array, target: Float32Array, of = shape, msSsimWeight = 1) {
  const graph = new Graph();
  const z = graph.variable('logits', of, logits);
  const restored = { logits: z.value, values: unary(graph, 'Sigmoid', z.value) };
  const losses = pixelLosses(graph, restored, graph.constant(target, of), { name, msSsimWeight });
  const [gradient] = gradientsOf(graph, sum(graph, losses), [z.value]);
  if (gradient === undefined) throw new Error('There is no gradient.');
  const trigger = graph.placeholder('trigger', [], 'float32');
  graph.signature('run', { inputs: { trigger }, outputs: { losses, gradient } });
  const session = await Session.load(graph);
  const { losses: values = [], gradient: slopes = [] } = session.run('run', { trigger: Float32Array.of(0) });
  session.dispose();
  return { losses: Array.from(values), gradient: Array.from(slopes) };
}

/** The same written with tfjs, on probabilities. */
const references: Partial<Record<LossName, (p: Tensor, t: Tensor) => Tensor>> = {
  mse: (p, t) => tf.mean(tf.square(tf.sub(p, t)), [1, 2, 3]),
  mae: (p, t) => tf.mean(tf.abs(tf.sub(p, t)), [1, 2, 3]),
  charbonnier: (p, t) => tf.mean(tf.sqrt(tf.add(tf.square(tf.sub(p, t)), 1e-6)), [1, 2, 3]),
  binaryCrossEntropy: (p, t) =>
    tf.mean(tf.neg(tf.add(tf.mul(t, tf.log(p)), tf.mul(tf.sub(1, t), tf.log(tf.sub(1, p))))), [1, 2, 3]),
};

describe('losses and their gradients', () => {
  for (const [name, reference] of Object.entries(references)) {
    it(`of ${name} are those of its formula`, async () => {
      const random = createRandom(3, 0);
      const logits = Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.normal());
      const target = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
      const ours = await inGraph(name as LossName, logits, target);
      const { losses, gradient } = tf.tidy(() => {
        const t = tf.tensor(target, shape);
        const losses = (z: Tensor): Tensor => reference(tf.sigmoid(z), t);
        const gradient = tf.grad((z) => tf.sum(losses(z)))(tf.tensor(logits, shape));
        return { losses: losses(tf.tensor(logits, shape)).arraySync() as number[], gradient: gradient.dataSync() };
      });
      losses.forEach((value, i) => expect(ours.losses[i]).toBeCloseTo(value, 5));
      const largest = Math.max(...gradient.map(Math.abs));
      gradient.forEach((value, i) => {
        expect(Math.abs(value - (ours.gradient[i] ?? Number.NaN)) / largest).toBeLessThan(1e-3);
      });
    });
  }

  it('of cross-entropy stay finite where a sigmoid is 0 or 1', async () => {
    const { losses, gradient } = await inGraph(
      'binaryCrossEntropy',
      Float32Array.of(200, -200),
      Float32Array.of(0, 0),
      [2, 1, 1, 1],
    );
    expect(losses).toEqual([200, 0]);
    expect(gradient).toEqual([1, 0]);
  });
});

describe('MS-SSIM in the graph', () => {
  it.each([
    [176, 192, msSsim],
    [16, 20, ssim],
  ])('of %d x %d pixels is that of the metric', async (height, width, metric) => {
    const [a, b] = [smoothPicture({ width, height }, 0), smoothPicture({ width, height }, 20, 4)];
    const target = Float32Array.from(a.data, (value) => value / 255);
    const logits = Float32Array.from(b.data, (value) => {
      const p = Math.min(0.999, Math.max(0.001, value / 255));
      return Math.log(p / (1 - p));
    });
    const restored = { ...b, data: Float32Array.from(logits, (z) => 255 / (1 + Math.exp(-z))) };
    const { losses, gradient } = await inGraph('msSsim', logits, target, [1, height, width, 3]);
    expect(1 - (losses[0] ?? 0)).toBeCloseTo(metric(a, restored, 255), 4);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0);
  });

  it('has the slope that small steps show', async () => {
    const random = createRandom(9, 0);
    const of = [1, 24, 24, 1];
    const target = Float32Array.from({ length: sizeOf(of) }, (_, i) => 0.5 + 0.4 * Math.sin(i / 5));
    const logits = Float32Array.from(target, () => random.normal());
    const direction = Float32Array.from(target, () => random.normal());
    const moved = (step: number) => logits.map((value, i) => value + step * (direction[i] as number));
    const { gradient } = await inGraph('msSsim', logits, target, of);
    const slope = gradient.reduce((total, value, i) => total + value * (direction[i] as number), 0);
    const [before, after] = [
      await inGraph('msSsim', moved(-0.01), target, of),
      await inGraph('msSsim', moved(0.01), target, of),
    ];
    expect(((after.losses[0] ?? 0) - (before.losses[0] ?? 0)) / 0.02).toBeCloseTo(slope, 3);
  });
});
