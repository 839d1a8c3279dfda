import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { readPel } from '../../codec/container.ts';
import { writeModelPackage } from '../store/model-package.ts';
import { largestDifference, smoothPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyCodec } from '../tiny-models.test-support.ts';
import type { Decoded } from './decode-child.test-support.ts';
import { createPhotoCodec } from './photo-codec.ts';

const child = join(import.meta.dirname, 'decode-child.test-support.ts');

async function decodeIn(environment: Record<string, string>, args: string[]): Promise<Decoded> {
  const flags = ['--disable-warning=ExperimentalWarning', child, ...args];
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(process.execPath, flags, options);
  return JSON.parse(stdout) as Decoded;
}

const threads = (count: string) => ({ OMP_NUM_THREADS: count, TF_NUM_INTRAOP_THREADS: count });

/** Entropy decoding touches integers only, so nothing that floats do can reach it; here is the proof. */
it('a file decodes to the same integers, and a picture within 1 of 255, whatever computes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-decode-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [modelFolder, path] = [join(folder, 'model'), join(folder, 'photo.pel')];
  const model = tinyCodec();
  await writeModelPackage(modelFolder, model);
  const codec = await createPhotoCodec(await stored(model));
  const pixels = smoothPicture({ width: 300, height: 170 }, 12);
  const bytes = await codec.compress(pixels, { quality: 70, sigma255: 12, blocks: [] });
  await writeFile(path, bytes);
  const { values } = await codec.latentOf(readPel(bytes));
  const integers = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  const here = await codec.decompress(readPel(bytes), {});
  codec.dispose();
  expect(new Set(here.data).size).toBeGreaterThan(50);
  const machines = [
    { environment: { ...threads('1'), TF_ENABLE_ONEDNN_OPTS: '0' }, backend: 'tensorflow' },
    { environment: { ...threads('2'), TF_ENABLE_ONEDNN_OPTS: '1' }, backend: 'tensorflow' },
    { environment: { PELLUCID_BACKEND: 'wasm' }, backend: 'wasm' },
  ];
  for (const { environment, backend } of machines) {
    const decoded = await decodeIn(environment, [modelFolder, path]);
    expect(decoded).toMatchObject({ backend, integers });
    expect(largestDifference(Buffer.from(decoded.pixels, 'base64'), here.data)).toBeLessThanOrEqual(1);
  }
});
