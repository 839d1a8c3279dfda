import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyCodec, tinyDenoiser } from '../tiny-models.test-support.ts';
import type { Manifest } from './manifest.ts';
import { modelHashOf } from './model-hash.ts';
import { readModelPackage, writeModelPackage } from './model-package.ts';

let folder: string;
let model: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  model = join(folder, 'model');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a model package', () => {
  it.each([tinyDenoiser(), tinyCodec()])('comes back in half precision', async (written) => {
    const manifest = await writeModelPackage(model, written);
    const read = await readModelPackage(model);
    expect(read.manifest).toEqual(manifest);
    expect([...read.weights.keys()]).toEqual(written.arrays.map(({ name }) => name));
    for (const { name, values } of written.arrays) {
      const half = read.weights.get(name) as Float32Array;
      expect(half.length).toBe(values.length);
      // Eleven significant bits, or a fixed step below 2^-14.
      values.forEach((value, i) => {
        expect(Math.abs((half[i] as number) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
      });
    }
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('replaces an older one of the same name', async () => {
    await writeModelPackage(model, tinyDenoiser('first'));
    await writeModelPackage(model, tinyDenoiser('second'));
    expect((await readModelPackage(model)).manifest.id).toBe('second');
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('is the format of TensorFlow.js: little-endian halves one after the other', async () => {
    await writeModelPackage(model, tinyDenoiser());
    const manifest = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')) as Manifest;
    const [{ paths, weights }] = manifest.weightsManifest;
    expect(paths).toEqual(['weights.bin']);
    expect(weights[0]).toEqual({
      name: 'head/filter',
      shape: [3, 3, 16, 8],
      dtype: 'float32',
      quantization: { dtype: 'float16', original_dtype: 'float32' },
    });
    const values = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect((await readFile(join(model, 'weights.bin'))).length).toBe(2 * values);
  });

  it('cannot be written where a file is in the way, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'file'), 'in the way');
    await expect(writeModelPackage(join(folder, 'file', 'model'), tinyDenoiser())).rejects.toMatchObject({
      name: 'PellucidError',
      subject: join(folder, 'file', 'model'),
    });
    expect(await readdir(folder)).toEqual(['file']);
  });
});

describe('a package that was changed', () => {
  const change = async (edit: (manifest: Manifest) => unknown): Promise<void> => {
    const path = join(model, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    await writeFile(path, JSON.stringify(edit(manifest)));
  };
  const refusal = async (): Promise<{ code: string; message: string }> => {
    const error: unknown = await readModelPackage(model).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    return error as { code: string; message: string };
  };
  const network = (manifest: Manifest) => {
    if (manifest.architecture.kind !== 'denoiser') throw new Error('Expected a denoiser.');
    return manifest.architecture.network;
  };

  beforeEach(async () => {
    await writeModelPackage(model, tinyDenoiser());
  });

  it('is refused when a bit of the weights differs', async () => {
    const bytes = await readFile(join(model, 'weights.bin'));
    bytes[100] = (bytes[100] as number) ^ 1;
    await writeFile(join(model, 'weights.bin'), bytes);
    expect(await refusal()).toMatchObject({ code: 'MODEL_HASH_MISMATCH', subject: 'tiny-denoiser' });
  });

  it('is refused when the weights are missing or cut', async () => {
    const bytes = await readFile(join(model, 'weights.bin'));
    await writeFile(join(model, 'weights.bin'), bytes.subarray(0, -2));
    expect(await refusal()).toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    await rm(join(model, 'weights.bin'));
    expect(await refusal()).toMatchObject({ code: 'FILE_NOT_FOUND', subject: model });
  });

  const edits: [string, (manifest: Manifest) => unknown, string][] = [
    ['an extra key', (manifest) => ({ ...manifest, code: 'alert(1)' }), 'code'],
    ['another format version', (manifest) => ({ ...manifest, formatVersion: 2 }), 'formatVersion'],
    [
      'an unknown layer',
      (manifest) => {
        network(manifest).layers.push({ type: 'lambda', name: 'x', input: 'photo' } as never);
        return manifest;
      },
      'architecture.network.layers',
    ],
    [
      'a layer of impossible size',
      (manifest) => {
        Object.assign(network(manifest).layers[2] ?? {}, { filters: -1 });
        return manifest;
      },
      'filters',
    ],
    [
      'a layer that reads what is not there',
      (manifest) => {
        Object.assign(network(manifest).layers[2] ?? {}, { input: 'nowhere' });
        return manifest;
      },
      'nowhere',
    ],
    [
      'another output',
      (manifest) => {
        network(manifest).output = 'nothing';
        return manifest;
      },
      'nothing',
    ],
    [
      'another input',
      (manifest) => {
        network(manifest).inputs = [{ name: 'photo', channels: 3 }];
        return manifest;
      },
      'sigma',
    ],
    [
      'a shape of as many values that the layer does not have',
      (manifest) => {
        (manifest.weightsManifest[0].weights[0] as { shape: number[] }).shape = [3, 3, 8, 16];
        return manifest;
      },
      'head/filter',
    ],
    [
      'weights of another name',
      (manifest) => {
        (manifest.weightsManifest[0].weights[1] as { name: string }).name = 'head/other';
        return manifest;
      },
      'head/bias',
    ],
    [
      'a path out of the package',
      (manifest) => ({
        ...manifest,
        weightsManifest: [{ ...manifest.weightsManifest[0], paths: ['../../etc/passwd'] }],
      }),
      'paths',
    ],
  ];
  it.each(edits)('is refused with %s', async (_name, edit, place) => {
    await change(edit);
    const { code, message } = await refusal();
    expect(code).toBe('MODEL_CORRUPT');
    expect(message).toContain(place);
    expect(message).toContain(model);
  });

  it.each(['', 'Upper', 'a b', '../x', 'a.b', '-a', 'a'.repeat(65)])('is refused with the id "%s"', async (id) => {
    await change((manifest) => ({ ...manifest, id }));
    expect(await refusal()).toMatchObject({ code: 'MODEL_CORRUPT' });
  });

  it.each(['a', '0-1', 'denoiser-2', 'a'.repeat(64)])('is read with the id "%s"', async (id) => {
    await change((manifest) => ({ ...manifest, id }));
    expect((await readModelPackage(model)).manifest.id).toBe(id);
  });

  it('is refused when the manifest is not JSON, and not found when there is none', async () => {
    await writeFile(join(model, 'manifest.json'), '{"format":');
    expect(await refusal()).toMatchObject({ code: 'MODEL_CORRUPT' });
    await rm(join(model, 'manifest.json'));
    expect(await refusal()).toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('the hash in a .pel file', () => {
  const weightsSha256 = 'a'.repeat(64);

  it('has 16 digits and depends on the weights and the tables', () => {
    const hash = modelHashOf({ weightsSha256, entropyTables: { version: 1, rows: [1, 2] } });
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(modelHashOf({ weightsSha256, entropyTables: { version: 1, rows: [1, 3] } })).not.toBe(hash);
    expect(modelHashOf({ weightsSha256: 'b'.repeat(64), entropyTables: { version: 1, rows: [1, 2] } })).not.toBe(hash);
  });

  it('does not change on a way through the disk', async () => {
    const written = await writeModelPackage(model, tinyCodec());
    expect(modelHashOf((await readModelPackage(model)).manifest)).toBe(modelHashOf(written));
  });
});
