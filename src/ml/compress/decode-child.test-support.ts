import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readPel } from '../../codec/container.ts';
import type { LatentIntegers } from '../interfaces.ts';
import { networkEager } from '../layers/network.ts';
import { gainsAt } from '../quantise/quality.ts';
import { tensorFlow } from '../runtime/tensorflow.ts';
import { readModelPackage } from '../store/model-package.ts';
import type { ModelPackage } from '../store/model-package.ts';
import { weightsNamed } from './codec-graphs.ts';
import { createPhotoCodec } from './photo-codec.ts';

/**
 * A process that decodes one file on a backend and prints what came of it, for tests that compare such processes:
 * `node decode-child.test-support.ts native|wasm MODEL_FOLDER FILE`.
 */
export interface Decoded {
  backend: string;
  /** SHA-256 of the integers. */
  integers: string;
  /** 8-bit RGB samples in base 64. */
  pixels: string;
}

const [backend, folder = '', path = ''] = process.argv.slice(2);
const model = await readModelPackage(folder);
const file = readPel(readFileSync(path));
const codec = await createPhotoCodec(model);
const latent = codec.latentOf(file);
const data = backend === 'wasm' ? await onWebAssembly(model, latent) : (await codec.decompress(file, {})).data;
const decoded: Decoded = {
  backend: tensorFlow().getBackend(),
  integers: createHash('sha256').update(new Uint8Array(latent.values.buffer)).digest('hex'),
  pixels: Buffer.from(data).toString('base64'),
};
process.stdout.write(JSON.stringify(decoded));

/** The synthesis operation by operation on TensorFlow.js's WebAssembly backend, on the whole of a small latent. */
async function onWebAssembly({ manifest, weights }: ModelPackage, integers: LatentIntegers): Promise<Uint8Array> {
  const { architecture } = manifest;
  if (architecture.kind !== 'codec') throw new Error('Expected a codec.');
  const tf = tensorFlow();
  createRequire(import.meta.url)('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const { channels, height, width, values } = integers;
  const { quality } = file.header;
  const gains = gainsAt(weightsNamed(weights, 'gains/inverse'), channels, quality);
  const planes = tf.tensor4d(Float32Array.from(values), [1, channels, height, width]);
  const scaled = tf.mul(tf.transpose(planes, [0, 2, 3, 1]), tf.tensor1d(gains));
  const photo = networkEager(tf, architecture.synthesis, { latent: scaled }, ({ fullName, shape }) =>
    tf.tensor(weightsNamed(weights, `synthesis/${fullName}`), shape),
  );
  const cut = tf.slice(tf.mul(photo, 255), [0, 0, 0, 0], [1, file.header.height, file.header.width, 3]);
  return Uint8Array.from(await tf.clipByValue(tf.round(cut), 0, 255).data());
}
