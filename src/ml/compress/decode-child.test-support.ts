import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readPel } from '../../codec/container.ts';
import { tensorFlowInfo } from '../runtime/tensorflow.ts';
import { readModelPackage } from '../store/model-package.ts';
import { createPhotoCodec } from './photo-codec.ts';

/**
 * A process that decodes one file and prints what came of it, for tests that compare such processes:
 * `node decode-child.test-support.ts MODEL_FOLDER FILE`.
 */
export interface Decoded {
  backend: string;
  /** SHA-256 of the integers. */
  integers: string;
  /** 8-bit RGB samples in base 64. */
  pixels: string;
}

const [folder = '', path = ''] = process.argv.slice(2);
const model = await readModelPackage(folder);
const file = readPel(readFileSync(path));
const codec = await createPhotoCodec(model);
const latent = await codec.latentOf(file);
const { data } = await codec.decompress(file, {});
const decoded: Decoded = {
  backend: (await tensorFlowInfo()).backend,
  integers: createHash('sha256').update(new Uint8Array(latent.values.buffer)).digest('hex'),
  pixels: Buffer.from(data).toString('base64'),
};
process.stdout.write(JSON.stringify(decoded));
