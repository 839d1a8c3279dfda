import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePhoto } from '../../image/encode-photo.ts';
import { smoothPicture } from '../../ml/synthetic-pictures.test-support.ts';
import type { FileOutcome } from '../../shared/contract.ts';
import { createModels } from './models.ts';
import { processFile } from './process-file.ts';

const models = createModels({ bundledDir: join(import.meta.dirname, '../../../assets/models'), userDir: '/nowhere' });
let folder = '';
let photo = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-process-'));
  photo = join(folder, 'photo.png');
  const pixels = smoothPicture({ width: 96, height: 64 }, 12, 1);
  await writeFile(photo, await encodePhoto({ pixels, metadata: {} }, { format: 'png' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Operation = Parameters<typeof processFile>[0]['operation'];

function process(operation: Operation, input: string): Promise<FileOutcome> {
  const settings = { mode: operation === 'denoise' ? 'denoise' : 'codec', sigma: 12, quality: 50, strength: 100 };
  const encoding = { format: 'same', metadata: 'keep' } as const;
  const job = { operation, input, outDir: join(folder, operation), settings, encoding, overwrite: true };
  return processFile(job as Parameters<typeof processFile>[0], models, {});
}

const sizeOf = async (path: string | undefined): Promise<number> => (await stat(path ?? '')).size;

test.each(['denoise', 'compress'] as const)(
  '%s tells the sizes of the photo and of what it became',
  async (operation) => {
    const { bytesIn, bytesOut, outputs } = await process(operation, photo);
    expect(outputs).toHaveLength(1);
    expect([bytesIn, bytesOut]).toEqual([await sizeOf(photo), await sizeOf(outputs[0])]);
  },
);

test('restore tells the size of the photo and of the .pel file, beside which it writes the picture', async () => {
  const { bytesIn, bytesOut, outputs } = await process('restore', photo);
  expect(outputs.map((path) => path.slice(path.lastIndexOf('.')))).toEqual(['.pel', '.png']);
  expect([bytesIn, bytesOut]).toEqual([await sizeOf(photo), await sizeOf(outputs[0])]);
});

test('decompress tells the sizes of the .pel file and of the picture', async () => {
  const { outputs: compressed } = await process('compress', photo);
  const { bytesIn, bytesOut, outputs } = await process('decompress', compressed[0] ?? '');
  expect([bytesIn, bytesOut]).toEqual([await sizeOf(compressed[0]), await sizeOf(outputs[0])]);
  expect(bytesOut).not.toBe(bytesIn);
});
