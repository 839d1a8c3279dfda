import { beforeAll, describe, expect, it } from 'vitest';
import { networkEager } from '../layers/network.ts';
import { loadTensorFlow } from '../runtime/tensorflow.ts';
import type { Tensor, Tf } from '../runtime/tensorflow.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { largestDifference, scatteredPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyAutoencoder, tinyDenoiser } from '../tiny-models.test-support.ts';
import { createAutoencoder } from './autoencoder.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

const count = 19;
const pictures = scatteredPicture({ width: 12, height: 8 * count }).data as Uint8Array;

/** Code and restored pictures on tfjs's own operations. */
function reference(model: ModelPackage): { codes: number[]; restored: number[] } {
  const { architecture } = model.manifest;
  if (architecture.kind !== 'dense' && architecture.kind !== 'variational') throw new Error('Not an autoencoder.');
  return tf.tidy(() => {
    const half = (name: 'encoder' | 'decoder', inputs: Record<string, Tensor>): Tensor =>
      networkEager(tf, architecture[name], inputs, ({ fullName, shape }) =>
        tf.tensor(model.weights.get(`${name}/${fullName}`) ?? [], shape),
      );
    const picture = tf.div(tf.tensor(pictures, [count, 8, 12, 3], 'float32'), 255);
    const code = tf.slice(half('encoder', { picture }), [0, 0], [count, 4]);
    return { codes: Array.from(code.dataSync()), restored: Array.from(half('decoder', { code }).dataSync()) };
  });
}

describe.each(['dense', 'variational'] as const)('a %s autoencoder', (kind) => {
  it('encodes and decodes any number of pictures as tfjs does, and leaves nothing behind', async () => {
    const model = await stored(tinyAutoencoder(kind));
    const expected = reference(model);
    const before = tf.memory().numTensors;
    const autoencoder = createAutoencoder(model);
    const codes = await autoencoder.encode(pictures);
    const restored = await autoencoder.decode(codes);
    expect(largestDifference(codes, expected.codes)).toBeLessThan(1e-4);
    expect(largestDifference(restored, expected.restored)).toBeLessThan(1e-4);
    expect(Math.max(...codes.map(Math.abs))).toBeGreaterThan(0.1);
    const [one] = [await autoencoder.encode(pictures.subarray(0, 288))];
    expect(largestDifference(one, expected.codes.slice(0, 4))).toBeLessThan(1e-4);
    autoencoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('refuses other kinds, parts of pictures, and stops when told', async () => {
  const denoiser = await stored(tinyDenoiser());
  expect(() => createAutoencoder(denoiser)).toThrow('choose a dense or variational one');
  const autoencoder = createAutoencoder(await stored(tinyAutoencoder('dense')));
  await expect(autoencoder.encode(pictures.subarray(1))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(autoencoder.encode(pictures, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  autoencoder.dispose();
});
