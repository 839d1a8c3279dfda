import { expect, test, vi } from 'vitest';
import { createRandom } from '../shared/random.ts';
import type { Random } from '../shared/random.ts';
import { defaultTables, parseEntropyTables } from './entropy-tables.ts';
import { decodeLatent, encodeLatent } from './latent-coder.ts';
import type { LatentShape } from './latent-coder.ts';
import { trainTables } from './train-tables.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Integers whose spread falls with the channel and follows a common, smooth activity, as those of a photo do. */
function photoLike(shape: LatentShape, random: Random): Int16Array {
  const size = shape.height * shape.width;
  const activity = Float64Array.from({ length: size }, (_, at) => {
    const [x, y] = [at % shape.width, Math.floor(at / shape.width)];
    return Math.exp(1.5 * Math.sin(x / 4) * Math.cos(y / 5));
  });
  return Int16Array.from({ length: shape.channels * size }, (_, at) => {
    const channel = Math.floor(at / size);
    return Math.round((random.normal() * 8 * (activity[at % size] as number)) / (1 + channel));
  });
}

const volume = ({ channels, height, width }: LatentShape): number => channels * height * width;

const versions = [
  ['each value by itself', false],
  ['with groups of zeros', true],
] as const;

test.each(versions)('whatever was encoded is decoded, %s: random shapes, sparse to full range', (_name, hasGroups) => {
  const random = createRandom(11, 0);
  for (let round = 0; round < 60; round++) {
    const shape = { channels: 1 + random.integer(9), height: 1 + random.integer(12), width: 1 + random.integer(20) };
    const spread = 2 ** (random.uniform() * 18 - 2) - 0.2;
    const values = Int16Array.from({ length: volume(shape) }, () =>
      Math.max(-32768, Math.min(32767, Math.round(random.normal() * spread))),
    );
    const tables = defaultTables(shape.channels);
    const before = values.slice();
    const bytes = encodeLatent(values, shape, tables, hasGroups);
    expect(values).toEqual(before);
    expect(decodeLatent(bytes, shape, tables, hasGroups)).toEqual(values);
    expect(encodeLatent(values, shape, tables, hasGroups)).toEqual(bytes);
  }
});

test.each([
  ['one position', { channels: 1, height: 1, width: 1 }, [-7]],
  ['extremes', { channels: 2, height: 1, width: 4 }, [32767, -32768, 32767, -32768, -32768, -32768, 32767, 0]],
  ['extremes in columns', { channels: 3, height: 4, width: 1 }, [0, -32768, 32767, 1, 2, 3, 4, -32768, 9, 9, 9, 9]],
])('%s', (_name, shape, list) => {
  const values = Int16Array.from(list);
  const tables = defaultTables(shape.channels);
  for (const [, hasGroups] of versions)
    expect(decodeLatent(encodeLatent(values, shape, tables, hasGroups), shape, tables, hasGroups)).toEqual(values);
});

/** The bytes were also decoded by a separate program in Python that was written from docs/file-format.md alone. */
test('bytes of format version 1 decode to the same integers for ever', () => {
  const bytes = Buffer.from('a00042d5fab8f0e93a703ca8c1de16fee76134f7e361e1ae637bdccff4901a448f069a199e6d15', 'hex');
  const values = Int16Array.from({ length: 60 }, (_, i) => {
    if (i < 20) return 300 + ((i * 37) % 23) - ((i * i) % 11);
    return i < 40 ? ((i * 7) % 9) - 4 : i === 47 ? -32768 : 0;
  });
  const shape = { channels: 3, height: 4, width: 5 };
  expect(decodeLatent(Uint8Array.from(bytes), shape, defaultTables(3))).toEqual(values);
});

test('groups of zeros cost hardly more bytes where few values are not zero', () => {
  const shape = { channels: 40, height: 40, width: 44 };
  const samples = [0, 1, 2].map((stream) => ({ values: photoLike(shape, createRandom(9, stream)), shape }));
  const tables = trainTables(samples.slice(1));
  const { values } = samples[0] as (typeof samples)[number];
  const zeros = values.filter((value) => value === 0).length;
  const plain = encodeLatent(values, shape, tables);
  const grouped = encodeLatent(values, shape, tables, true);
  expect(zeros / values.length).toBeGreaterThan(0.6);
  expect(grouped.length).toBeLessThan(1.02 * plain.length);
  expect(decodeLatent(grouped, shape, tables, true)).toEqual(values);
  expect(grouped).not.toEqual(plain);
});

test('a latent of zeros costs next to nothing', () => {
  const shape = { channels: 192, height: 32, width: 48 };
  const values = new Int16Array(volume(shape));
  const bytes = encodeLatent(values, shape, defaultTables(192));
  // 192 flags that nothing has predicted yet cost one bit each at most, and there is one check byte.
  expect(bytes.length).toBeLessThanOrEqual(26);
  expect(decodeLatent(bytes, shape, defaultTables(192))).toEqual(values);
});

test('a latent of several bands is decoded', () => {
  const shape = { channels: 2, height: 40, width: 2000 };
  const values = photoLike(shape, createRandom(3, 0));
  const tables = defaultTables(2);
  expect(decodeLatent(encodeLatent(values, shape, tables), shape, tables)).toEqual(values);
});

test('independent noise that nothing predicts costs its entropy, within 3 %', () => {
  const shape = { channels: 4, height: 64, width: 64 };
  const random = createRandom(5, 0);
  const values = Int16Array.from({ length: volume(shape) }, () => Math.round(random.normal() * 3));
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / values.length);
  const still = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  const { length } = encodeLatent(values, shape, { ...defaultTables(4), values: still });
  expect((8 * length) / bits).toBeLessThan(1.03);
  expect((8 * length) / bits).toBeGreaterThan(1);
});

test('trained tables shorten other latents of the same kind, travel as JSON and are not altered by use', () => {
  const shape = { channels: 16, height: 20, width: 30 };
  const random = createRandom(8, 0);
  const samples = Array.from({ length: 6 }, () => ({ values: photoLike(shape, random), shape }));
  const trained = trainTables(samples);
  const json = JSON.stringify(trained);
  expect(json.length).toBeLessThan(200_000);
  const tables = parseEntropyTables(JSON.parse(json));
  const values = photoLike(shape, random);
  const bytes = encodeLatent(values, shape, tables);
  expect(decodeLatent(bytes, shape, trained)).toEqual(values);
  expect(JSON.stringify(tables)).toBe(json);
  expect(bytes.length).toBeLessThan(0.98 * encodeLatent(values, shape, defaultTables(16)).length);
  expect(JSON.stringify(trainTables(samples))).toBe(json);
});

test('any tables that pass the check decode what they encoded, however unfitting', () => {
  const random = createRandom(21, 0);
  const shape = { channels: 5, height: 9, width: 7 };
  const layout = trainTables([{ values: photoLike(shape, random), shape }]);
  for (let round = 0; round < 20; round++) {
    const tables = parseEntropyTables({
      ...layout,
      values: layout.values.map((_row, channel) => [
        ...Array.from({ length: 4 }, () => random.integer(200_000) - 100_000),
        ...(channel === 0 ? [] : [random.integer(channel), random.integer(9), random.integer(100_000) - 50_000]),
      ]),
      magnitudes: layout.magnitudes.map((_row, channel) => [
        ...Array.from({ length: 8 }, () => random.integer(8192)),
        ...(channel === 0 ? [] : [random.integer(channel), random.integer(50_000), random.integer(50_000)]),
      ]),
      counters: layout.counters.map(() => random.integer(5641)),
      mixer: layout.mixer.map(() => random.integer(65536) - 32768),
    });
    const values = Int16Array.from({ length: volume(shape) }, () => random.integer(65536) - 32768);
    expect(decodeLatent(encodeLatent(values, shape, tables), shape, tables)).toEqual(values);
  }
});

test('truncated, lengthened and foreign bytes are refused', () => {
  const shape = { channels: 6, height: 16, width: 16 };
  const tables = defaultTables(6);
  const bytes = encodeLatent(photoLike(shape, createRandom(2, 0)), shape, tables);
  const corrupt = expect.objectContaining({ code: 'PEL_CORRUPT' }) as Error;
  expect(() => decodeLatent(bytes.subarray(0, bytes.length >> 1), shape, tables)).toThrow(corrupt);
  expect(() => decodeLatent(new Uint8Array(0), shape, tables)).toThrow(corrupt);
  expect(() => decodeLatent(Uint8Array.from([...bytes, 1, 2, 3, 4, 5]), shape, tables)).toThrow(corrupt);
  expect(() => decodeLatent(bytes, { ...shape, height: 4096, width: 4096 }, tables)).toThrow(corrupt);
});

test('arguments that do not fit together are refused by name', () => {
  const shape = { channels: 2, height: 2, width: 2 };
  expect(() => encodeLatent(new Int16Array(7), shape, defaultTables(2))).toThrow('for values');
  expect(() => encodeLatent(new Int16Array(8), shape, defaultTables(3))).toThrow('for tables');
  expect(() => decodeLatent(new Uint8Array(9), { ...shape, width: 0 }, defaultTables(2))).toThrow('for width');
  expect(() => trainTables([])).toThrow('at least one latent');
});
